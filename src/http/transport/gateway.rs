//! The seam between the transports and the rest of the server.

use std::{any::TypeId, net::IpAddr, sync::Arc, time::Duration};

use async_graphql::{Request, Response, parser::types::OperationType};
use futures_util::stream::BoxStream;

pub use crate::graphql::{Payload, Reply};
use crate::telemetry::Metrics;

/// What the transports need from the server behind them.
///
/// Limits, timeouts and error codes of an operation are the gateway's business and arrive inside
/// its responses. Each [`Request`] it is handed carries the [`RequestOrigin`] in its data.
pub trait Gateway: Clone + Send + Sync + 'static {
    /// Who calls. Kept as long as a socket is open, so it should be cheap to clone.
    type Caller: Clone + Send + Sync + 'static;

    /// Finds out who calls. No token is an anonymous caller.
    ///
    /// # Errors
    /// When there is a token and it is bad, expired, or cannot be checked now.
    fn authenticate(
        &self,
        token: Option<&str>,
        origin: &RequestOrigin,
    ) -> impl Future<Output = Result<Self::Caller, AuthError>> + Send;

    /// How long the caller's credentials stay good from now; `None` is for ever.
    fn time_to_live(&self, caller: &Self::Caller) -> Option<Duration>;

    /// Whether the caller may still hold a connection, that is, was not deactivated or revoked.
    ///
    /// Asked of every open socket and event stream once per
    /// [`revalidate_interval`](crate::http::transport::TransportConfig::revalidate_interval).
    fn still_valid(&self, caller: &Self::Caller) -> impl Future<Output = bool> + Send;

    /// Whether a socket opened by `current` may go on with the token of `fresh`.
    ///
    /// Operations that already run keep `current`, so saying yes to another user would let them
    /// outlive the credentials they were started with.
    fn may_continue_as(&self, current: &Self::Caller, fresh: &Self::Caller) -> bool;

    /// A new, unique request id, used where the client sent no `x-request-id`.
    fn new_request_id(&self) -> String;

    /// Where open connections are counted; nowhere unless there is a place.
    fn metrics(&self) -> Option<&Metrics> {
        None
    }

    /// The kind of the operation that would run; `None` when it cannot be run, which execution will report.
    fn kind_of(&self, request: &mut Request) -> Option<OperationType>;

    /// Runs a query or a mutation.
    fn execute(&self, caller: Self::Caller, request: Request) -> impl Future<Output = Response> + Send;

    /// Runs an operation of any kind as a stream of replies: one for a query or a mutation, one per
    /// event for a subscription. Dropping the stream cancels the operation.
    ///
    /// `resume` is the cursor of the last reply the client has seen (SSE's `Last-Event-ID`).
    fn stream(&self, caller: Self::Caller, request: Request, resume: Option<String>) -> BoxStream<'static, Reply>;
}

/// Where a request came from.
#[derive(Debug, Clone)]
pub struct RequestOrigin {
    /// Identifies the request in logs and errors. Each operation on a WebSocket has its own.
    pub request_id: Arc<str>,
    /// The client's address; `None` when the server was started without connect info.
    pub peer: Option<IpAddr>,
    /// The `User-Agent` header, cut at 256 characters.
    pub user_agent: Option<Arc<str>>,
}

impl RequestOrigin {
    /// The origin that the transport put into a request.
    #[must_use]
    pub fn of(request: &Request) -> Option<&Self> {
        request.data.get(&TypeId::of::<Self>())?.downcast_ref()
    }
}

/// Why a token was not accepted. The message is shown to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The token is malformed, unknown, revoked, or its owner may not sign in.
    #[error("The access token is not valid. Sign in again.")]
    Invalid,
    /// The token was good once.
    #[error("The access token has expired. Refresh it or sign in again.")]
    Expired,
    /// The token could not be checked, for example because the database is down.
    #[error("The access token cannot be checked right now. Try again.")]
    Unavailable,
}
