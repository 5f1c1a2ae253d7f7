//! GraphQL types and query for the server's health.

use async_graphql::{Context, Object, Result, SimpleObject};

use super::health::{HealthReport, HealthStatus, PartHealth, ServerPartName, check};
use crate::domains::knowledge::Knowledge;
use crate::{
    auth::{Permission, Viewer},
    domains::ContextExt,
    graphql::{About, Costs},
};

/// Health of the server and its dependencies, as seen by the process that answers.
#[derive(SimpleObject, Debug)]
pub struct ServerHealth {
    /// Overall status: `DOWN` if the server cannot serve, `DEGRADED` if a part is unhealthy.
    pub status: HealthStatus,
    /// Status of each part. Parts of the server are checked now, external services by their last calls.
    #[graphql(directive = About::apply(10))]
    pub parts: Vec<ServerPart>,
}

/// Part of the server, or an external service.
#[derive(SimpleObject, Debug)]
pub struct ServerPart {
    /// Name of the part.
    pub name: ServerPartName,
    /// Status of the part.
    pub status: HealthStatus,
    /// Details for operators; null unless you have `metrics:read`.
    pub detail: Option<String>,
}

impl ServerHealth {
    fn new(report: HealthReport, viewer: &Viewer) -> Self {
        let may_see = viewer.may(Permission::MetricsRead);
        let part = |PartHealth { name, status, detail }| ServerPart { name, status, detail: may_see.then_some(detail) };
        Self { status: report.status(), parts: report.parts.into_iter().map(part).collect() }
    }
}

/// Queries for the server's health.
#[derive(Default, Debug)]
pub struct HealthQuery;

#[Object]
impl HealthQuery {
    /// Health of the server and of the services that it uses. Available without signing in, so that clients can explain
    /// a missing answer.
    #[graphql(directive = Costs::apply(20))]
    async fn health(&self, ctx: &Context<'_>) -> Result<ServerHealth> {
        Ok(ServerHealth::new(check(ctx.app()?, ctx.service::<Knowledge>()?).await, ctx.viewer()?))
    }
}
