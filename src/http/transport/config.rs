//! Settings of the transports.

use std::{str::FromStr, time::Duration};

use http::{HeaderValue, Uri};
use tower_http::cors::AllowOrigin;

use super::persisted::PersistedDocuments;

/// Limits and intervals of the three transports. The defaults suit a public server.
#[derive(Debug, Clone)]
pub struct TransportConfig {
    /// Maximum size of an HTTP request body, in bytes.
    pub max_body_bytes: usize,
    /// Time limit for receiving an HTTP request body.
    pub body_timeout: Duration,
    /// Allowed web origins besides the server's own.
    pub allowed_origins: AllowedOrigins,
    /// Number of trusted reverse proxies in front of the server, each of which appends to `X-Forwarded-For`. With 0 the
    /// header is ignored.
    pub forwarded_hops: usize,
    /// The persisted documents.
    pub documents: PersistedDocuments,
    /// Interval at which open sockets and event streams check that their caller is still valid.
    pub revalidate_interval: Duration,
    /// Period over which connections are closed at shutdown, so that clients do not reconnect all at once.
    pub shutdown_spread: Duration,
    /// Silence after which an event stream sends a comment, to keep proxies from closing it.
    pub sse_keepalive: Duration,
    /// Time limit for a WebSocket client to send `connection_init`.
    pub ws_init_timeout: Duration,
    /// Interval of WebSocket pings.
    pub ws_ping_interval: Duration,
    /// Time after a ping within which something must arrive.
    pub ws_pong_timeout: Duration,
    /// Time limit for writing one WebSocket message before the socket is dropped.
    pub ws_write_deadline: Duration,
    /// Time limit for the client's part of the closing handshake.
    pub ws_close_timeout: Duration,
    /// Maximum number of concurrent operations on one WebSocket.
    pub ws_max_operations: usize,
    /// Maximum size of a WebSocket message from a client, in bytes.
    pub ws_max_message_bytes: usize,
}

impl Default for TransportConfig {
    fn default() -> Self {
        Self {
            max_body_bytes: 256 * 1024,
            body_timeout: Duration::from_secs(30),
            allowed_origins: AllowedOrigins::default(),
            forwarded_hops: 0,
            documents: PersistedDocuments::default(),
            revalidate_interval: Duration::from_secs(3),
            shutdown_spread: Duration::from_secs(2),
            sse_keepalive: Duration::from_secs(15),
            ws_init_timeout: Duration::from_secs(10),
            ws_ping_interval: Duration::from_secs(20),
            ws_pong_timeout: Duration::from_secs(10),
            ws_write_deadline: Duration::from_secs(10),
            ws_close_timeout: Duration::from_secs(2),
            ws_max_operations: 100,
            ws_max_message_bytes: 256 * 1024,
        }
    }
}

/// Allowed foreign web origins. None by default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// Every origin.
    Any,
    /// The listed ones, as browsers write them: `scheme://host[:port]`.
    Only(Vec<HeaderValue>),
}

impl Default for AllowedOrigins {
    fn default() -> Self {
        Self::Only(Vec::new())
    }
}

impl AllowedOrigins {
    /// Returns true if the `Origin` header value is allowed.
    #[must_use]
    pub fn contains(&self, origin: &HeaderValue) -> bool {
        match self {
            Self::Any => true,
            Self::Only(origins) => origins.contains(origin),
        }
    }

    pub(super) fn for_cors(&self) -> AllowOrigin {
        match self {
            Self::Any => AllowOrigin::any(),
            Self::Only(origins) => AllowOrigin::list(origins.iter().cloned()),
        }
    }
}

/// Parses `*` or a comma-separated list such as `https://app.example.com,http://localhost:5173`.
impl FromStr for AllowedOrigins {
    type Err = InvalidOrigin;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        if list.trim() == "*" {
            return Ok(Self::Any);
        }
        list.split(',')
            .map(str::trim)
            .filter(|origin| !origin.is_empty())
            .map(parse_origin)
            .collect::<Result<_, _>>()
            .map(Self::Only)
    }
}

fn parse_origin(origin: &str) -> Result<HeaderValue, InvalidOrigin> {
    let invalid = || InvalidOrigin(origin.to_owned());
    let lowercase = origin.trim_end_matches('/').to_ascii_lowercase();
    let uri: Uri = lowercase.parse().map_err(|_| invalid())?;
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    if uri.scheme().is_none() || !bare {
        return Err(invalid());
    }
    HeaderValue::from_str(&lowercase).map_err(|_| invalid())
}

/// An entry that is not a valid web origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a web origin; write it as scheme://host[:port]")]
pub struct InvalidOrigin(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_origins_is_read_as_browsers_write_them() {
        let origins: AllowedOrigins = "https://App.example.com/, http://localhost:5173".parse().unwrap();
        assert!(origins.contains(&HeaderValue::from_static("https://app.example.com")));
        assert!(origins.contains(&HeaderValue::from_static("http://localhost:5173")));
        assert!(!origins.contains(&HeaderValue::from_static("http://localhost")));
    }

    #[test]
    fn a_star_allows_every_origin() {
        let origins: AllowedOrigins = "*".parse().unwrap();
        assert!(origins.contains(&HeaderValue::from_static("null")));
    }

    #[test]
    fn an_entry_with_a_path_is_refused() {
        let result: Result<AllowedOrigins, _> = "https://example.com/app".parse();
        assert_eq!(result, Err(InvalidOrigin("https://example.com/app".to_owned())));
    }

    #[test]
    fn an_entry_without_a_scheme_is_refused() {
        assert!("example.com".parse::<AllowedOrigins>().is_err());
    }
}
