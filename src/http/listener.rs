//! The accept loop: HTTP/1.1 and HTTP/2 connections with limits on time and number.
//!
//! | a connection | ends |
//! |---|---|
//! | over the limits of number | at once, with a 503 or 429 |
//! | whose request head is not whole | after [`Timeouts::header`] |
//! | without an open request | after [`Timeouts::idle`] |
//! | whose client takes nothing of what is written | after [`Timeouts::write`] |
//!
//! The time limit of a request body is enforced by its reader.

mod activity;
mod body;
mod counts;
mod files;
mod limits;
mod refuse;
mod service;
mod stream;

pub use files::{raise_open_files, within_open_files};
pub use limits::{ConnectionLimits, Timeouts};

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, sleep, sleep_until},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    activity::Activity,
    counts::Counts,
    refuse::{Refuser, Seldom},
    service::Service,
    stream::MonitoredStream,
};

/// Maximum size of a request head, and of buffered answer data, in bytes.
const BUFFER_BYTES: usize = 128 * 1024;
/// Maximum number of concurrent requests on an HTTP/2 connection.
const HTTP2_STREAMS: u32 = 100;
/// Interval of HTTP/2 keepalive pings, and time limit of the answer.
const HTTP2_PING: (Duration, Duration) = (Duration::from_secs(20), Duration::from_secs(10));
/// Pause after a failed accept, usually caused by the limit of open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Shutdown signals of an accept loop.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Stops accepting connections and requests; open requests are finished.
    pub gracefully: CancellationToken,
    /// Aborts open requests.
    pub at_once: CancellationToken,
}

/// Serves `router` on `listener` until it is stopped and the last connection has ended.
pub async fn serve(listener: TcpListener, router: Router, limits: ConnectionLimits, stop: Stop) {
    let acceptor = Acceptor::new(router, limits, stop);
    let tracker = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = acceptor.stop.gracefully.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => acceptor.accepted(stream, peer, &tracker),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                if acceptor.warned.is_due() {
                    tracing::error!(%error, "a connection could not be accepted");
                }
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // The port is free while open requests are finished.
    drop(listener);
    tracker.close();
    tracker.wait().await;
}

/// Returns true if a failed accept concerns only the connection being accepted.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

struct Acceptor {
    router: Router,
    builder: Arc<auto::Builder<TokioExecutor>>,
    connections: Arc<Counts>,
    /// Open requests by client address, if the peers are proxies.
    requests: Option<Arc<Counts>>,
    refuser: Refuser,
    warned: Seldom,
    limits: ConnectionLimits,
    stop: Stop,
}

impl Acceptor {
    fn new(router: Router, limits: ConnectionLimits, stop: Stop) -> Self {
        let (connections, requests) = if limits.forwarded_hops == 0 {
            (Counts::new(limits.total, limits.per_address), None)
        } else {
            (Counts::new(limits.total, None), Some(Counts::new(None, limits.per_address)))
        };
        Self {
            router,
            builder: Arc::new(builder()),
            connections: Arc::new(connections),
            requests: requests.map(Arc::new),
            refuser: Refuser::default(),
            warned: Seldom::default(),
            limits,
            stop,
        }
    }

    fn accepted(&self, stream: TcpStream, peer: SocketAddr, tracker: &TaskTracker) {
        let permit = match self.connections.admit(peer.ip()) {
            Ok(permit) => permit,
            Err(full) => {
                if self.warned.is_due() {
                    tracing::warn!(%peer, "connections are refused: {full}");
                }
                return self.refuser.refuse(stream, full);
            }
        };
        // Small messages must not wait for large ones.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "setting TCP_NODELAY");
        }
        let activity = Arc::new(Activity::new(self.limits.timeouts));
        let stream = MonitoredStream::new(stream, Arc::clone(&activity), permit);
        let service = Service {
            router: self.router.clone(),
            activity: Arc::clone(&activity),
            peer,
            requests: self.requests.clone(),
            limits: self.limits,
        };
        tracker.spawn(run(Arc::clone(&self.builder), stream, service, activity, self.stop.clone()));
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    // Some clients compare the names of headers letter by letter. The spelling of requests is kept for `Service`.
    let builder = auto::Builder::new(TokioExecutor::new()).title_case_headers(true);
    let mut builder = builder.preserve_header_case(true);
    // Hyper's own limit counts the time between requests too; `Activity` tells them apart.
    builder.http1().header_read_timeout(None).max_buf_size(BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(HTTP2_PING.0)
        .keep_alive_timeout(HTTP2_PING.1)
        .max_concurrent_streams(HTTP2_STREAMS);
    builder
}

/// Serves a connection until it ends, times out, or the server stops.
async fn run(
    builder: Arc<auto::Builder<TokioExecutor>>,
    stream: MonitoredStream,
    service: Service,
    activity: Arc<Activity>,
    stop: Stop,
) {
    let service = service_fn(move |request| service.clone().call(request));
    let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    let mut alarm = pin!(sleep_until(activity.next_look(Instant::now())));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::trace!(%error, "a connection broke");
                }
                return;
            }
            () = alarm.as_mut() => {
                let now = Instant::now();
                if activity.is_overdue(now) {
                    return tracing::debug!("a connection was too slow or silent");
                }
                alarm.as_mut().reset(activity.next_look(now));
            }
            () = stop.gracefully.cancelled(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = stop.at_once.cancelled() => return,
        }
    }
}
