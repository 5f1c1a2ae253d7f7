//! A process that reacts to events, ends waits and decides, until it is killed.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use rapport_toolkit::{
    ambient::Ambient,
    db::{Db, Id},
    error::Error,
    events::{EventConsumer, EventLog},
    jobs::{Registry, Schedule, Worker, WorkerLock},
    waits::{AwaitedEvents, Decision, EndWait, WaitColumn, WaitEntity, WaitKind, WaitRow, Waiters, decide},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    database::{config, jobs, open},
    owner::{NextStep, Runs, Tally},
};

/// What is printed when the process is at work.
pub(crate) const READY: &str = "at work";

/// The kinds of owners.
pub(crate) fn waiters(ambient: &Ambient) -> Waiters {
    Waiters::default().with(Runs(ambient.clone()))
}

/// The consumers of the product and of the probes.
pub(crate) fn consumers(log: &EventLog, ambient: &Ambient) -> Vec<Arc<dyn EventConsumer>> {
    let awaited = AwaitedEvents { log: log.clone(), ambient: ambient.clone(), waiters: waiters(ambient) };
    vec![Arc::new(awaited), Arc::new(Tally)]
}

/// Works until it is killed.
///
/// # Errors
/// If it cannot begin.
pub(crate) async fn work(url: &str) -> Result<()> {
    let (config, ambient) = (config(url)?, Ambient::system());
    let db = open(&config.database).await?;
    let log = EventLog::open(&db, &ambient).await?;
    let stop = CancellationToken::new();
    let (tail, token) = (log.clone(), stop.clone());
    let poll = config.events.poll;
    tokio::spawn(async move { tail.run(poll, token).await });
    let lock = WorkerLock::new(&config.database.url, &db, &ambient)?;
    let waiters = waiters(&ambient);
    let registry = Registry::default()
        .with(EndWait { ambient: ambient.clone(), waiters: waiters.clone() })
        .with(NextStep { ambient: ambient.clone(), waiters: waiters.clone() });
    let worker = Worker {
        db: db.clone(),
        log: log.clone(),
        ambient: ambient.clone(),
        registry: Arc::new(registry),
        schedule: Arc::new(Schedule::default()),
        config: jobs(&config),
        lock: Some(Arc::new(lock)),
    };
    tokio::spawn(worker.run(stop.clone(), Duration::from_secs(1)));
    let consumers = consumers(&log, &ambient);
    let (consumed, token) = (log.clone(), stop.clone());
    tokio::spawn(async move { consumed.consume(&consumers, poll, token).await });
    println!("{READY}");
    decide_all(&db, &ambient, &waiters).await
}

/// Approves whatever waits for a decision, as the other process does at the same time.
async fn decide_all(db: &Db, ambient: &Ambient, waiters: &Waiters) -> Result<()> {
    let by = ambient.uuid();
    loop {
        let open = WaitEntity::find()
            .filter(WaitColumn::Kind.eq(WaitKind::Approval))
            .filter(WaitColumn::Outcome.is_null())
            .all(db.reader())
            .await?;
        for wait in open {
            match approve(db, ambient, waiters, (wait.id, by)).await {
                // The other one was first.
                Ok(()) | Err(Error::Conflict(_) | Error::Unavailable(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        sleep(Duration::from_millis(15)).await;
    }
}

async fn approve(
    db: &Db,
    ambient: &Ambient,
    waiters: &Waiters,
    (wait, by): (Id<WaitRow>, Uuid),
) -> rapport_toolkit::error::Result<()> {
    let mut tx = db.begin().await?;
    decide(&mut tx, ambient, waiters, (wait, Decision { approves: true, data: Value::Null, by })).await?;
    Ok(tx.commit().await?)
}
