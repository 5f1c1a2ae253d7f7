//! The GraphQL types of scheduled tasks.

use async_graphql::SimpleObject;
use sha2::{Digest, Sha256};

use crate::{
    db::{Id, Identified},
    graphql::Timestamp,
    jobs::{JobRow, LastRun, TaskState},
};

/// Recurring task of the server, which starts a job at each of its times.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(name = "ScheduledTask")]
pub struct ScheduledTaskView {
    /// The id, beginning with `sched_`; the same on every installation.
    pub id: Id<ScheduledTaskView>,
    /// Name, such as `purge_events`, which is mostly the kind of the job.
    pub name: &'static str,
    /// One-sentence description.
    pub description: &'static str,
    /// Times as a cron expression: minute, hour, day of the month, month, weekday. A time of day that clocks skip comes at
    /// the first instant after the gap, one that they show twice once. Times that were missed are made up for once.
    pub cron: &'static str,
    /// Time zone of the times: that of the settings.
    pub time_zone: String,
    /// Time of the next run; null for a task that is not active. In the past while no worker runs.
    pub next_run_at: Option<Timestamp>,
    /// False if a setting is missing without which the task does not run.
    pub is_active: bool,
    /// Last run that the schedule started; null before the first. Runs by `runScheduledTask` are not among them.
    pub last_run: Option<ScheduledRun>,
}

impl Identified for ScheduledTaskView {
    const PREFIX: &'static str = "sched";
    const NOUN: &'static str = "scheduled task";
}

/// Run of a scheduled task.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct ScheduledRun {
    /// Time at which the run was due; of several that were missed the latest.
    pub tick: Timestamp,
    /// Time at which the run was started.
    pub started_at: Timestamp,
    #[graphql(skip)]
    pub(super) job_id: Id<JobRow>,
}

impl ScheduledTaskView {
    /// Returns the id of the task with this name.
    pub fn id_of(name: &str) -> Id<Self> {
        let digest = Sha256::digest(name.as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest.iter()).for_each(|(byte, digit)| *byte = *digit);
        // Version 8 of RFC 9562: an id of one's own making.
        Id::from_uuid(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl From<TaskState> for ScheduledTaskView {
    fn from(state: TaskState) -> Self {
        let TaskState { task, zone, next_run_at, last_run } = state;
        Self {
            id: Self::id_of(task.name),
            name: task.name,
            description: task.description,
            cron: task.cron,
            time_zone: zone.name().to_owned(),
            next_run_at: Timestamp::maybe(next_run_at),
            is_active: task.missing_setting().is_none(),
            last_run: last_run.map(ScheduledRun::from),
        }
    }
}

impl From<LastRun> for ScheduledRun {
    fn from(run: LastRun) -> Self {
        Self { tick: Timestamp(run.tick), started_at: Timestamp(run.at), job_id: run.job }
    }
}
