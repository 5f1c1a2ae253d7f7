//! `rapport serve` and `rapport worker`.

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{migrate, print};
use crate::{
    ambient::Ambient,
    config::Config,
    db,
    domains::identity::{FirstAdmin, ensure_admin},
    server::{Role, Server},
};

pub(super) async fn serve(config: Config, no_worker: bool) -> anyhow::Result<()> {
    let address = (config.http.host, config.http.port);
    let server = prepare(config).await?;
    let admin = ensure_admin(&server.app.db, &server.app.ambient, &server.app.config.auth).await?;
    let listener = TcpListener::bind(address);
    let listener = listener.await.with_context(|| format!("Cannot listen on {}:{}", address.0, address.1))?;
    greet(&listener.local_addr()?.to_string(), &server.app.config.auth.admin_email, &admin);
    let role = if no_worker { Role::Serve } else { Role::All };
    server.run(Some(listener), role, stop_on_signal()?).await
}

pub(super) async fn work(config: Config) -> anyhow::Result<()> {
    let server = prepare(config).await?;
    print("Rapport works on background jobs; stop it with Ctrl-C.");
    server.run(None, Role::Work, stop_on_signal()?).await
}

/// Opens the database, brings its tables up to date, and puts the program together.
pub(super) async fn prepare(config: Config) -> anyhow::Result<Server> {
    let ambient = Ambient::system();
    let db = db::connect(&config.database).await?;
    migrate::migrate_up(&db, &config.database.url).await?;
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

/// A token that SIGTERM or SIGINT cancels; the second signal ends the process at once.
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
