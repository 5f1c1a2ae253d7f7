//! What waits: a run that pauses, waits for an event, then for a decision, and is done; and a consumer that counts events.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use rapport_toolkit::{
    ambient::Ambient,
    db::{Id, Identified, WriteTx},
    error::{Error, Result},
    events::{Event, EventConsumer, Position, Topic},
    jobs::{Context, Job, JobError, NewJob, enqueue},
    waits::{Ended, EventMatch, NewWait, Owner, Until, Waiter, Waiters, open_wait},
};
use sea_orm::{ConnectionTrait, QueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::database::statement;

/// The kind of the events that runs wait for.
pub(crate) const HAPPENED: &str = "probe.happened";
/// The kind of the runs.
pub(crate) const KIND: &str = "probe_run";

/// The type of the ids of runs.
enum Run {}

impl Identified for Run {
    const PREFIX: &'static str = "probe";
    const NOUN: &'static str = "probe";
}

/// The topic of a run.
pub(crate) fn topic_of(run: Uuid) -> Topic {
    Topic::of_one(KIND, Id::<Run>::from_uuid(run))
}

/// A run as the owner of waits.
pub(crate) fn owner_of(run: Uuid) -> Owner {
    Owner { kind: KIND, id: run, generation: 1 }
}

/// The kind of owners. Its reaction to the end of a wait is a row, and the job that goes on.
#[derive(Clone)]
pub(crate) struct Runs(pub(crate) Ambient);

#[async_trait]
impl Waiter for Runs {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn topic(&self, owner: Uuid) -> Topic {
        topic_of(owner)
    }

    async fn generations(&self, tx: &WriteTx, owners: &[Uuid]) -> Result<HashMap<Uuid, i32>> {
        let mut generations = HashMap::new();
        for owner in owners {
            if find(tx, *owner).await?.is_some_and(|run| !run.is_done) {
                generations.insert(*owner, 1);
            }
        }
        Ok(generations)
    }

    async fn go_on(&self, tx: &mut WriteTx, ended: &Ended) -> Result<()> {
        let run = find(tx, ended.wait.owner_id).await?.ok_or(Error::NotFound("probe"))?;
        let insert = "INSERT INTO probe_reactions (run, path, outcome) VALUES ($1, $2, $3)";
        let values = [run.number.into(), ended.wait.path.as_str().into(), format!("{:?}", ended.outcome).into()];
        tx.execute_raw(statement(&**tx, insert, values)).await?;
        let next = Next { run: ended.wait.owner_id, after: ended.wait.path.clone() };
        enqueue::<NextStep>(tx, &self.0, NewJob::new(next, None)).await?;
        Ok(())
    }
}

/// A row of the runs.
struct Row {
    number: i32,
    is_done: bool,
    since: Position,
}

async fn find(tx: &WriteTx, run: Uuid) -> Result<Option<Row>> {
    let select = "SELECT number, is_done, since_tx, since_id FROM probe_runs WHERE id = $1";
    let row = tx.query_one_raw(statement(&**tx, select, [run.into()])).await?;
    let read = |row: QueryResult| -> Result<Row> {
        let since = Position { tx: row.try_get("", "since_tx")?, id: row.try_get("", "since_id")? };
        Ok(Row { number: row.try_get("", "number")?, is_done: row.try_get("", "is_done")?, since })
    };
    row.map(read).transpose()
}

/// The input of [`NextStep`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Next {
    run: Uuid,
    /// The path of the wait that ended.
    after: String,
}

/// The job by which a run goes on: it opens the next wait, or ends the run.
#[derive(Clone)]
pub(crate) struct NextStep {
    pub(crate) ambient: Ambient,
    pub(crate) waiters: Waiters,
}

impl Job for NextStep {
    const KIND: &'static str = "probe_next_step";
    const CONCURRENCY: usize = 8;
    type Input = Next;
    type Output = ();

    async fn run(&self, ctx: Context, next: Next) -> std::result::Result<(), JobError> {
        let mut fenced = ctx.begin().await?;
        let tx = fenced.tx();
        topic_of(next.run).lock(tx).await?;
        let row = find(tx, next.run).await?.ok_or(Error::NotFound("probe"))?;
        let (path, until) = match next.after.as_str() {
            "pause" => {
                let any = vec![EventMatch::of(HAPPENED).with("number", row.number)];
                ("event", Until::Event { any, since: Some(row.since) })
            }
            "event" => ("approval", Until::Approval),
            _ => {
                let update = "UPDATE probe_runs SET is_done = TRUE WHERE id = $1";
                tx.execute_raw(statement(&**tx, update, [next.run.into()])).await?;
                ctx.leave(fenced);
                return Ok(());
            }
        };
        let new = NewWait { owner: owner_of(next.run), path: path.to_owned(), until, expires_at: None };
        open_wait(tx, &self.ambient, &self.waiters, new).await?;
        ctx.leave(fenced);
        Ok(())
    }
}

/// A consumer that writes down each event of the kind that runs wait for.
pub(crate) struct Tally;

#[async_trait]
impl EventConsumer for Tally {
    fn name(&self) -> &'static str {
        "probe_tally"
    }

    async fn react(&self, tx: &mut WriteTx, events: &[Arc<Event>]) -> Result<()> {
        for event in events.iter().filter(|event| event.kind == HAPPENED) {
            let insert = "INSERT INTO probe_tally (event) VALUES ($1)";
            tx.execute_raw(statement(&**tx, insert, [event.position.id.into()])).await?;
        }
        Ok(())
    }

    async fn history_lost(&self, _tx: &mut WriteTx) -> Result<()> {
        // Told with the place of the consumer, which is looked at in the end.
        Ok(())
    }
}
