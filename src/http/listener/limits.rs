//! Limits on connections, and the time that they may take.

use std::time::Duration;

/// Limits on connections.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConnectionLimits {
    /// Connections open at once; `None` is no limit.
    pub total: Option<usize>,
    /// Connections open at once from a client address (of IPv6 a /64); `None` is no limit. Behind proxies these are
    /// open requests, for the connections are the proxies'.
    pub per_address: Option<usize>,
    /// Number of reverse proxies in front of the server whose `X-Forwarded-For` is trusted.
    pub forwarded_hops: usize,
    /// The time each phase of a connection may take.
    pub timeouts: Timeouts,
}

/// The time each phase of a connection may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// From the first byte of a request to the end of its head; for the first request, from the connection's beginning.
    pub header: Duration,
    /// Without an open request.
    pub idle: Duration,
    /// Without the client taking any of what is written.
    pub write: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { header: Duration::from_secs(10), idle: Duration::from_secs(75), write: Duration::from_secs(30) }
    }
}
