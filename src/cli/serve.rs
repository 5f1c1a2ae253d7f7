//! `rapport serve` and `rapport worker`.

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{migrate, print::print};
use crate::{
    ambient::Ambient,
    config::Config,
    db,
    domains::identity::{FirstAdmin, ensure_admin},
    http::listener::raise_open_files,
    server::{Role, Server},
};

pub(super) async fn serve(config: Config, no_worker: bool) -> anyhow::Result<()> {
    let address = (config.http.host, config.http.port);
    let stop = stop_on_signal()?;
    raise_open_files();
    // Before anything else: a start that fails here must not have made an administrator whose password nobody saw.
    let listener = TcpListener::bind(address);
    let listener = listener.await.with_context(|| format!("Cannot listen on {}:{}", address.0, address.1))?;
    let metrics = bind_metrics(&config).await?;
    let server = prepare(config).await?;
    let admin = ensure_admin(&server.app.db, &server.app.ambient, &server.app.config.auth).await?;
    greet(&listener.local_addr()?.to_string(), &server.app.config.auth.admin_email, &admin);
    serve_metrics(&server, metrics, &stop)?;
    let role = if no_worker { Role::Serve } else { Role::All };
    server.run(Some(listener), role, stop).await
}

pub(super) async fn work(config: Config) -> anyhow::Result<()> {
    let stop = stop_on_signal()?;
    raise_open_files();
    let metrics = bind_metrics(&config).await?;
    let server = prepare(config).await?;
    serve_metrics(&server, metrics, &stop)?;
    print("Rapport works on background jobs; stop it with Ctrl-C.");
    server.run(None, Role::Work, stop).await
}

/// Binds the separate port for metrics, if configured.
async fn bind_metrics(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(port) = config.metrics.port else { return Ok(None) };
    let host = config.metrics.host;
    let listener = TcpListener::bind((host, port)).await;
    Ok(Some(listener.with_context(|| format!("Cannot listen for metrics on {host}:{port}"))?))
}

fn serve_metrics(server: &Server, listener: Option<TcpListener>, stop: &CancellationToken) -> anyhow::Result<()> {
    let Some(listener) = listener else { return Ok(()) };
    print(&format!("  Metrics     http://{}/metrics", listener.local_addr()?));
    server.serve_metrics(listener, stop.clone());
    Ok(())
}

/// Opens the database, migrates its tables, and assembles the program.
pub(super) async fn prepare(config: Config) -> anyhow::Result<Server> {
    let ambient = Ambient::system();
    migrate::migrate_up(&config.database).await?;
    let db = db::connect(&config.database).await?;
    Server::open(config, ambient, db).await
}

fn greet(address: &str, admin_email: &str, admin: &FirstAdmin) {
    print(&format!(
        "Rapport is ready.\n  \
         GraphiQL    http://{address}/graphiql\n  \
         GraphQL     http://{address}/graphql\n  \
         WebSocket   ws://{address}/graphql/ws\n  \
         SSE         http://{address}/graphql/stream"
    ));
    match admin {
        FirstAdmin::Exists => {}
        FirstAdmin::Made => {
            print(&format!("The first administrator is {admin_email}, with the password of ADMIN_PASSWORD."))
        }
        FirstAdmin::MadeWith(password) => print(&format!(
            "The first administrator is {admin_email}\n  \
             with the password {}\n  \
             It is shown only this once.",
            password.expose_secret()
        )),
    }
}

/// Returns a token that SIGTERM or SIGINT cancels; a second signal ends the process at once.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn({
        let stop = stop.clone();
        async move {
            for exit in [false, true] {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if exit {
                    std::process::exit(1);
                }
                tracing::info!("stopping; a second signal stops at once");
                stop.cancel();
            }
        }
    });
    Ok(stop)
}
