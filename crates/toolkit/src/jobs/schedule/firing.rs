//! All schedules, and what of them is due.

use std::{collections::HashMap, fmt, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    row::{self, BATCH, Row, next_of},
    task::ScheduledTask,
    tick::{LastRun, Soon, Tick},
};
use crate::{
    ambient::Ambient,
    db::{Db, WriteTx},
    error::{Error, Result},
    jobs::{Enqueued, Job, NewJob, enqueue},
    periods::{Recurrence, Zone},
};

type ReadZone = Arc<dyn for<'a> Fn(&'a Db) -> Soon<'a, Zone> + Send + Sync>;
type EnqueueTick = Arc<dyn for<'a> Fn(&'a mut WriteTx, &'a Ambient, Tick) -> Soon<'a, Enqueued> + Send + Sync>;

/// The state of a task.
#[derive(Debug, Clone)]
pub struct TaskState {
    /// The task.
    pub task: ScheduledTask,
    /// The time zone of its times.
    pub zone: Zone,
    /// The time at which it is due next; `None` if it does not run.
    pub next_run_at: Option<DateTime<Utc>>,
    /// The last run; `None` before the first.
    pub last_run: Option<LastRun>,
}

/// All schedules.
#[derive(Clone, Default)]
pub struct Schedule {
    tasks: Vec<ScheduledTask>,
    kinds: HashMap<&'static str, EnqueueTick>,
    /// Reads the time zone of the tasks; `None` for UTC.
    zone: Option<ReadZone>,
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.tasks).finish()
    }
}

impl Schedule {
    /// Adds a task.
    #[must_use]
    pub fn with(mut self, task: ScheduledTask) -> Self {
        self.tasks.push(task);
        self
    }

    /// Has the tasks follow the time zone that `read` returns.
    #[must_use]
    pub fn in_zone<F>(mut self, read: F) -> Self
    where
        F: for<'a> Fn(&'a Db) -> Soon<'a, Zone> + Send + Sync + 'static,
    {
        self.zone = Some(Arc::new(read));
        self
    }

    /// Adds a kind of schedules that stand in the table: each tick enqueues a job of kind `J` with the input that `input`
    /// makes of it.
    #[must_use]
    pub fn with_kind<J: Job>(
        mut self,
        kind: &'static str,
        input: impl Fn(&Tick) -> J::Input + Send + Sync + 'static,
    ) -> Self {
        let enqueue: EnqueueTick = Arc::new(move |tx, ambient, tick| {
            let input = input(&tick);
            let new = NewJob { idempotency_key: Some(tick.key), ..NewJob::new(input, None) };
            Box::pin(async move { enqueue::<J>(tx, ambient, new).await })
        });
        self.kinds.insert(kind, enqueue);
        self
    }

    /// Returns the tasks.
    pub fn tasks(&self) -> &[ScheduledTask] {
        &self.tasks
    }

    /// Returns the states of the tasks, in the order in which they were added.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn states(&self, db: &Db, ambient: &Ambient) -> Result<Vec<TaskState>> {
        let (rows, zone, now) = (Row::of_tasks(db).await?, self.zone(db).await?, ambient.shared_now());
        let state = |task: &ScheduledTask| -> Result<TaskState> {
            let row = rows.get(task.name);
            let next_run_at = match row.filter(|row| row.cron == task.cron && row.time_zone == zone.name()) {
                Some(row) => row.next_run_at,
                None => next_of(&task.recurrence()?, &zone, now)?,
            };
            Ok(TaskState {
                task: task.clone(),
                zone: zone.clone(),
                next_run_at: task.missing_setting().is_none().then_some(next_run_at),
                last_run: row.and_then(|row| row.last_run),
            })
        };
        self.tasks.iter().map(state).collect()
    }

    /// Enqueues what is due. Of all processes at the same tick, only the one that advances the row enqueues, in the same
    /// transaction. Ticks missed while no process was running are made up for once.
    ///
    /// # Errors
    /// If the database fails or a cron expression is invalid.
    pub async fn fire(&self, db: &Db, ambient: &Ambient) -> Result<()> {
        // Rows before the zone: a row that another process moved to another zone is not moved back.
        let (rows, zone) = (Row::of_tasks(db).await?, self.zone(db).await?);
        let mut result = Ok(());
        for task in self.tasks.iter().filter(|task| task.missing_setting().is_none()) {
            // One that cannot be fired does not keep the others from it.
            result = fire_task(task, rows.get(task.name), &zone, db, ambient).await.and(result);
        }
        for (kind, enqueue) in &self.kinds {
            result = fire_kind(kind, enqueue, db, ambient).await.and(result);
        }
        result
    }

    async fn zone(&self, db: &Db) -> Result<Zone> {
        match &self.zone {
            Some(read) => read(db).await,
            None => Ok(Zone::utc()),
        }
    }
}

async fn fire_task(task: &ScheduledTask, row: Option<&Row>, zone: &Zone, db: &Db, ambient: &Ambient) -> Result<()> {
    let (recurrence, now) = (task.recurrence()?, ambient.shared_now());
    let next = next_of(&recurrence, zone, now)?;
    let Some(row) = row.filter(|row| row.cron == task.cron) else {
        return Ok(row::register(db, (task.name, task.cron), (next, zone), now).await?);
    };
    if row.next_run_at > now {
        // The zone of the settings was changed, or the time was written by a clock that was ahead.
        let is_moved = row.time_zone != zone.name() || row.next_run_at > next;
        return if is_moved { Ok(row.put_back(db, next, zone).await?) } else { Ok(()) };
    }
    let tick = row.tick(&recurrence, now);
    let Some(mut tx) = row.advance(db, (next, zone), (&tick, now)).await? else { return Ok(()) };
    let job = task.run(&mut tx, ambient, tick.key).await?.job;
    Ok(row.started(tx, job.id).await?)
}

/// Fires schedules of a kind, as many at a poll as are read at a time. Those that cannot be fired stand before none of the
/// others.
async fn fire_kind(kind: &str, enqueue: &EnqueueTick, db: &Db, ambient: &Ambient) -> Result<()> {
    let (mut result, mut fired, mut last) = (Ok(()), 0, None);
    while fired < BATCH {
        let due = Row::due(db, kind, ambient.shared_now(), last.as_ref()).await?;
        let is_last_page = due.len() < BATCH;
        for row in due {
            let firing = fire_row(&row, enqueue, db, ambient).await;
            fired += usize::from(firing.is_ok());
            result = firing.and(result);
            last = Some(row);
        }
        if is_last_page {
            break;
        }
    }
    result
}

async fn fire_row(row: &Row, enqueue: &EnqueueTick, db: &Db, ambient: &Ambient) -> Result<()> {
    let now = ambient.shared_now();
    let recurrence: Recurrence = row.cron.parse().map_err(Error::internal)?;
    let zone = Zone::parse(&row.time_zone).map_err(Error::internal)?;
    let (next, tick) = (next_of(&recurrence, &zone, now)?, row.tick(&recurrence, now));
    let Some(mut tx) = row.advance(db, (next, &zone), (&tick, now)).await? else { return Ok(()) };
    let job = enqueue(&mut tx, ambient, tick).await?.job;
    Ok(row.started(tx, job.id).await?)
}
