//! Limits and timeouts of connections.

use std::time::Duration;

/// Limits on connections.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConnectionLimits {
    /// Maximum number of open connections; `None` is unlimited.
    pub total: Option<usize>,
    /// Maximum number of open connections per client address (per /64 for IPv6); `None` is unlimited. Behind proxies it
    /// limits open requests instead, since the connections are the proxies'.
    pub per_address: Option<usize>,
    /// Number of reverse proxies in front of the server whose `X-Forwarded-For` is trusted.
    pub forwarded_hops: usize,
    /// Timeouts of the phases of a connection.
    pub timeouts: Timeouts,
}

/// Timeouts of the phases of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// From the first byte of a request to the end of its head; for the first request, from the start of the
    /// connection.
    pub header: Duration,
    /// Time without an open request.
    pub idle: Duration,
    /// Time without the client accepting written bytes.
    pub write: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { header: Duration::from_secs(10), idle: Duration::from_secs(75), write: Duration::from_secs(30) }
    }
}
