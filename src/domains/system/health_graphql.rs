//! The health of the program, as clients see it.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::health::{HealthReport, HealthStatus, PartHealth, check};
use crate::domains::knowledge::Knowledge;
use crate::{
    auth::{Permission, Viewer},
    domains::ContextExt,
    graphql::{About, Costs},
};

/// How the server and what it needs are, as the process that answers sees it.
#[derive(SimpleObject, Debug)]
pub struct ServerHealth {
    /// How all is together: `DOWN` when the server cannot serve, `DEGRADED` when a part is not well.
    pub status: HealthStatus,
    /// The parts: `database`, `events` (live events), `worker`, `redis`, `knowledge` (what answers draw on), `models`
    /// (language models), `search`, `edgar` and `mail`. What answers the question itself is asked now; services outside are judged by the last calls to them.
    #[graphql(directive = About::apply(9))]
    pub parts: Vec<ServerPart>,
}

/// A part of the server, or a service that it needs.
#[derive(SimpleObject, Debug)]
pub struct ServerPart {
    /// Which part.
    pub name: &'static str,
    /// How it is.
    pub status: HealthStatus,
    /// More for operators; null unless you have `metrics:read`.
    pub detail: Option<String>,
}

impl ServerHealth {
    fn new(report: HealthReport, viewer: &Viewer) -> Self {
        let may_see = viewer.may(Permission::MetricsRead);
        let part = |PartHealth { name, status, detail }| ServerPart { name, status, detail: may_see.then_some(detail) };
        Self { status: report.status(), parts: report.parts.into_iter().map(part).collect() }
    }
}

/// Queries for the health of the server.
#[derive(Default, Debug)]
pub struct HealthQuery;

#[Object]
impl HealthQuery {
    /// Whether the server and the services that it needs work. Everybody may ask, also without a token, so that a client can
    /// tell its user why an answer is missing.
    #[graphql(directive = Costs::apply(20))]
    async fn health(&self, ctx: &Context<'_>) -> Result<ServerHealth> {
        Ok(ServerHealth::new(check(ctx.app()?, ctx.service::<Knowledge>()?).await, ctx.viewer()?))
    }
}
