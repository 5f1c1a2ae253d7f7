//! `POST /files?purpose=…&name=…`.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    extract::{Query, Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, StatusCode, header, request::Parts};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use super::{
    answer::{failed, refused},
    door::Door,
};
use crate::{
    domains::files::{self, File, FilePurpose, LONGEST_UPLOAD, NewFile, UploadError},
    error::{Error, ErrorCode, Problems},
    http::transport::{AuthError, RequestOrigin, bearer_token, identify, with_common_headers},
};

/// Points of the budget that an upload costs, as much as an operation that writes.
const POINTS: u32 = 10;

#[derive(Deserialize)]
struct UploadQuery {
    purpose: Option<String>,
    name: Option<String>,
}

/// Handles an upload in a task of its own: if its client hangs up, the body ends, and what came of it is deleted.
pub(super) async fn handle(State(door): State<Door>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = identify(&door.gateway, &door.config, &parts);
    let task = {
        let (door, origin) = (door.clone(), origin.clone());
        async move { upload(&door, &parts, body, &origin).await }.in_current_span()
    };
    match tokio::spawn(task).await {
        Ok(response) => response,
        Err(error) => failed(&door.app, Error::internal(error).into(), &origin),
    }
}

async fn upload(door: &Door, parts: &Parts, body: Body, origin: &RequestOrigin) -> Response {
    let app = &door.app;
    if let Some(message) = unsupported(&parts.headers) {
        let status = (StatusCode::UNSUPPORTED_MEDIA_TYPE, ErrorCode::BadInput, None);
        return refused(app, status, message, origin);
    }
    let viewer = match bearer_token(&parts.headers) {
        Ok(token) => door.gateway.viewer(token, origin).await,
        Err(error) => Err(error),
    };
    let viewer = match viewer {
        Ok(viewer) => viewer,
        Err(error @ AuthError::Unavailable) => {
            let status = (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, Some(Duration::from_secs(2)));
            return refused(app, status, error.to_string(), origin);
        }
        Err(error) => {
            let status = (StatusCode::UNAUTHORIZED, ErrorCode::Unauthenticated, None);
            return refused(app, status, error.to_string(), origin);
        }
    };
    let kept = async {
        viewer.user_id()?;
        let taken = app.budget.take(viewer.budget_subject(), POINTS).await;
        taken.map_err(|shortage| Error::RateLimited { retry_after: shortage.retry_after })?;
        let new = new_file(parts)?;
        files::receive(app, &viewer, new, announced(&parts.headers), paced(body, door.config.body_timeout)).await
    };
    match kept.await {
        Ok(file) => with_common_headers((StatusCode::CREATED, Json(shown(&file))).into_response(), origin),
        Err(error) => failed(app, error, origin),
    }
}

/// Returns what is wrong with the form of the body.
fn unsupported(headers: &HeaderMap) -> Option<&'static str> {
    let of = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !matches!(of(header::CONTENT_ENCODING), "" | "identity") {
        return Some("A compressed request body is not supported.");
    }
    let is_form = of(header::CONTENT_TYPE).to_ascii_lowercase().starts_with("multipart/");
    is_form.then_some("Send the file itself as the body of the request, not a form.")
}

fn new_file(parts: &Parts) -> Result<NewFile, Error> {
    let query = Query::<UploadQuery>::try_from_uri(&parts.uri);
    let Query(UploadQuery { purpose, name }) =
        query.map_err(|_| Error::bad_input("purpose", "Give `purpose` and `name` in the query, each once."))?;
    let mut problems = Problems::default();
    let purpose = purpose.as_deref().and_then(FilePurpose::named);
    if purpose.is_none() {
        problems.add("purpose", "Give the purpose in the query: KNOWLEDGE_DOCUMENT or LEAD_IMPORT.");
    }
    let name = name.filter(|name| !name.trim().is_empty());
    if name.is_none() {
        problems.add("name", "Give the name of the file in the query.");
    }
    problems.into_result()?;
    Ok(NewFile { purpose: purpose.unwrap_or_default(), name: name.unwrap_or_default() })
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Returns the body, which ends with an error if nothing comes for `pause`, or if it takes too long.
fn paced(body: Body, pause: Duration) -> impl Stream<Item = Result<Bytes, UploadError>> + Send + Unpin {
    let end = Instant::now() + LONGEST_UPLOAD;
    let chunks = stream::try_unfold(body.into_data_stream(), move |mut chunks| async move {
        match timeout_at(end.min(Instant::now() + pause), chunks.next()).await {
            Ok(None) => Ok(None),
            Ok(Some(Ok(chunk))) => Ok(Some((chunk, chunks))),
            Ok(Some(Err(_))) => Err(UploadError::Cut),
            Err(_) => Err(UploadError::TooSlow),
        }
    });
    Box::pin(chunks)
}

/// Returns a file as the schema shows it.
fn shown(file: &File) -> serde_json::Value {
    json!({
        "id": file.id.to_string(),
        "purpose": file.purpose,
        "name": file.name,
        "format": file.format,
        "size": file.size,
        "sha256": file.sha256,
        "createdAt": file.created_at,
        "expiresAt": file.expires_at,
    })
}
