//! Errors created by the transports, and serialization of responses.

use async_graphql::{Response, ServerError, Value};
use serde::Serialize;

pub(super) use crate::graphql::is_request_error;
use crate::{
    graphql::{self, ResponseMap},
    text::printable,
};

/// The error codes used by the transports, as in the schema's `ErrorCode`.
pub mod code {
    /// The request is malformed.
    pub const BAD_INPUT: &str = "BAD_INPUT";
    /// The token is invalid or expired.
    pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
    /// The web origin is not allowed.
    pub const FORBIDDEN: &str = "FORBIDDEN";
    /// The request is too large.
    pub const QUERY_TOO_COMPLEX: &str = "QUERY_TOO_COMPLEX";
    /// Too many operations at once.
    pub const RATE_LIMITED: &str = "RATE_LIMITED";
    /// The persisted document is unknown; send its text.
    pub const PERSISTED_QUERY_NOT_FOUND: &str = "PERSISTED_QUERY_NOT_FOUND";
    /// Persisted documents are not supported; always send the text.
    pub const PERSISTED_QUERY_NOT_SUPPORTED: &str = "PERSISTED_QUERY_NOT_SUPPORTED";
    /// The server took too long.
    pub const TIMEOUT: &str = "TIMEOUT";
    /// The server is overloaded, or its database does not answer.
    pub const UNAVAILABLE: &str = "UNAVAILABLE";
    /// The server failed.
    pub const INTERNAL: &str = "INTERNAL";
}

/// Returns an error about a whole request, without path and data.
///
/// `extensions` contain the `code`, the `requestId`, and `retryable`, which is true only for `RATE_LIMITED` among the
/// codes of the transports.
#[must_use]
pub fn request_error(code: &str, message: impl Into<String>, request_id: impl Into<String>) -> ServerError {
    let message = message.into();
    let mut error = ServerError::new(printable(&message), None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code);
    extensions.set("requestId", request_id.into());
    extensions.set("retryable", code == code::RATE_LIMITED);
    error
}

/// Returns the response to an operation that panicked.
pub(super) fn panicked(request_id: &str) -> Response {
    tracing::error!(request_id, "an operation panicked");
    let message = "Something went wrong on our side. It has been logged.";
    Response::from_errors(vec![request_error(code::INTERNAL, message, request_id)])
}

/// Returns true if the whole response is missing because the server is temporarily unavailable.
pub(super) fn is_unavailable(response: &Response) -> bool {
    let is_empty = match &response.data {
        Value::Null => true,
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => false,
    };
    is_empty && response.errors.iter().any(|error| code_of(error) == Some(code::UNAVAILABLE))
}

/// Returns the code of an error, if set.
pub(super) fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        Value::Enum(code) => Some(code),
        _ => None,
    }
}

/// Serializes a value that cannot fail to serialize, such as a map with string keys. If it fails anyway, the client
/// receives an error instead of waiting.
pub(super) fn to_json(value: &impl Serialize) -> String {
    graphql::to_json(value).unwrap_or_else(|error| unwritable(&error).to_owned())
}

/// Serializes a response as an HTTP body.
pub(super) fn to_body(response: &Response) -> Vec<u8> {
    let mut json = Vec::with_capacity(256 + graphql::written_before(&response.data));
    match graphql::write_json(&ResponseMap(response), &mut json) {
        Ok(()) => json,
        Err(error) => unwritable(&error).into(),
    }
}

fn unwritable(error: &serde_json::Error) -> &'static str {
    tracing::error!(%error, "a response could not be serialized");
    r#"{"errors":[{"message":"The response could not be written.","extensions":{"code":"INTERNAL"}}]}"#
}

#[cfg(test)]
mod tests {
    use async_graphql::{PathSegment, value};

    use super::*;

    #[test]
    fn a_request_error_is_written_without_data() {
        let error = request_error(code::BAD_INPUT, "No.", "r1");
        let json = to_json(&ResponseMap(&Response::from_errors(vec![error])));
        assert_eq!(
            json,
            r#"{"errors":[{"message":"No.","extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}]}"#
        );
    }

    #[test]
    fn a_field_error_that_nulled_everything_is_written_with_data() {
        let error = ServerError::new("No.", None);
        let error = ServerError { path: vec![PathSegment::Field("a".to_owned())], ..error };
        let json = to_json(&ResponseMap(&Response::from_errors(vec![error])));
        assert_eq!(json, r#"{"errors":[{"message":"No.","path":["a"]}],"data":null}"#);
    }

    #[test]
    fn data_and_extensions_are_written() {
        let response = Response::new(value!({"a": 1})).extension("cost", value!(2));
        assert_eq!(to_json(&ResponseMap(&response)), r#"{"data":{"a":1},"extensions":{"cost":2}}"#);
    }
}
