//! GraphiQL, served from the program itself: no page of ours loads anything from elsewhere. Built by `web/graphiql`.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Redirect},
    routing::get,
};

const PAGE: &str = include_str!("graphiql/index.html");
const SCRIPT: &[u8] = include_bytes!("graphiql/graphiql.js.gz");
const STYLE: &[u8] = include_bytes!("graphiql/graphiql.css.gz");
const LICENSES: &[u8] = include_bytes!("graphiql/licenses.txt.gz");

/// Nothing but our own files, and nobody may frame the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page at `/graphiql`, its files, and the way there from `/`.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(|| async { Redirect::temporary("/graphiql") }))
        .route("/graphiql", get(page))
        .route("/graphiql/graphiql.js", get(|| async { file("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/graphiql/graphiql.css", get(|| async { file("text/css; charset=utf-8", STYLE) }))
        .route("/graphiql/licenses.txt", get(|| async { file("text/plain; charset=utf-8", LICENSES) }))
}

async fn page() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, PAGE)
}

/// The page names its files with a hash of their content, so they may be kept for ever.
fn file(content_type: &'static str, bytes: &'static [u8]) -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, bytes)
}
