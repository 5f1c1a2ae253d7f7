//! Common request handling of HTTP and server-sent events: from the HTTP request to the operation.

use async_graphql::{Request as GraphQlRequest, parser::types::OperationType};
use axum::{body::Body, extract::Request};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{HeaderMap, Method, StatusCode, header, request::Parts};

use super::{
    config::TransportConfig,
    credentials::bearer_token,
    errors::code,
    gateway::{Gateway, RequestOrigin},
    negotiate::has_json_body,
    origin::is_cross_site,
    parameters::Parameters,
    refusal::Refusal,
    shared::Transport,
};

/// An accepted operation.
pub(super) struct Accepted<C> {
    pub caller: C,
    pub request: GraphQlRequest,
    /// The kind; `None` if the document cannot be executed, which execution will report.
    pub kind: Option<OperationType>,
}

/// Checks an HTTP request, cheap checks first, and reads its operation.
///
/// # Errors
/// If the request is rejected.
pub(super) async fn accept<G: Gateway>(
    transport: &Transport<G>,
    request: Request,
    origin: &RequestOrigin,
) -> Result<Accepted<G::Caller>, Refusal> {
    let (gateway, config) = (transport.gateway(), transport.config());
    let (parts, body) = request.into_parts();
    let by_get = parts.method != Method::POST;
    if by_get {
        refuse_cross_site(&parts, config)?;
    } else {
        require_plain_json(&parts.headers)?;
    }
    let token = bearer_token(&parts.headers)?;
    let caller = Box::pin(gateway.authenticate(token, origin)).await?;
    let parameters = if by_get {
        Parameters::from_query_string(&parts.uri)?
    } else {
        Parameters::from_json(&read_body(&parts.headers, body, config).await?)?
    };
    let mut request = parameters.into_request(&config.documents)?.data(origin.clone());
    let kind = gateway.kind_of(&mut request);
    if by_get && kind == Some(OperationType::Mutation) {
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, code::BAD_INPUT, "A mutation must be sent by POST.")
            .with_header(header::ALLOW, "POST"));
    }
    Ok(Accepted { caller, request, kind })
}

fn refuse_cross_site(parts: &Parts, config: &TransportConfig) -> Result<(), Refusal> {
    if !is_cross_site(parts, &config.allowed_origins) {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        code::FORBIDDEN,
        "A GET from another site needs a header that makes the browser ask first: send \
         \"graphql-require-preflight: 1\", or use POST.",
    ))
}

fn require_plain_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let is_encoded = headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
    let message = if !has_json_body(headers) {
        "Send the request with \"content-type: application/json\", in UTF-8."
    } else if is_encoded {
        "A compressed request body is not supported."
    } else {
        return Ok(());
    };
    Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code::BAD_INPUT, message))
}

/// Reads up to `max_body_bytes` of the body.
async fn read_body(headers: &HeaderMap, body: Body, config: &TransportConfig) -> Result<Bytes, Refusal> {
    let limit = config.max_body_bytes;
    let announced: Option<usize> =
        headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let reading = collect(body, limit, announced.unwrap_or_default());
    tokio::time::timeout(config.body_timeout, reading).await.unwrap_or_else(|_| {
        Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, code::TIMEOUT, "The request body did not arrive in time."))
    })
}

async fn collect(body: Body, limit: usize, capacity: usize) -> Result<Bytes, Refusal> {
    let mut collected = BytesMut::with_capacity(capacity);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Refusal::bad_input("The request body broke off."))?;
        if collected.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(collected.freeze())
}

fn too_large(limit: usize) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        code::QUERY_TOO_COMPLEX,
        format!("The request is larger than {limit} bytes, which MAX_BODY_BYTES allows."),
    )
}
