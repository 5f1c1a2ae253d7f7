//! Files over HTTP: uploads by `POST /files`, downloads by the links of `createDownloadLink`.
//!
//! The body of an upload is the file itself; its purpose and name are in the query. Tokens, origins and errors are those of
//! GraphQL over HTTP.

mod answer;
mod door;
mod download;
mod range;
mod upload;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};

use door::Door;

use super::{
    service::RapportGateway,
    transport::{TransportConfig, cors},
};
use crate::app::App;

/// Returns the routes. What they answer is not compressed, so that ranges and lengths are those of the file.
pub(super) fn router(app: App, gateway: RapportGateway, config: TransportConfig) -> Router {
    let cors = cors(&config.allowed_origins);
    Router::new()
        .route("/files", post(upload::handle))
        .route("/files/{token}", get(download::handle))
        .layer(cors)
        .with_state(Door { app, gateway, config: Arc::new(config) })
}
