//! HTTP interfaces: the GraphQL transports, files, GraphiQL, health and metrics.

mod files;
mod graphiql;
mod health;
pub mod listener;
mod metrics;
mod observe;
mod service;
pub mod transport;

use std::sync::Arc;

use axum::{Router, middleware};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::compression::{
    CompressionLayer, Predicate,
    predicate::{NotForContentType, SizeAbove},
};

pub use service::RapportGateway;
use transport::{
    AllowedOrigins, InvalidOrigin, PersistedDocuments, Transport, TransportConfig, TrustedDocuments,
    TrustedDocumentsError, graphql_router,
};

use crate::{
    app::App,
    config::{Config, DocumentsConfig},
    domains::Services,
    schema,
};

/// Returns all routes. Cancelling `stop` closes the sockets; `connections` counts the open ones.
///
/// # Errors
/// If an allowed origin is invalid.
pub fn router(
    gateway: RapportGateway,
    documents: PersistedDocuments,
    stop: CancellationToken,
    connections: TaskTracker,
) -> Result<Router, InvalidOrigin> {
    let (app, services) = (gateway.app.clone(), gateway.services.clone());
    let config = TransportConfig { documents, ..transport_config(&app.config)? };
    let files = files::router(app.clone(), gateway.clone(), config.clone());
    let transport = Transport::new(gateway, config, stop, connections);
    let router = graphql_router(transport)
        .merge(graphiql::router())
        .merge(health::router(app.clone(), services.knowledge))
        .merge(metrics::public_router(app.clone()));
    let counts = app.ambient.metrics().clone();
    let observed = middleware::from_fn_with_state(counts, observe::observe);
    let router = compressed(router.layer(observed.clone()), app.config.http.compression_min_bytes);
    Ok(router.merge(files.layer(observed)))
}

/// Returns the monitoring routes for a separate port.
pub fn watch_router(app: &App, services: &Services) -> Router {
    let router = metrics::private_router(app.clone()).merge(health::router(app.clone(), services.knowledge.clone()));
    compressed(router, app.config.http.compression_min_bytes)
}

/// Compresses answers of at least `min_bytes` if the client accepts it. Event streams are sent uncompressed.
fn compressed(router: Router, min_bytes: Option<u64>) -> Router {
    let Some(min_bytes) = min_bytes else { return router };
    let worth_it = SizeAbove::new(min_bytes).and(NotForContentType::SSE);
    router.layer(CompressionLayer::new().compress_when(worth_it))
}

/// Returns the persisted documents of the settings.
///
/// # Errors
/// If the file of trusted documents is unusable, or contains a document that cannot be executed.
pub fn documents(config: &Config) -> anyhow::Result<PersistedDocuments> {
    let DocumentsConfig { automatic, trusted, trusted_only } = &config.http.documents;
    let Some(path) = trusted else { return Ok(PersistedDocuments::new(*automatic, None)) };
    let trusted = TrustedDocuments::read(path)?;
    let wrong = schema::problems_of(&config.limits, &trusted.documents())?;
    if !wrong.is_empty() {
        return Err(TrustedDocumentsError::Invalid(path.clone(), wrong.join("\n  ")).into());
    }
    let trusted = Arc::new(trusted);
    Ok(if *trusted_only {
        PersistedDocuments::only_trusted(trusted)
    } else {
        PersistedDocuments::new(*automatic, Some(trusted))
    })
}

fn transport_config(config: &Config) -> Result<TransportConfig, InvalidOrigin> {
    let allowed_origins: AllowedOrigins = config.http.allowed_origins.join(",").parse()?;
    Ok(TransportConfig {
        max_body_bytes: config.limits.body_bytes,
        ws_max_message_bytes: config.limits.body_bytes,
        allowed_origins,
        forwarded_hops: config.http.trusted_proxies,
        ..TransportConfig::default()
    })
}
