//! Rejection of a request before execution.

use std::borrow::Cow;

use async_graphql::{Response as GraphQlResponse, ServerError, Value};
use http::{HeaderName, StatusCode, header};

use super::{
    errors::{code, request_error},
    gateway::AuthError,
};
use crate::db::TRY_AGAIN;

/// Reason why a request was rejected, on any transport.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Refusal {
    /// The HTTP status, for transports that send one.
    pub status: StatusCode,
    /// A header required by the status, such as `Allow`.
    pub header: Option<(HeaderName, &'static str)>,
    code: &'static str,
    message: Cow<'static, str>,
    /// True if a retry after [`TRY_AGAIN`] may succeed.
    is_brief: bool,
    /// True if only the operation is rejected: the HTTP request is well-formed, so its status follows the media type.
    pub is_of_operation: bool,
    fields: Vec<Problem>,
}

/// A problem of one parameter of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The name of the parameter.
    pub path: &'static str,
    /// The expected value.
    pub message: &'static str,
}

impl Refusal {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self { status, header: None, code, message, is_brief: false, is_of_operation: false, fields: Vec::new() }
    }

    /// Rejects an operation in a well-formed request.
    pub fn of_operation(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { is_of_operation: true, ..Self::new(StatusCode::BAD_REQUEST, code, message) }
    }

    /// Rejects a malformed request: 400.
    pub fn bad_input(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::BAD_INPUT, message)
    }

    /// Rejects all parameters of the wrong type: 400.
    pub fn bad_parameters(fields: Vec<Problem>) -> Self {
        let list: Vec<String> = fields.iter().map(|problem| format!("{} {}", problem.path, problem.message)).collect();
        Self { fields, ..Self::bad_input(format!("The request is malformed: {}.", list.join("; "))) }
    }

    pub fn with_header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    /// Returns the error for the client.
    pub fn to_error(&self, request_id: &str) -> ServerError {
        let mut error = request_error(self.code, self.message.clone(), request_id);
        let extensions = error.extensions.get_or_insert_default();
        if self.is_brief {
            extensions.set("retryable", true);
            extensions.set("retryAfterMs", u64::try_from(TRY_AGAIN.as_millis()).unwrap_or(u64::MAX));
        }
        if !self.fields.is_empty() {
            let fields = self.fields.iter().map(Problem::to_value).collect();
            extensions.set("fields", Value::List(fields));
        }
        error
    }

    /// Returns the GraphQL response for the client.
    pub fn to_response(&self, request_id: &str) -> GraphQlResponse {
        GraphQlResponse::from_errors(vec![self.to_error(request_id)])
    }
}

impl Problem {
    fn to_value(&self) -> Value {
        async_graphql::value!({"path": (self.path), "message": (self.message)})
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Invalid | AuthError::Expired | AuthError::Rejected(_) => {
                Self::new(StatusCode::UNAUTHORIZED, code::UNAUTHENTICATED, error.to_string())
                    .with_header(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)
            }
            AuthError::Unavailable => Self {
                is_brief: true,
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, code::UNAVAILABLE, error.to_string())
                    .with_header(header::RETRY_AFTER, "2")
            },
        }
    }
}
