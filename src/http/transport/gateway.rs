//! The interface between the transports and the rest of the server.

use std::{any::TypeId, net::IpAddr, sync::Arc, time::Duration};

use async_graphql::{Request, Response, parser::types::OperationType};
use futures_util::stream::BoxStream;

pub use crate::graphql::{Payload, Reply};
use crate::telemetry::Metrics;

/// The services that the transports need from the server.
///
/// Limits, timeouts and error codes of operations are handled by the gateway and part of its responses. Each
/// [`Request`] carries its [`RequestOrigin`] in its data.
pub trait Gateway: Clone + Send + Sync + 'static {
    /// The caller. Kept while a socket is open, so it should be cheap to clone.
    type Caller: Clone + Send + Sync + 'static;

    /// Authenticates a caller; without a token, an anonymous one.
    ///
    /// # Errors
    /// If the token is invalid or expired, or cannot be checked now.
    fn authenticate(
        &self,
        token: Option<&str>,
        origin: &RequestOrigin,
    ) -> impl Future<Output = Result<Self::Caller, AuthError>> + Send;

    /// Returns the remaining validity of the caller's credentials; `None` is unlimited.
    fn time_to_live(&self, caller: &Self::Caller) -> Option<Duration>;

    /// Returns true if the caller may still hold a connection, that is, was not deactivated or revoked.
    ///
    /// Called for every open socket and event stream once per
    /// [`revalidate_interval`](crate::http::transport::TransportConfig::revalidate_interval).
    fn still_valid(&self, caller: &Self::Caller) -> impl Future<Output = bool> + Send;

    /// Returns true if a socket opened by `current` may continue with the token of `fresh`.
    ///
    /// Running operations keep `current`, so accepting another user would let them outlive their credentials.
    fn may_continue_as(&self, current: &Self::Caller, fresh: &Self::Caller) -> bool;

    /// Returns a new, unique request id, used if the client sent no `x-request-id`.
    fn new_request_id(&self) -> String;

    /// Returns the metrics that count open connections, if any.
    fn metrics(&self) -> Option<&Metrics> {
        None
    }

    /// Returns the kind of the operation; `None` if it cannot be executed, which execution will report.
    fn kind_of(&self, request: &mut Request) -> Option<OperationType>;

    /// Executes a query or a mutation.
    fn execute(&self, caller: Self::Caller, request: Request) -> impl Future<Output = Response> + Send;

    /// Executes an operation of any kind as a stream of replies: one for a query or a mutation, one per event for a
    /// subscription. Dropping the stream cancels the operation.
    ///
    /// `resume` is the cursor of the last reply received by the client (SSE's `Last-Event-ID`).
    fn stream(&self, caller: Self::Caller, request: Request, resume: Option<String>) -> BoxStream<'static, Reply>;
}

/// Origin of a request.
#[derive(Debug, Clone)]
pub struct RequestOrigin {
    /// Id of the request in logs and errors. Each operation on a WebSocket has its own.
    pub request_id: Arc<str>,
    /// IP address of the client; `None` if the server runs without connect info.
    pub peer: Option<IpAddr>,
    /// The `User-Agent` header, cut to 256 characters.
    pub user_agent: Option<Arc<str>>,
}

impl RequestOrigin {
    /// Returns the origin of a request, set by the transport.
    #[must_use]
    pub fn of(request: &Request) -> Option<&Self> {
        request.data.get(&TypeId::of::<Self>())?.downcast_ref()
    }
}

/// Reason why a token was rejected. The message is shown to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The token is malformed, unknown, revoked, or its owner may not sign in.
    #[error("The access token is not valid. Sign in again.")]
    Invalid,
    /// The token has expired.
    #[error("The access token has expired. Refresh it or sign in again.")]
    Expired,
    /// The token is not valid or has expired, as the message says.
    #[error("{0}")]
    Rejected(&'static str),
    /// The token could not be checked, for example because the database is down.
    #[error("The access token cannot be checked right now. Try again.")]
    Unavailable,
}
