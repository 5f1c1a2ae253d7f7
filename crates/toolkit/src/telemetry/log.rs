//! Initialization of the log, and of traces if a collector is set.

use std::{
    fmt::{self, Debug},
    io::IsTerminal,
    time::Duration,
};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::{Level, field::Field};
use tracing_subscriber::{
    Layer,
    field::MakeExt,
    filter::{FilterExt, LevelFilter, Targets},
    fmt::format::{Writer, debug_fn},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use super::{collector::Collector, trace};
use crate::{
    config::{LogConfig, TracesConfig},
    text::printable,
};

/// Time limit for the collector when the process ends.
const LAST_WAIT: Duration = Duration::from_secs(3);

/// The log and the traces of this process.
#[derive(Debug)]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Starts log and traces, once per process.
    ///
    /// # Errors
    /// If the log filter or the collector's address is invalid, or on a second call.
    pub fn start(log: &LogConfig, traces: Option<(&TracesConfig, Collector)>) -> anyhow::Result<Self> {
        let filter: Targets = log.filter.parse()?;
        // The log goes to stderr: stdout is for what a person or a program asked for.
        let lines =
            tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
        let lines = if log.json {
            lines.json().boxed()
        } else {
            lines.fmt_fields(debug_fn(write_field).delimited(" ")).boxed()
        };
        let provider = traces.map(|(config, collector)| provider(config, collector)).transpose()?;
        let spans = provider.as_ref().map(|provider| {
            // Whatever the log shows: a trace has our spans, and no library's. The names of all our crates begin so.
            let ours = Targets::new().with_target("rapport", Level::INFO);
            let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("rapport"));
            layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_filter(ours)
        });
        tracing_subscriber::registry().with(lines.with_filter(filter.and(quiet()))).with(spans).try_init()?;
        if provider.is_some() {
            trace::activate();
        }
        Ok(Self { traces: provider })
    }

    /// Sends the remaining spans, with a limit of a few seconds.
    pub async fn end(self) {
        let Some(provider) = self.traces else { return };
        let end = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST_WAIT));
        if !matches!(end.await, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be delivered");
        }
    }
}

/// Writes a field of a log line as text, with control characters escaped.
fn write_field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    let value = format!("{value:?}");
    match field.name() {
        "message" => writer.write_str(&printable(&value)),
        // Where a library that writes to `log` stands in its code.
        name if name.starts_with("log.") => Ok(()),
        name => write!(writer, "{name}={}", printable(&value)),
    }
}

/// Returns the log levels of libraries, whatever the filter says. The listed ones would log sent and received data,
/// including tokens and passwords.
fn quiet() -> Targets {
    const TALKATIVE: [&str; 9] =
        ["h2", "hyper", "hyper_util", "lettre", "redis", "reqwest", "rustls", "tokio_tungstenite", "tungstenite"];
    // It warns of each connection that is lost; an outage is told once.
    const POOL: [&str; 2] = ["sqlx::pool", "sqlx_core::pool"];
    let targets = Targets::new().with_default(LevelFilter::TRACE);
    let targets = targets.with_targets(TALKATIVE.map(|target| (target, LevelFilter::INFO)));
    targets.with_targets(POOL.map(|target| (target, LevelFilter::ERROR)))
}

fn provider(config: &TracesConfig, collector: Collector) -> anyhow::Result<SdkTracerProvider> {
    let address = format!("{}/v1/traces", config.endpoint.as_str().trim_end_matches('/'));
    let exporter = SpanExporter::builder().with_http().with_http_client(collector).with_endpoint(address).build()?;
    let resource = Resource::builder().with_service_name(config.service_name.clone()).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
