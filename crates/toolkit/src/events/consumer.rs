//! Consumers of the log: reactions that commit together with the place up to which the log was read.
//!
//! A consumer reads settled events in the order of the log, reacts to them in a transaction, and moves its place in that
//! same transaction. Whatever ends the process in between, each event has its reaction once. A lock on its name is held
//! meanwhile, so that of several processes one reads at a time; it is free again when that one dies.
//!
//! # Order of locks
//! A transaction of PostgreSQL that changes anything, and be it by `FOR UPDATE`, has its place in the log from then on. So
//! the lock on the name is an advisory one, and the topics on which reactions write ([`EventConsumer::topics`]) are locked
//! before the first change: else a writer on such a topic could commit later events before the reaction's earlier ones,
//! and a subscriber who has read those would miss these.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Value};

use super::{
    cursor::{Position, position_of},
    event::Event,
    log::EventLog,
    topic::Topic,
};
use crate::{
    db::{Reader, WriteTx},
    error::Error,
};

/// Events per transaction.
pub(super) const BATCH: u64 = 200;
/// Time limit of a step, unless the consumer has its own.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Something that reacts to events.
#[async_trait]
pub trait EventConsumer: Send + Sync {
    /// Returns the name of its place in the log, which must not change.
    fn name(&self) -> &'static str;

    /// Returns the time that its reactions to a batch may take. They hold up SQLite's writers, and on PostgreSQL the
    /// readers of later events.
    fn time_limit(&self) -> Duration {
        TIME_LIMIT
    }

    /// Returns the ordered topics on which the reactions to `events` write, or whose locks they need otherwise. They are
    /// locked before [`EventConsumer::react`], in the order of their names. Must change nothing.
    ///
    /// # Errors
    /// If they cannot be told; the same events come again later.
    async fn topics(&self, _tx: &WriteTx, _events: &[Arc<Event>]) -> Result<Vec<Topic>, Error> {
        Ok(Vec::new())
    }

    /// Returns false if none of `events` can concern it: then they cost no transaction, and its place is moved past them
    /// later. Read outside of a transaction, so what it is asked of may be newer than `events`, never older.
    ///
    /// # Errors
    /// If that cannot be told; the same events come again later.
    async fn concerns(&self, _reader: &Reader, _events: &[Arc<Event>]) -> Result<bool, Error> {
        Ok(true)
    }

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
    /// Time of the first of these attempts.
    pub failing_since: Option<DateTime<Utc>>,
    /// Reason of the last of these attempts, without internal details.
    pub last_error: Option<String>,
    /// Number of times that events were purged before it read them.
    pub losses: i32,
    /// True if events were purged before it read them, and it was not told so yet.
    is_lost: bool,
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

const STATES: &str = "SELECT name, tx, id, failures, failing_since, last_error, losses, is_lost FROM event_consumers";

/// Events that this process has read for a consumer and that did not concern it: from its place in the database to here.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadOn {
    pub(super) from: Position,
    pub(super) to: Position,
}

