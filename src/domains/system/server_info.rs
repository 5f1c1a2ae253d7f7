//! GraphQL types and query for the server's version and configuration.

use async_graphql::{Context, Object, Result, SimpleObject};

use crate::{app::App, domains::ContextExt};

/// Version and configured features of the server.
#[derive(SimpleObject, Debug)]
pub struct ServerInfo {
    /// Version of the server, such as `0.1.0`.
    version: &'static str,
    /// Features that depend on the server's settings.
    features: ServerFeatures,
}

/// Features that depend on the server's settings, each true if configured. The sample companies work without any.
#[derive(SimpleObject, Debug)]
pub struct ServerFeatures {
    /// Research of real companies.
    research: bool,
    /// Web search.
    web_search: bool,
    /// Reports of real companies from the SEC.
    filings: bool,
    /// Language models, for replies in chat and wording.
    language_models: bool,
    /// Extraction of signals by a language model, beside the rules.
    extraction: bool,
    /// Outgoing mail; without it, mails are held in the outbox.
    mail: bool,
}

impl ServerFeatures {
    fn of(app: &App) -> Self {
        let clients = &app.clients;
        Self {
            // The first is that of the sample companies.
            research: clients.research.len() > 1,
            web_search: clients.search.is_configured(),
            filings: app.config.edgar.user_agent.is_some(),
            language_models: clients.llm.is_configured(),
            extraction: clients.extraction.is_configured(),
            mail: clients.mail.is_some(),
        }
    }
}

/// Queries for the server itself.
#[derive(Default, Debug)]
pub struct ServerInfoQuery;

#[Object]
impl ServerInfoQuery {
    /// Version and configured features of the server; null unless you are signed in.
    async fn server_info(&self, ctx: &Context<'_>) -> Option<Result<ServerInfo>> {
        Some(info(ctx).map_err(Into::into))
    }
}

fn info(ctx: &Context<'_>) -> crate::error::Result<ServerInfo> {
    ctx.viewer()?.session()?;
    Ok(ServerInfo { version: env!("CARGO_PKG_VERSION"), features: ServerFeatures::of(ctx.app()?) })
}
