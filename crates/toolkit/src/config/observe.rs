//! Settings of log, metrics and traces.

use std::{net::IpAddr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::filter::{LevelFilter, Targets};
use url::Url;

use super::reader::Reader;

/// Settings of the log.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// A filter in the syntax of `tracing_subscriber::filter::Targets`.
    pub filter: String,
    /// JSON lines instead of text.
    pub json: bool,
    /// Duration from which an operation is slow.
    pub slow: Duration,
}

/// Access to the metrics. If neither is set, there is none.
#[derive(Debug, Clone)]
pub struct MetricsConfig {
    /// The bearer token of readers, required on every port.
    pub token: Option<SecretString>,
    /// The address of the separate port.
    pub host: IpAddr,
    /// The separate port; 0 selects a free one. If unset, metrics are served on the main port and require the token.
    pub port: Option<u16>,
}

/// Settings of traces.
#[derive(Debug, Clone)]
pub struct TracesConfig {
    /// The collector's URL, below which `/v1/traces` is located. It may contain a key.
    pub endpoint: Url,
    /// The name of this program in traces.
    pub service_name: String,
}

/// Minimum length of the metrics token, in bytes.
const SHORTEST_TOKEN: usize = 16;

pub(super) fn log(r: &mut Reader<'_>) -> LogConfig {
    let log = LogConfig {
        filter: r.text(
            "LOG",
            "info,sea_orm_migration=warn,sqlx::postgres::notice=warn",
            "Log filter, such as info,rapport=debug.",
        ),
        json: r.parse("LOG_JSON", "false", "Writes the log as JSON lines."),
        slow: r.millis("LOG_SLOW_MS", 1000, 0, "Duration from which a query or mutation is logged as slow (info)."),
    };
    if let Err(problem) = check_filter(&log.filter) {
        r.problem("LOG", problem);
    }
    log
}

/// Returns an error unless each part of a filter ends in a level: a word alone would be taken for the name of a target.
fn check_filter(filter: &str) -> Result<(), String> {
    filter.parse::<Targets>().map_err(|error| format!("is not a log filter: {error}"))?;
    let levels = filter.split(',').map(|part| part.rsplit_once('=').map_or(part, |(_, level)| level).trim());
    match levels.filter(|level| !level.is_empty()).find(|level| level.parse::<LevelFilter>().is_err()) {
        Some(wrong) => Err(format!(
            "has the part `{wrong}`, which is no level: write off, error, warn, info, debug or trace, or target=level"
        )),
        None => Ok(()),
    }
}

pub(super) fn metrics(r: &mut Reader<'_>) -> MetricsConfig {
    let token = r.secret(
        "METRICS_TOKEN",
        "Bearer token that Prometheus sends to read /metrics, at least 16 characters. Without it and METRICS_PORT there are no metrics.",
    );
    if token.as_ref().is_some_and(|token| token.expose_secret().len() < SHORTEST_TOKEN) {
        r.problem("METRICS_TOKEN", "must have at least 16 characters");
    }
    let host = r.parse("METRICS_HOST", "127.0.0.1", "Address on which METRICS_PORT listens.");
    let port =
        r.optional("METRICS_PORT", "Separate port for /metrics and /health, also of workers; 0 selects a free one.");
    let port = port.and_then(|port| {
        let read = port.parse().ok();
        if read.is_none() {
            r.problem("METRICS_PORT", "must be a whole number in its range, such as 9464");
        }
        read
    });
    MetricsConfig { token, host, port }
}

pub(super) fn traces(r: &mut Reader<'_>) -> Option<TracesConfig> {
    const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let endpoint = r.optional(
        ENDPOINT,
        "OpenTelemetry collector that receives traces by OTLP over HTTP, such as http://localhost:4318.",
    );
    let service_name = r.text("OTEL_SERVICE_NAME", "rapport", "Name of this program in traces.");
    match Url::parse(&endpoint?) {
        Ok(endpoint) if matches!(endpoint.scheme(), "http" | "https") => Some(TracesConfig { endpoint, service_name }),
        _ => {
            r.problem(ENDPOINT, "must be a web address, such as http://localhost:4318");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_made_of_levels() {
        for good in ["info", "off", "TRACE", "info,rapport=debug", "warn, sqlx::postgres::notice=off", ""] {
            assert!(check_filter(good).is_ok(), "{good}");
        }
        for wrong in ["nonsense", "info,nonsense", "rapport=loud", "rapport"] {
            assert!(check_filter(wrong).is_err(), "{wrong}");
        }
    }
}
