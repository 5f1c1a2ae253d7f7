//! Business rules of scheduled tasks.

use serde_json::json;

use super::task::ScheduledTaskView;
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::Id,
    domains::audit::{AuditAction, Entry, Write},
    error::{Error, Result},
    jobs::{JobRow, Schedule},
};

/// Returns all tasks, by name.
///
/// # Errors
/// If the viewer may not see them, or the database fails.
pub(super) async fn list(app: &App, viewer: &Viewer, schedule: &Schedule) -> Result<Vec<ScheduledTaskView>> {
    viewer.need(Permission::JobsReadAll)?;
    let states = schedule.states(&app.db, &app.ambient).await?;
    let mut tasks: Vec<_> = states.into_iter().map(ScheduledTaskView::from).collect();
    tasks.sort_by_key(|task| task.name);
    Ok(tasks)
}

/// Starts a task now. Its schedule stays as it is.
///
/// # Errors
/// [`Error::NotFound`] if there is no such task, [`Error::ProviderNotConfigured`] if it lacks a setting.
pub(super) async fn run(app: &App, viewer: &Viewer, schedule: &Schedule, id: Id<ScheduledTaskView>) -> Result<JobRow> {
    viewer.need(Permission::ScheduleManage)?;
    let task = schedule.tasks().iter().find(|task| ScheduledTaskView::id_of(task.name) == id);
    let task = task.ok_or(Error::NotFound("scheduled task"))?;
    if let Some(setting) = task.missing_setting() {
        return Err(Error::ProviderNotConfigured { what: format!("The task `{}`", task.name), setting });
    }
    let (owner, mut write) = (viewer.user_id()?, Write::begin(app, viewer).await?);
    let job = task.run_now(&mut write, &app.ambient, owner).await?.job;
    write
        .record(Entry::of(AuditAction::JobCreated, job.id, &job.kind).after(json!({"scheduledTask": task.name})))
        .await?;
    write.commit().await?;
    Ok(job)
}
