//! The server's own recurring jobs.

use std::{fmt, sync::Arc};

use uuid::Uuid;

use super::tick::Soon;
use crate::{
    ambient::Ambient,
    db::WriteTx,
    error::{Error, Result},
    jobs::{Enqueued, Job, NewJob, enqueue},
    periods::Recurrence,
};

type Enqueue = Arc<dyn for<'a> Fn(&'a mut WriteTx, &'a Ambient, By) -> Soon<'a, Enqueued> + Send + Sync>;

/// Who starts a task.
#[derive(Debug)]
struct By {
    owner: Option<Uuid>,
    idempotency_key: Option<String>,
}

/// A job enqueued at the times of a cron expression, on the clocks of the time zone of the settings.
#[derive(Clone)]
pub struct ScheduledTask {
    /// Its name, also the key in the database.
    pub name: &'static str,
    /// Cron expression: minute, hour, day, month, weekday.
    pub cron: &'static str,
    /// Human-readable description.
    pub description: &'static str,
    /// A setting without which the task does not run.
    missing: Option<&'static str>,
    enqueue: Enqueue,
}

impl fmt::Debug for ScheduledTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.cron)
    }
}

impl ScheduledTask {
    /// Creates a task that enqueues a job of kind `J` with `input`.
    pub fn new<J: Job>(name: &'static str, cron: &'static str, description: &'static str, input: J::Input) -> Self
    where
        J::Input: Clone + Sync,
    {
        let enqueue: Enqueue = Arc::new(move |tx, ambient, By { owner, idempotency_key }| {
            let new = NewJob { idempotency_key, ..NewJob::new(input.clone(), owner) };
            Box::pin(async move { enqueue::<J>(tx, ambient, new).await })
        });
        Self { name, cron, description, missing: None, enqueue }
    }

    /// Has the task run only if `setting` is set.
    #[must_use]
    pub fn needing(self, setting: &'static str, is_set: bool) -> Self {
        Self { missing: (!is_set).then_some(setting), ..self }
    }

    /// Returns the setting without which the task does not run; `None` if it runs.
    pub fn missing_setting(&self) -> Option<&'static str> {
        self.missing
    }

    /// Returns its times.
    ///
    /// # Errors
    /// If the cron expression is invalid.
    pub(super) fn recurrence(&self) -> Result<Recurrence> {
        self.cron.parse().map_err(Error::internal)
    }

    /// Enqueues the job now, for the user who asked for it. The times of the schedule stay.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn run_now(&self, tx: &mut WriteTx, ambient: &Ambient, owner: Uuid) -> Result<Enqueued> {
        (self.enqueue)(tx, ambient, By { owner: Some(owner), idempotency_key: None }).await
    }

    /// Enqueues the job of a tick.
    pub(super) async fn run(&self, tx: &mut WriteTx, ambient: &Ambient, key: String) -> Result<Enqueued> {
        (self.enqueue)(tx, ambient, By { owner: None, idempotency_key: Some(key) }).await
    }
}
