//! GraphiQL, served from the program itself: its pages load nothing from elsewhere. Built by `web/graphiql`.

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

/// Content security policy: own files only, and no framing.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Returns the routes of `/graphiql`, its files, and the redirect from `/`.
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

/// Serves a file; its name contains a hash of its content, so it may be cached forever.
fn file(content_type: &'static str, bytes: &'static [u8]) -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, bytes)
}
