//! GraphQL over HTTP: queries and mutations by POST, queries by GET.
//!
//! <https://graphql.github.io/graphql-over-http/draft/>

use std::panic::AssertUnwindSafe;

use async_graphql::{Response as GraphQlResponse, ServerError, Value, parser::types::OperationType};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{
    errors::{code, code_of, is_request_error, is_unavailable, panicked, to_body},
    gateway::{Gateway, RequestOrigin},
    intake,
    negotiate::{MediaType, response_media_type},
    origin::{X_REQUEST_ID, identify},
    refusal::Refusal,
    shared::Transport,
};

/// Handles `POST /graphql` and `GET /graphql`.
pub(super) async fn handle<G: Gateway>(State(transport): State<Transport<G>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = identify(transport.gateway(), transport.config(), &parts);
    let Some(media_type) = response_media_type(&parts.headers) else {
        return refused(&not_acceptable(), MediaType::Json, &origin);
    };
    let request = Request::from_parts(parts, body);
    match execute(&transport, request, &origin).await {
        Ok(response) => executed(response, media_type, &origin),
        Err(refusal) if refusal.is_of_operation => {
            executed(refusal.to_response(&origin.request_id), media_type, &origin)
        }
        Err(refusal) => refused(&refusal, media_type, &origin),
    }
}

async fn execute<G: Gateway>(
    transport: &Transport<G>,
    request: Request,
    origin: &RequestOrigin,
) -> Result<GraphQlResponse, Refusal> {
    let accepted = intake::accept(transport, request, origin).await?;
    if accepted.kind == Some(OperationType::Subscription) {
        let refusal = Refusal::bad_input(
            "A subscription needs a stream: use the WebSocket at /graphql/ws or server-sent events \
             at /graphql/stream.",
        );
        return Ok(refusal.to_response(&origin.request_id));
    }
    let execution = transport.gateway().execute(accepted.caller, accepted.request);
    Ok(AssertUnwindSafe(execution).catch_unwind().await.unwrap_or_else(|_| panicked(&origin.request_id)))
}

fn not_acceptable() -> Refusal {
    Refusal::new(
        StatusCode::NOT_ACCEPTABLE,
        code::BAD_INPUT,
        "This endpoint answers in application/graphql-response+json or application/json; streams \
         are served at /graphql/ws and /graphql/stream.",
    )
}

/// Returns the response to a well-formed request.
fn executed(mut response: GraphQlResponse, media: MediaType, origin: &RequestOrigin) -> Response {
    let status = match media {
        // Also for clients that look at nothing but `errors`: what stands between decides by the status.
        _ if is_unavailable(&response) => StatusCode::SERVICE_UNAVAILABLE,
        MediaType::Json => StatusCode::OK,
        MediaType::GraphQlResponse => status_of(&response),
    };
    let mut headers = std::mem::take(&mut response.http_headers);
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after(&response.errors) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    write(status, headers, &response, media, origin)
}

/// Returns the response to a rejected request.
pub(super) fn refused(refusal: &Refusal, media: MediaType, origin: &RequestOrigin) -> Response {
    let response = refusal.to_response(&origin.request_id);
    let header = refusal.header.clone();
    let headers = header.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let headers = headers.into_iter().collect();
    write(refusal.status, headers, &response, media, origin)
}

/// Returns the answer to a failed request outside GraphQL, in the shape of GraphQL's.
pub(crate) fn failure(status: StatusCode, response: &GraphQlResponse, origin: &RequestOrigin) -> Response {
    let mut headers = HeaderMap::new();
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = retry_after(&response.errors) {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    write(status, headers, response, MediaType::Json, origin)
}

fn write(
    status: StatusCode,
    mut headers: HeaderMap,
    response: &GraphQlResponse,
    media: MediaType,
    origin: &RequestOrigin,
) -> Response {
    let content_type = HeaderValue::from_static(media.content_type());
    headers.insert(header::CONTENT_TYPE, content_type);
    let body = to_body(response);
    with_common_headers((status, headers, body).into_response(), origin)
}

/// Adds the headers common to all responses of the transports.
pub(crate) fn with_common_headers(mut response: Response, origin: &RequestOrigin) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&origin.request_id) {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}

/// Returns the status for `application/graphql-response+json`: 200 if execution started, otherwise the status of the
/// errors if they agree, otherwise 400.
fn status_of(response: &GraphQlResponse) -> StatusCode {
    if !is_request_error(response) {
        return StatusCode::OK;
    }
    let mut codes = response.errors.iter().map(code_of);
    let first = codes.next().flatten();
    if codes.any(|code| code != first) {
        return StatusCode::BAD_REQUEST;
    }
    match first {
        Some(code::UNAUTHENTICATED) => StatusCode::UNAUTHORIZED,
        Some(code::FORBIDDEN) => StatusCode::FORBIDDEN,
        Some(code::RATE_LIMITED) => StatusCode::TOO_MANY_REQUESTS,
        Some(code::INTERNAL) => StatusCode::INTERNAL_SERVER_ERROR,
        Some(code::TIMEOUT) => StatusCode::GATEWAY_TIMEOUT,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// Returns the `retryAfterMs` of a rate limit or an outage in whole seconds, rounded up.
fn retry_after(errors: &[ServerError]) -> Option<u64> {
    let asks = |error: &&ServerError| matches!(code_of(error), Some(code::RATE_LIMITED | code::UNAVAILABLE));
    let limited = errors.iter().find(asks)?;
    match limited.extensions.as_ref()?.get("retryAfterMs")? {
        Value::Number(millis) => Some(millis.as_u64()?.div_ceil(1000)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{PathSegment, value};

    use super::*;
    use crate::http::transport::request_error;

    fn failed(codes: &[&str]) -> GraphQlResponse {
        let errors = codes.iter().map(|code| request_error(code, "No.", "r1"));
        GraphQlResponse::from_errors(errors.collect())
    }

    #[test]
    fn the_status_of_a_request_error_follows_its_code() {
        assert_eq!(status_of(&failed(&["BAD_INPUT"])), 400);
        assert_eq!(status_of(&failed(&["UNAUTHENTICATED"])), 401);
        assert_eq!(status_of(&failed(&["FORBIDDEN"])), 403);
        assert_eq!(status_of(&failed(&["RATE_LIMITED"])), 429);
        assert_eq!(status_of(&failed(&["INTERNAL"])), 500);
    }

    #[test]
    fn errors_that_disagree_are_a_bad_request() {
        let response = failed(&["UNAUTHENTICATED", "BAD_INPUT"]);
        assert_eq!(status_of(&response), 400);
    }

    #[test]
    fn an_error_during_execution_is_a_200() {
        let mut response = failed(&["UNAUTHENTICATED"]);
        response.errors[0].path = vec![PathSegment::Field("viewer".to_owned())];
        assert_eq!(status_of(&response), 200);
        let mut response = failed(&["INTERNAL"]);
        response.data = value!({"a": null});
        assert_eq!(status_of(&response), 200);
    }

    #[test]
    fn a_rate_limit_says_when_to_come_back() {
        let mut response = failed(&["RATE_LIMITED"]);
        let extensions = response.errors[0].extensions.get_or_insert_default();
        extensions.set("retryAfterMs", 1001);
        assert_eq!(retry_after(&response.errors), Some(2));
    }
}
