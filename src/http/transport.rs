//! The GraphQL transports: HTTP, WebSocket and Server-Sent Events over one [`Gateway`].
//!
//! | route | what it speaks |
//! |---|---|
//! | `POST /graphql`, `GET /graphql` | GraphQL over HTTP: queries and mutations, by GET queries only |
//! | `GET /graphql/ws`, or an upgrade on `/graphql` | `graphql-transport-ws` |
//! | `POST /graphql/stream`, `GET /graphql/stream` | graphql-sse, distinct connections mode |

mod config;
mod credentials;
mod errors;
mod gateway;
mod graphql_http;
mod intake;
mod negotiate;
mod origin;
mod parameters;
mod persisted;
mod refusal;
mod replies;
mod shared;
mod sse;
mod ws;

pub use config::{AllowedOrigins, InvalidOrigin, TransportConfig};
pub(crate) use credentials::bearer_token;
pub use errors::{code, request_error};
pub use gateway::{AuthError, Gateway, Payload, Reply, RequestOrigin};
pub(crate) use graphql_http::{failure, with_common_headers};
pub(crate) use origin::{client_address, identify};
pub use persisted::{PersistedDocuments, TrustedDocuments, TrustedDocumentsError};
pub use shared::Transport;

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
    routing::{any, get},
};
use http::{HeaderName, Method, header};
use tower_http::cors::{AllowHeaders, CorsLayer};

/// Time for which browsers may cache a preflight response (Chrome's upper limit).
const PREFLIGHT_MAX_AGE: Duration = Duration::from_hours(2);

/// Returns the routes of all three transports, with CORS for the allowed origins.
///
/// Must be served with `into_make_service_with_connect_info::<SocketAddr>()`, otherwise the gateway does not know the
/// peer's address.
pub fn graphql_router<G: Gateway>(transport: Transport<G>) -> Router {
    let cors = cors(&transport.config().allowed_origins);
    Router::new()
        .route("/graphql", get(query_or_upgrade::<G>).post(graphql_http::handle::<G>))
        .route("/graphql/ws", any(ws::handle::<G>))
        .route("/graphql/stream", get(sse::handle::<G>).post(sse::handle::<G>))
        .layer(cors)
        .with_state(transport)
}

/// Handles `GET /graphql`: a query, or a WebSocket upgrade if the client asks for one.
async fn query_or_upgrade<G: Gateway>(transport: State<Transport<G>>, request: Request) -> Response {
    // Compared, because some HTTP clients offer an upgrade to HTTP/2 with every request.
    let upgrade = request.headers().get(header::UPGRADE);
    if upgrade.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        ws::handle(transport, request).await
    } else {
        graphql_http::handle(transport, request).await
    }
}

/// Returns the rules of cross-origin requests for the allowed origins.
pub(crate) fn cors(allowed: &AllowedOrigins) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(allowed.for_cors())
        .allow_methods([Method::GET, Method::POST])
        // Credentials travel in a header a script sets on purpose, so no header needs guarding.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
        .max_age(PREFLIGHT_MAX_AGE)
}
