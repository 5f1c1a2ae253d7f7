//! Metrics of HTTP requests and long-lived connections.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use tokio::time::Instant;

use super::instruments::{Counters, Gauges, Histograms};

const BOUNDS: [f64; 8] = [0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0];

/// A kind of long-lived connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// A WebSocket.
    WebSocket,
    /// A stream of server-sent events.
    EventStream,
}

/// The metrics of serving.
#[derive(Debug)]
pub struct Serving {
    requests: Counters<3>,
    duration: Histograms<1>,
    open: Gauges<1>,
    worker_round: Mutex<Option<Instant>>,
}

impl Serving {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let this = Self {
            requests: Family::default(),
            duration: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            open: Family::default(),
            worker_round: Mutex::default(),
        };
        registry.register(
            "http_requests",
            "HTTP requests that were answered, by method, route and status",
            this.requests.clone(),
        );
        registry.register(
            "http_request_duration_seconds",
            "How long HTTP requests took until the answer began, by route",
            this.duration.clone(),
        );
        registry.register("open_connections", "WebSockets and event streams that are open now", this.open.clone());
        for kind in [Connection::WebSocket, Connection::EventStream] {
            this.gauge(kind).set(0);
        }
        this
    }

    /// Records an answered request. `route` is a route pattern, never a path.
    pub fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.duration.get_or_create(&[("route", route.to_owned())]).observe(took.as_secs_f64());
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        self.requests.get_or_create(&labels).inc();
    }

    /// Records a poll of the queue by this process's worker.
    pub fn worker_looked(&self) {
        *self.worker_round.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Returns the time since this process's worker last polled the queue; `None` without a worker.
    pub fn worker_silent_for(&self) -> Option<Duration> {
        // A point in time is whole even after a panic.
        self.worker_round.lock().unwrap_or_else(PoisonError::into_inner).map(|at| at.elapsed())
    }

    /// Counts a connection as open until the result is dropped.
    pub fn open(&self, kind: Connection) -> Open {
        let gauge = self.gauge(kind);
        gauge.inc();
        Open(gauge)
    }

    fn gauge(&self, kind: Connection) -> Gauge {
        let kind = match kind {
            Connection::WebSocket => "websocket",
            Connection::EventStream => "sse",
        };
        self.open.get_or_create_owned(&[("transport", kind.to_owned())])
    }
}

/// An open connection, counted until dropped.
#[derive(Debug)]
pub struct Open(Gauge);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.dec();
    }
}
