//! What the world reaches: the GraphQL transports, GraphiQL, and health.

mod graphiql;
mod health;
mod metrics;
mod observe;
mod service;
pub mod transport;

use axum::{Router, middleware};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use service::RapportGateway;
use transport::{AllowedOrigins, InvalidOrigin, Transport, TransportConfig, graphql_router};

use crate::{app::App, config::Config, domains::Services};

/// All routes. Cancelling `stop` closes the sockets; `connections` counts those that are open.
///
/// # Errors
/// When an allowed origin is not one.
pub fn router(
    app: &App,
    services: &Services,
    stop: CancellationToken,
    connections: TaskTracker,
) -> Result<Router, InvalidOrigin> {
    let gateway = RapportGateway::new(app.clone(), services.clone());
    let transport = Transport::new(gateway, transport_config(&app.config)?, stop, connections);
    let router = graphql_router(transport)
        .merge(graphiql::router())
        .merge(health::router(app.clone(), services.clone()))
        .merge(metrics::public_router(app.clone()));
    let counts = app.ambient.metrics().clone();
    Ok(router.layer(middleware::from_fn_with_state(counts, observe::observe)))
}

/// The routes for those who watch this process, on a port of their own.
pub fn watch_router(app: &App, services: &Services) -> Router {
    metrics::private_router(app.clone()).merge(health::router(app.clone(), services.clone()))
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
