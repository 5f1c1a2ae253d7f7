//! Consumers of the log: reactions that commit together with the place up to which the log was read.
//!
//! A consumer reads settled events in the order of the log, reacts to them in a transaction, and moves its place in that
//! same transaction. Whatever ends the process in between, each event has its reaction once. The row of the place is
//! locked while it is moved, so that of several processes one reads at a time; it is free again when that one dies.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use super::{
    cursor::{Position, position_of},
    event::Event,
    log::EventLog,
};
use crate::{db::WriteTx, error::Error};

/// Events per transaction.
const BATCH: u64 = 200;

/// Something that reacts to events.
#[async_trait]
pub trait EventConsumer: Send + Sync {
    /// Returns the name of its place in the log, which must not change.
    fn name(&self) -> &'static str;

    /// Reacts to `events`, oldest first, by changes in `tx` alone: it may be rolled back and repeated.
    ///
    /// # Errors
    /// If a reaction fails. Nothing is skipped: the same events come again later, one at a time.
    async fn react(&self, tx: &mut WriteTx, events: &[Arc<Event>]) -> Result<(), Error>;

    /// Records that events were purged before they were read. The next events are those still kept.
    ///
    /// # Errors
    /// If that fails; it is repeated later.
    async fn history_lost(&self, tx: &mut WriteTx) -> Result<(), Error>;
}

/// The state of a consumer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerState {
    /// The consumer.
    pub name: String,
    /// The last event that it has reacted to.
    pub position: Position,
    /// Number of failed attempts at the next event; 0 after a success.
    pub failures: i32,
    /// Number of times that events were purged before it read them.
    pub losses: i32,
}

/// How far a consumer is behind the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsumerLag {
    /// The consumer.
    pub state: ConsumerState,
    /// Number of events that it has not reacted to.
    pub events: u64,
    /// Time at which the oldest of them was written.
    pub oldest: Option<DateTime<Utc>>,
}

/// The result of one step of a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It has reacted to events, and more may follow.
    Moved,
    /// There are no new events, or another process is at work.
    Rests,
}

impl EventLog {
    /// Registers consumers: a new one begins with the events after this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn register(&self, names: &[&str]) -> Result<(), DbErr> {
        let known = self.consumers().await?;
        let new = names.iter().filter(|name| known.iter().all(|state| state.name != **name));
        for name in new {
            let end = self.end().await?;
            let insert = "INSERT INTO event_consumers (name, tx, id, moved_at) VALUES ($1, $2, $3, $4) \
                          ON CONFLICT (name) DO NOTHING";
            let values: [Value; 4] = [(*name).into(), end.tx.into(), end.id.into(), self.ambient.now().into()];
            self.db.write_alone(self.statement(insert, values)).await?;
        }
        Ok(())
    }

    /// Returns the states of all consumers that were ever registered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consumers(&self) -> Result<Vec<ConsumerState>, DbErr> {
        let sql = "SELECT name, tx, id, failures, losses FROM event_consumers ORDER BY name";
        let rows = self.db.reader().query_all_raw(self.statement(sql, [])).await?;
        rows.iter().map(read_state).collect()
    }

    /// Returns the number of events that each registered consumer has not reacted to, up to [`super::Lag::MOST`], and the
    /// time of the oldest of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consumer_lags(&self) -> Result<Vec<ConsumerLag>, DbErr> {
        let mut lags = Vec::new();
        for state in self.consumers().await? {
            let (events, oldest) = self.waiting_after(state.position).await?;
            lags.push(ConsumerLag { state, events, oldest });
        }
        Ok(lags)
    }

    /// Has `consumer` react to its next events.
    ///
    /// # Errors
    /// If the database or the reaction fails; then nothing was changed but the number of failures.
    pub(super) async fn step(&self, consumer: &dyn EventConsumer) -> Result<Step, Error> {
        let mut tx = self.db.begin().await?;
        let Some(state) = self.taken(&tx, consumer.name()).await? else { return Ok(Step::Rests) };
        // After a failure one at a time, so that an event that fails holds up none before it.
        let most = if state.failures == 0 { BATCH } else { 1 };
        let look = self.look_in(&*tx, state.position, most).await?;
        // Asked after reading: else a purge could fall between the two, and its events be missing in silence.
        let purged = self.history_in(&*tx).await?.purged;
        if state.position < purged {
            consumer.history_lost(&mut tx).await?;
            self.lose(&tx, consumer.name(), purged).await?;
            tx.commit().await?;
            tracing::error!(
                consumer = consumer.name(),
                "events were purged before they were read; it goes on after them"
            );
            return Ok(Step::Moved);
        }
        let Some(last) = look.events.last().map(|event| event.position) else { return Ok(Step::Rests) };
        match consumer.react(&mut tx, &look.events).await {
            Ok(()) => {
                self.advance(&tx, consumer.name(), last).await?;
                tx.commit().await?;
                Ok(Step::Moved)
            }
            Err(error) => {
                drop(tx);
                self.note_failure(consumer.name()).await?;
                Err(error)
            }
        }
    }

    /// Locks the row of a consumer, unless another process has.
    async fn taken(&self, tx: &WriteTx, name: &str) -> Result<Option<ConsumerState>, DbErr> {
        let lock = if self.db.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!("SELECT name, tx, id, failures, losses FROM event_consumers WHERE name = $1 {lock}");
        tx.query_one_raw(self.statement(&sql, [name.into()])).await?.as_ref().map(read_state).transpose()
    }

    async fn advance(&self, tx: &WriteTx, name: &str, to: Position) -> Result<(), DbErr> {
        let update = "UPDATE event_consumers SET tx = $1, id = $2, moved_at = $3, failures = 0, failing_since = NULL \
                      WHERE name = $4";
        let values: [Value; 4] = [to.tx.into(), to.id.into(), self.ambient.now().into(), name.into()];
        tx.execute_raw(self.statement(update, values)).await.map(drop)
    }

    async fn lose(&self, tx: &WriteTx, name: &str, to: Position) -> Result<(), DbErr> {
        let update = "UPDATE event_consumers SET tx = $1, id = $2, lost_at = $3, losses = losses + 1 WHERE name = $4";
        let values: [Value; 4] = [to.tx.into(), to.id.into(), self.ambient.now().into(), name.into()];
        tx.execute_raw(self.statement(update, values)).await.map(drop)
    }

    async fn note_failure(&self, name: &str) -> Result<(), DbErr> {
        let update = "UPDATE event_consumers SET failures = failures + 1, \
                      failing_since = COALESCE(failing_since, $1) WHERE name = $2";
        self.db.write_alone(self.statement(update, [self.ambient.now().into(), name.into()])).await.map(drop)
    }

    /// Moves the places of all consumers into a history without transaction ids: before the first event that each has not
    /// read. Events between, whose transactions overlapped, may come twice.
    pub(super) async fn rebase_consumers(&self, tx: &WriteTx) -> Result<(), DbErr> {
        let unread = "SELECT MIN(events.id) - 1 FROM events \
                      WHERE (events.tx, events.id) > (event_consumers.tx, event_consumers.id)";
        let last = "SELECT MAX(id) FROM events";
        let sql = format!("UPDATE event_consumers SET id = COALESCE(({unread}), ({last}), 0), tx = 0 WHERE tx > 0");
        tx.execute_unprepared(&sql).await.map(drop)
    }
}

fn read_state(row: &QueryResult) -> Result<ConsumerState, DbErr> {
    Ok(ConsumerState {
        name: row.try_get("", "name")?,
        position: position_of(row)?,
        failures: row.try_get("", "failures")?,
        losses: row.try_get("", "losses")?,
    })
}
