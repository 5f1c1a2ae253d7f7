//! State shared by all connections.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{config::TransportConfig, gateway::Gateway};

/// The shared state of the transports. Cheap to clone.
pub struct Transport<G> {
    shared: Arc<Shared<G>>,
}

struct Shared<G> {
    gateway: G,
    config: TransportConfig,
    shutdown: CancellationToken,
    connections: TaskTracker,
    closing: AtomicU64,
}

impl<G> Clone for Transport<G> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<G: Gateway> Transport<G> {
    /// Creates the shared state.
    ///
    /// Cancelling `shutdown` closes all sockets and event streams; `connections` counts the open ones, so that the
    /// server can wait for the last.
    #[must_use]
    pub fn new(gateway: G, config: TransportConfig, shutdown: CancellationToken, connections: TaskTracker) -> Self {
        let shared = Shared { gateway, config, shutdown, connections, closing: AtomicU64::new(0) };
        Self { shared: Arc::new(shared) }
    }

    pub(super) fn gateway(&self) -> &G {
        &self.shared.gateway
    }

    pub(super) fn config(&self) -> &TransportConfig {
        &self.shared.config
    }

    pub(super) fn connections(&self) -> &TaskTracker {
        &self.shared.connections
    }

    /// Returns a shutdown signal for one connection: a child token, because all waiters on one token share a lock.
    pub(super) fn shutdown_signal(&self) -> CancellationToken {
        self.shared.shutdown.child_token()
    }

    /// Returns the delay after the shutdown signal with which the calling connection should close.
    pub(super) fn shutdown_delay(&self) -> Duration {
        let nth = self.shared.closing.fetch_add(1, Ordering::Relaxed);
        spread(nth, self.config().shutdown_spread)
    }
}

/// Returns the `nth` point of a sequence that fills `span` evenly for any number of points: the multiples of the golden
/// ratio modulo 1.
fn spread(nth: u64, span: Duration) -> Duration {
    const GOLDEN_RATIO: u64 = 0x9E37_79B9_7F4A_7C15;
    let fraction = nth.wrapping_mul(GOLDEN_RATIO) >> 32;
    let nanos = (span.as_nanos() * u128::from(fraction)) >> 32;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_connections_fill_every_tenth_of_the_span_evenly() {
        let mut tenths = [0_u32; 10];
        for nth in 0..1000 {
            let delay = spread(nth, Duration::from_secs(10));
            tenths[usize::try_from(delay.as_secs()).unwrap()] += 1;
        }
        assert!(tenths.iter().all(|count| (95..=105).contains(count)), "{tenths:?}");
    }

    #[test]
    fn no_span_is_no_delay() {
        assert_eq!(spread(7, Duration::ZERO), Duration::ZERO);
    }
}
