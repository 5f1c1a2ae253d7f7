//! Errors of uploads and downloads, in the shape of GraphQL's.

use std::time::Duration;

use async_graphql::{Pos, Response as GraphQlResponse, ServerError};
use axum::response::Response;
use http::StatusCode;

use crate::{
    app::App,
    domains::files::UploadError,
    error::{Error, ErrorCode},
    graphql::{finish, note_outages},
    http::transport::{RequestOrigin, failure},
    request_id::RequestId,
};

/// Returns the answer to a request that failed.
pub(super) fn failed(app: &App, error: UploadError, origin: &RequestOrigin) -> Response {
    let error = match error {
        UploadError::Service(error) => return failed_in_service(app, error, origin),
        other => other,
    };
    let (status, code, retry_after) = match &error {
        UploadError::Service(error) => (error_of(error.code()), error.code(), None),
        UploadError::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadInput, None),
        UploadError::WrongType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadInput, None),
        UploadError::Cut => (StatusCode::BAD_REQUEST, ErrorCode::BadInput, None),
        UploadError::TooSlow => (StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, None),
        UploadError::UsedUp { retry_after, .. } => {
            (StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, Some(*retry_after))
        }
        UploadError::TooMany => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::RateLimited, Some(Duration::from_secs(10))),
    };
    refused(app, (status, code, retry_after), error.to_string(), origin)
}

/// Returns the answer to a request that a service refused, or in which it failed.
pub(super) fn failed_in_service(app: &App, error: Error, origin: &RequestOrigin) -> Response {
    let status = error_of(error.code());
    let mut error = async_graphql::Error::from(error).into_server_error(Pos::default());
    // It is about no place in a document.
    error.locations.clear();
    failed_inside(app, status, error, origin)
}

/// Returns the answer to a request that is refused before anything is done.
pub(super) fn refused(
    app: &App,
    (status, code, retry_after): (StatusCode, ErrorCode, Option<Duration>),
    message: impl Into<String>,
    origin: &RequestOrigin,
) -> Response {
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code.as_str());
    if let Some(after) = retry_after {
        extensions.set("retryAfterMs", u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
    }
    failed_inside(app, status, error, origin)
}

fn failed_inside(app: &App, status: StatusCode, error: ServerError, origin: &RequestOrigin) -> Response {
    let response = GraphQlResponse::from_errors(vec![error]);
    note_outages(&response, app.db.outage());
    let response = finish(response, &RequestId(origin.request_id.to_string()), 1);
    failure(status, &response, origin)
}

/// Returns the status of an error.
fn error_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::BadInput => StatusCode::BAD_REQUEST,
        ErrorCode::Conflict | ErrorCode::AlreadyExists => StatusCode::CONFLICT,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable | ErrorCode::ProviderUnavailable | ErrorCode::ProviderNotConfigured => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
