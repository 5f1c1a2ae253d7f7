//! GraphQL fields, query and mutation for scheduled tasks.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Object, Result};

use super::{
    loader::task_of,
    service,
    task::{ScheduledRun, ScheduledTaskView},
};
use crate::{
    db::Id,
    domains::{ContextExt, shared::one, system::Job},
    graphql::{About, Requires, nullable},
    jobs::{JobEntity, Schedule},
};

#[ComplexObject]
impl ScheduledRun {
    /// Job that the run started; null if it is deleted since, or if you may not see it.
    async fn job(&self, ctx: &Context<'_>) -> Option<Result<Job>> {
        nullable(one::<JobEntity>(ctx, self.job_id)).await
    }
}

/// Query for scheduled tasks.
#[derive(Default, Debug)]
pub struct SchedulesQuery;

#[Object]
impl SchedulesQuery {
    /// The recurring task of the server with this id; null if it does not exist. Needs `jobs:read_all`.
    #[graphql(directive = Requires::apply(&["jobs:read_all"]))]
    async fn scheduled_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the task.")] id: Id<ScheduledTaskView>,
    ) -> Option<Result<ScheduledTaskView>> {
        nullable(task_of(ctx, id)).await
    }

    /// Recurring tasks of the server, by name; null without `jobs:read_all`.
    #[graphql(directive = About::apply(10), directive = Requires::apply(&["jobs:read_all"]))]
    async fn scheduled_tasks(&self, ctx: &Context<'_>) -> Option<Result<Vec<ScheduledTaskView>>> {
        nullable(async {
            let schedule = ctx.service::<Arc<Schedule>>()?;
            service::list(ctx.app()?, ctx.viewer()?, schedule).await.map(Some)
        })
        .await
    }
}

/// Mutation of scheduled tasks.
#[derive(Default, Debug)]
pub struct SchedulesMutation;

#[Object]
impl SchedulesMutation {
    /// Starts a scheduled task now, beside its schedule: its next run stays when it is. Needs `schedule:manage`. Fails with
    /// `PROVIDER_NOT_CONFIGURED` if the task is not active.
    #[graphql(directive = Requires::apply(&["schedule:manage"]))]
    async fn run_scheduled_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the task.")] id: Id<ScheduledTaskView>,
    ) -> Result<Job> {
        let schedule = ctx.service::<Arc<Schedule>>()?;
        Ok(Job(service::run(ctx.app()?, ctx.viewer()?, schedule, id).await?))
    }
}