/// The result of one step of a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It has reacted to the events up to this place, and more may follow.
    Moved(Position),
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
        let sql = format!("{STATES} ORDER BY name");
        let rows = self.db.reader().query_all_raw(self.statement(&sql, [])).await?;
        rows.iter().map(read_state).collect()
    }

    /// Returns the state of a consumer, as seen by `connection`.
    pub(super) async fn consumer(
        &self,
        connection: &impl ConnectionTrait,
        name: &str,
    ) -> Result<Option<ConsumerState>, DbErr> {
        let sql = format!("{STATES} WHERE name = $1");
        connection.query_one_raw(self.statement(&sql, [name.into()])).await?.as_ref().map(read_state).transpose()
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

    /// Has `consumer` react to its next events. Those that were `read` did not concern it, and are passed over.
    ///
    /// # Errors
    /// If the database or the reaction fails; then nothing was changed.
    pub(super) async fn step(&self, consumer: &dyn EventConsumer, read: Option<ReadOn>) -> Result<Step, Error> {
        let name = consumer.name();
        let mut tx = self.db.begin().await?;
        if !tx.try_lock(&format!("event_consumer:{name}")).await? {
            return Ok(Step::Rests);
        }
        let Some(state) = self.consumer(&*tx, name).await? else { return Ok(Step::Rests) };
        // Unless the place was moved since, by another process or into another history.
        let from = read.filter(|read| read.from == state.position).map_or(state.position, |read| read.to);
        // After a failure one at a time, so that an event that fails holds up none before it.
        let most = if state.failures == 0 { BATCH } else { 1 };
        let look = self.look_in(&*tx, from, most).await?;
        // Asked after reading: else a purge could fall between the two, and its events be missing in silence.
        let purged = self.history_in(&*tx).await?.purged;
        if state.is_lost || from < purged {
            consumer.history_lost(&mut tx).await?;
            self.lose(&tx, &state, purged.max(from)).await?;
            tx.commit().await?;
            tracing::error!(consumer = name, "events were purged before they were read; it goes on after them");
            return Ok(Step::Moved(purged.max(from)));
        }
        let Some(last) = look.events.last().map(|event| event.position) else {
            return self.pass(tx, &state, from).await;
        };
        let mut topics = consumer.topics(&tx, &look.events).await?;
        topics.sort_by(|one, other| one.name().cmp(other.name()));
        topics.dedup();
        for topic in topics {
            topic.lock(&tx).await?;
        }
        consumer.react(&mut tx, &look.events).await?;
        self.advance(&tx, &state, last).await?;
        tx.commit().await?;
        Ok(Step::Moved(last))
    }

    /// Moves the place past events that did not concern the consumer, if there were any.
    async fn pass(&self, tx: WriteTx, state: &ConsumerState, to: Position) -> Result<Step, Error> {
        if to == state.position {
            return Ok(Step::Rests);
        }
        self.advance(&tx, state, to).await?;
        tx.commit().await?;
        Ok(Step::Moved(to))
    }

    async fn advance(&self, tx: &WriteTx, from: &ConsumerState, to: Position) -> Result<(), Error> {
        let update = "UPDATE event_consumers SET tx = $1, id = $2, moved_at = $3, failures = 0, failing_since = NULL, \
                      last_error = NULL WHERE name = $4 AND tx = $5 AND id = $6";
        self.move_on(tx, update, from, to).await
    }

    async fn lose(&self, tx: &WriteTx, from: &ConsumerState, to: Position) -> Result<(), Error> {
        let update = "UPDATE event_consumers SET tx = $1, id = $2, lost_at = $3, losses = losses + 1, is_lost = FALSE \
                      WHERE name = $4 AND tx = $5 AND id = $6";
        self.move_on(tx, update, from, to).await
    }

    /// Moves a place on, unless somebody else has moved it since it was read, such as a new epoch.
    async fn move_on(&self, tx: &WriteTx, update: &str, from: &ConsumerState, to: Position) -> Result<(), Error> {
        let values: [Value; 6] = [
            to.tx.into(),
            to.id.into(),
            self.ambient.now().into(),
            from.name.as_str().into(),
            from.position.tx.into(),
            from.position.id.into(),
        ];
        match tx.execute_raw(self.statement(update, values)).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::internal(anyhow::anyhow!("the place of the consumer {} was moved meanwhile", from.name))),
        }
    }

    /// Records a failed step, after which the next one takes a single event.
    pub(super) async fn note_failure(&self, name: &str, reason: &str) -> Result<(), DbErr> {
        let update = "UPDATE event_consumers SET failures = failures + 1, last_error = $1, \
                      failing_since = COALESCE(failing_since, $2) WHERE name = $3";
        let values: [Value; 3] = [reason.into(), self.ambient.now().into(), name.into()];
        self.db.write_alone(self.statement(update, values)).await.map(drop)
    }

    /// Moves all places into a history without transaction ids: before the first event that has not been read from
    /// there. Events between, whose transactions overlapped, may come twice. Where events were purged before they were
    /// read, that is noted, for the new history does not know of it.
    pub(super) async fn rebase_places(&self, tx: &WriteTx) -> Result<(), DbErr> {
        let purged = "(SELECT purged_tx, purged_id FROM event_log WHERE id = 1)";
        let lost = format!("UPDATE event_consumers SET is_lost = TRUE WHERE (tx, id) < {purged}");
        tx.execute_unprepared(&lost).await?;
        let lost = format!(
            "UPDATE waits SET lost_at = $1 WHERE outcome IS NULL AND is_live = FALSE AND lost_at IS NULL \
             AND (since_tx, since_id) < {purged}"
        );
        tx.execute_raw(self.statement(&lost, [self.ambient.now().into()])).await?;
        let places = [
            ("event_consumers", "tx", "id", "TRUE"),
            // Of the others the place counts no more.
            ("waits", "since_tx", "since_id", "outcome IS NULL AND is_live = FALSE"),
        ];
        for (table, tx_column, id_column, counts) in places {
            let place = format!("({table}.{tx_column}, {table}.{id_column})");
            let unread = format!("SELECT MIN(events.id) - 1 FROM events WHERE (events.tx, events.id) > {place}");
            let last = "SELECT MAX(id) FROM events";
            let update = format!(
                "UPDATE {table} SET {id_column} = COALESCE(({unread}), ({last}), 0), {tx_column} = 0 \
                 WHERE {tx_column} > 0 AND {counts}"
            );
            tx.execute_unprepared(&update).await?;
        }
        Ok(())
    }
}

fn read_state(row: &QueryResult) -> Result<ConsumerState, DbErr> {
    Ok(ConsumerState {
        name: row.try_get("", "name")?,
        position: position_of(row)?,
        failures: row.try_get("", "failures")?,
        failing_since: row.try_get("", "failing_since")?,
        last_error: row.try_get("", "last_error")?,
        losses: row.try_get("", "losses")?,
        is_lost: row.try_get("", "is_lost")?,
    })
}
