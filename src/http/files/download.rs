//! `GET /files/{token}`: the file of a download link, always to be saved, never to be shown.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};

use super::{
    answer::failed_in_service,
    door::Door,
    range::{Wanted, wanted},
};
use crate::{
    domains::files::{self, Download},
    error::{Error, Result},
    http::transport::{RequestOrigin, identify, with_common_headers},
};

/// Headers of each download. Whatever it is, it runs nothing and is kept nowhere, and its link is not told to others.
const GUARDS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::ACCEPT_RANGES, "bytes"),
];

pub(super) async fn handle(State(door): State<Door>, Path(token): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let origin = identify(&door.gateway, &door.config, &parts);
    match download(&door, &token, &parts, &origin).await {
        Ok(response) => with_common_headers(response, &origin),
        Err(error) => failed_in_service(&door.app, error, &origin),
    }
}

async fn download(door: &Door, token: &str, parts: &Parts, origin: &RequestOrigin) -> Result<Response> {
    let download = files::open_link(&door.app, token).await?;
    let file = &download.file;
    let (size, etag) = (u64::try_from(file.size).unwrap_or_default(), format!("\"{}\"", file.sha256));
    let mut headers = headers(&download, &etag)?;
    let (status, range) = match wanted(&parts.headers, &etag, size) {
        Wanted::All => (StatusCode::OK, 0..size),
        Wanted::Part(range) => {
            headers.insert(header::CONTENT_RANGE, value(format!("bytes {}-{}/{size}", range.start, range.end - 1))?);
            (StatusCode::PARTIAL_CONTENT, range)
        }
        Wanted::Nothing => {
            let headers = [(header::CONTENT_RANGE, value(format!("bytes */{size}"))?)];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    headers.insert(header::CONTENT_LENGTH, (range.end - range.start).into());
    if parts.method == Method::HEAD {
        return Ok((status, headers).into_response());
    }
    let is_first = range.start == 0;
    let content = files::content(&door.app, file, range).await?;
    if is_first {
        files::note_download(&door.app, &door.gateway.nobody(origin), &download).await?;
    }
    Ok((status, headers, Body::from_stream(content)).into_response())
}

fn headers(Download { file, .. }: &Download, etag: &str) -> Result<HeaderMap> {
    let mut headers: HeaderMap =
        GUARDS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.format.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, value(files::content_disposition(&file.name))?);
    headers.insert(header::ETAG, value(etag.to_owned())?);
    Ok(headers)
}

fn value(text: String) -> Result<HeaderValue> {
    HeaderValue::try_from(text).map_err(Error::internal)
}
