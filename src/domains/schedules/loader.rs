//! Batched loading of scheduled tasks.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::dataloader::Loader;

use super::{service, task::ScheduledTaskView};
use crate::{
    auth::Permission,
    db::Id,
    domains::{Batch, ContextExt},
    error::{Error, Result},
    jobs::Schedule,
};

/// The loader key of a task, with the schedule that has it.
#[derive(Debug, Clone)]
struct TaskOf {
    id: Id<ScheduledTaskView>,
    schedule: Arc<Schedule>,
}

impl PartialEq for TaskOf {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for TaskOf {}

impl Hash for TaskOf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl Loader<TaskOf> for Batch {
    type Value = ScheduledTaskView;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[TaskOf]) -> Result<HashMap<TaskOf, ScheduledTaskView>, Arc<Error>> {
        let Some(TaskOf { schedule, .. }) = keys.first() else { return Ok(HashMap::new()) };
        let tasks = service::list(&self.app, &self.viewer, schedule).await?;
        Ok(tasks.into_iter().map(|task| (TaskOf { id: task.id, schedule: schedule.clone() }, task)).collect())
    }
}

/// Returns the task with this id, batched with the requests of sibling fields.
///
/// # Errors
/// If the viewer may not see it, or the database fails.
pub(crate) async fn task_of(
    ctx: &(impl ContextExt<'_> + Sync),
    id: Id<ScheduledTaskView>,
) -> Result<Option<ScheduledTaskView>> {
    ctx.viewer()?.need(Permission::JobsReadAll)?;
    let schedule = ctx.service::<Arc<Schedule>>()?.clone();
    ctx.loader()?.load_one(TaskOf { id, schedule }).await.map_err(Error::shared)
}
