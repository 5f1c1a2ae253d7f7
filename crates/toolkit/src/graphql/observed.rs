//! Logging, metrics and tracing of a running operation.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_graphql::{
    Response, ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
};
use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty};
use uuid::Uuid;

use super::{errors::code_of, operation::OperationInfo};
use crate::request_id::RequestId;
use crate::{
    error::ErrorCode,
    telemetry::{
        Metrics,
        metrics::{OperationKind, Operations},
    },
};

/// The outcome of an operation that the client cancelled or abandoned.
const CANCELLED: &str = "cancelled";

/// Observes one operation until [`Observed::end`] is called or the last clone is dropped. Cheap to clone.
#[derive(Clone)]
pub struct Observed(Arc<Watched>);

struct Watched {
    metrics: Metrics,
    /// Duration from which an operation counts as slow.
    slow: Duration,
    info: OperationInfo,
    request_id: RequestId,
    user: Option<Uuid>,
    started: Instant,
    span: Span,
    /// The price, known after validation.
    points: OnceLock<usize>,
    outcome: OnceLock<&'static str>,
    has_ended: AtomicBool,
}

impl Observed {
    /// Starts observing. `user` is the signed-in user.
    pub fn begin(metrics: Metrics, slow: Duration, info: OperationInfo, id: &RequestId, user: Option<Uuid>) -> Self {
        let kind = info.kind.as_str();
        let name = info.name.as_deref();
        let span = tracing::info_span!(
            "operation",
            otel.name = [kind, name.unwrap_or_default()].join(" ").trim_end(),
            otel.status_code = Empty,
            graphql.operation.type = kind,
            graphql.operation.name = name,
            request_id = id.0.as_str(),
            user = user.map(tracing::field::display),
            outcome = Empty,
        );
        Self(Arc::new(Watched {
            metrics,
            slow,
            info,
            request_id: id.clone(),
            user,
            started: Instant::now(),
            span,
            points: OnceLock::new(),
            outcome: OnceLock::new(),
            has_ended: AtomicBool::new(false),
        }))
    }

    /// Returns the tracing span.
    pub fn span(&self) -> Span {
        self.0.span.clone()
    }

    /// Records that the operation is valid, with its price; a subscription is live from now on.
    pub fn is_valid(&self, points: usize) {
        if self.0.points.set(points).is_ok() {
            self.0.operations().asked_for(self.0.info.kind, points as u64);
            self.0.live(1);
        }
    }

    /// Records a response. The first failure determines the outcome of the operation.
    pub fn answered(&self, response: &Response) {
        let codes = || response.errors.iter().filter_map(code_of);
        let worst = codes().find(|code| *code == ErrorCode::Internal).or_else(|| codes().next());
        if let Some(code) = worst {
            let _ = self.0.outcome.set(code.as_str());
        }
    }

    /// Records the end of the operation.
    pub fn end(&self) {
        let _ = self.0.outcome.set("ok");
        self.0.end();
    }
}

impl Watched {
    fn operations(&self) -> &Operations {
        self.metrics.operations()
    }

    fn live(&self, by: i64) {
        if let (OperationKind::Subscription, Some(field)) = (self.info.kind, &self.info.field) {
            self.operations().live(field, by);
        }
    }

    fn end(&self) {
        if self.has_ended.swap(true, Ordering::Relaxed) {
            return;
        }
        let (outcome, took) = (*self.outcome.get().unwrap_or(&CANCELLED), self.started.elapsed());
        let is_valid = self.points.get().is_some();
        if is_valid {
            self.live(-1);
        }
        let name = self.operations().folded(self.info.name.as_deref(), is_valid, self.user.is_some());
        self.operations().ended(name, self.info.kind, outcome, took);
        self.span.record("outcome", outcome);
        if outcome == ErrorCode::Internal.as_str() {
            self.span.record("otel.status_code", "ERROR");
        }
        self.write(outcome, took);
    }

    /// Writes the log line, without the document and its variables, which may contain personal data.
    fn write(&self, outcome: &str, took: Duration) {
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    parent: None,
                    request_id = self.request_id.0.as_str(),
                    operation = self.info.name.as_deref(),
                    type = self.info.kind.as_str(),
                    user = self.user.map(tracing::field::display),
                    duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                    cost = self.points.get(),
                    outcome,
                    "an operation ended"
                )
            };
        }
        let is_long = took >= self.slow && self.info.kind != OperationKind::Subscription;
        if outcome == ErrorCode::Internal.as_str() {
            line!(warn);
        } else if is_long {
            line!(info);
        } else {
            line!(debug);
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end();
    }
}

/// Opens a span for each root field of an operation.
#[derive(Debug, Clone, Copy, Default)]
pub struct RootSpans;

impl ExtensionFactory for RootSpans {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(*self)
    }
}

#[async_trait::async_trait]
impl Extension for RootSpans {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if info.path_node.parent.is_some() || info.is_for_introspection {
            return next.run(ctx, info).await;
        }
        let span = tracing::info_span!("resolve", otel.name = info.name, graphql.field = info.name);
        next.run(ctx, info).instrument(span).await
    }
}
