//! Recurring jobs: cron expressions, fired once per tick regardless of the number of processes.

use std::{pin::Pin, sync::Arc};

use chrono::{DateTime, Utc};
use croner::Cron;
use sea_orm::{ConnectionTrait, Statement};

use super::{Job, NewJob, enqueue};
use crate::{
    ambient::Ambient,
    db::{Db, WriteTx},
    error::{Error, Result},
};

type EnqueueFuture<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;
type Enqueue = Arc<dyn for<'a> Fn(&'a mut WriteTx, &'a Ambient, String) -> EnqueueFuture<'a> + Send + Sync>;

/// A job enqueued at the times of a cron expression.
#[derive(Clone)]
pub struct ScheduledTask {
    /// Its name, also the key in the database.
    pub name: &'static str,
    /// Cron expression in UTC: minute, hour, day, month, weekday.
    pub cron: &'static str,
    /// Human-readable description.
    pub description: &'static str,
    enqueue: Enqueue,
}

impl ScheduledTask {
    /// Creates a task that enqueues a job of kind `J` with `input`.
    pub fn new<J: Job>(name: &'static str, cron: &'static str, description: &'static str, input: J::Input) -> Self
    where
        J::Input: Clone + Sync,
    {
        let enqueue: Enqueue = Arc::new(move |tx, ambient, key| {
            let new = NewJob { idempotency_key: Some(key), ..NewJob::new(input.clone(), None) };
            Box::pin(async move { enqueue::<J>(tx, ambient, new).await.map(drop) })
        });
        Self { name, cron, description, enqueue }
    }
}

/// All scheduled tasks.
#[derive(Clone, Default)]
pub struct Schedule(Vec<ScheduledTask>);

impl Schedule {
    /// Adds a task.
    #[must_use]
    pub fn with(mut self, task: ScheduledTask) -> Self {
        self.0.push(task);
        self
    }

    /// Returns the tasks.
    pub fn tasks(&self) -> &[ScheduledTask] {
        &self.0
    }

    /// Enqueues the tasks that are due. Of all processes at the same tick, only the one that advances the row enqueues,
    /// in the same transaction. Ticks missed while no process was running are made up for once.
    ///
    /// # Errors
    /// If the database fails or a cron expression is invalid.
    pub async fn fire(&self, db: &Db, ambient: &Ambient) -> Result<()> {
        let mut result = Ok(());
        for task in &self.0 {
            // One that cannot be fired does not keep the others from it.
            result = self.fire_task(task, db, ambient).await.and(result);
        }
        result
    }

    async fn fire_task(&self, task: &ScheduledTask, db: &Db, ambient: &Ambient) -> Result<()> {
        let now = ambient.shared_now();
        let next = next_run(task.cron, now)?;
        let find = "SELECT next_run_at FROM scheduled_tasks WHERE name = $1 AND cron = $2";
        let find = Statement::from_sql_and_values(db.backend(), find, [task.name.into(), task.cron.into()]);
        let Some(row) = db.reader().query_one_raw(find).await? else { return register(task, db, next).await };
        let due: DateTime<Utc> = row.try_get("", "next_run_at")?;
        if due > next {
            // Written by a clock that was ahead.
            return put_back(task, db, due, next).await;
        }
        if due > now {
            return Ok(());
        }
        let mut tx = db.begin().await?;
        let advance =
            "UPDATE scheduled_tasks SET next_run_at = $1, last_run_at = $2 WHERE name = $3 AND next_run_at = $4";
        let values = [next.into(), now.into(), task.name.into(), due.into()];
        let advanced = tx.execute_raw(Statement::from_sql_and_values(db.backend(), advance, values)).await?;
        if advanced.rows_affected() == 1 {
            (task.enqueue)(&mut tx, ambient, format!("{}@{}", task.name, due.timestamp())).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Registers a new task, or a changed expression.
async fn register(task: &ScheduledTask, db: &Db, next: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO scheduled_tasks (name, cron, next_run_at) VALUES ($1, $2, $3) \
               ON CONFLICT (name) DO UPDATE SET cron = $2, next_run_at = $3 WHERE scheduled_tasks.cron <> $2";
    let values = [task.name.into(), task.cron.into(), next.into()];
    let tx = db.begin().await?;
    tx.execute_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    Ok(tx.commit().await?)
}

/// Reschedules a task to `next`, unless its time was changed since it was read.
async fn put_back(task: &ScheduledTask, db: &Db, due: DateTime<Utc>, next: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE scheduled_tasks SET next_run_at = $1 WHERE name = $2 AND next_run_at = $3";
    let values = [next.into(), task.name.into(), due.into()];
    let tx = db.begin().await?;
    tx.execute_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    Ok(tx.commit().await?)
}

fn next_run(cron: &str, after: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let cron: Cron = cron.parse().map_err(Error::internal)?;
    cron.find_next_occurrence(&after, false).map_err(Error::internal)
}
