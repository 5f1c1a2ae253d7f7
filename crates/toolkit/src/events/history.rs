//! The history of the log, and detection of a database that lost its latest commits: old cursors must not be used in
//! another history, and subscribers must not wait beyond its end.

use std::sync::{MutexGuard, PoisonError, atomic::Ordering};

use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::{
    cursor::{Position, position_of},
    log::EventLog,
    opening::Opening,
};
use crate::{ambient::Ambient, db::WriteTx};

/// Lock key for changes of the history: its epoch, and the position up to which it was purged.
pub(super) const HISTORY: &str = "event_log";

/// The history with the position up to which it was purged, and the server that last had it.
pub(super) struct History {
    pub(super) epoch: Uuid,
    pub(super) purged: Position,
    server: Option<String>,
}

impl EventLog {
    /// Creates the row of the history, and begins a new epoch if commits may have been lost since it was last open.
    pub(super) async fn open_history(&mut self) -> Result<(), DbErr> {
        let tx = self.db.begin().await?;
        tx.lock(HISTORY).await?;
        let insert = "INSERT INTO event_log (id, epoch) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
        tx.execute_raw(self.statement(insert, [self.ambient.uuid().into()])).await?;
        if let Some(file) = self.db.sqlite_file() {
            let (opening, lost) = Opening::note(&tx, &file, &self.ambient).await?;
            self.opening = Some(opening);
            if lost {
                self.begin_epoch(&tx, "a process that had the database open did not end before the machine did")
                    .await?;
            }
        } else if self.comes_from_another_cluster(&tx).await? {
            self.rebase(&tx).await?;
        }
        let epoch = self.history_in(&*tx).await?.epoch;
        tx.commit().await?;
        self.remember(epoch);
        if self.db.is_postgres() {
            let now = self.statement("SELECT clock_timestamp() AS now", []);
            if let Some(row) = self.db.reader().query_one_raw(now).await? {
                self.ambient.learn_database_time(row.try_get("", "now")?);
            }
        }
        self.verify().await
    }

    /// Ends the use of the log by this process, before the database is closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(&self) -> Result<(), DbErr> {
        let Some(opening) = &self.opening else { return Ok(()) };
        let tx = self.db.begin().await?;
        opening.end(&tx).await?;
        tx.commit().await
    }

    /// Begins a new epoch: invalidates all cursors of clients, so that none refers to a different event. Needed after
    /// restoring a backup, before starting a server on it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_new_epoch(&self, ambient: &Ambient) -> Result<(), DbErr> {
        let tx = self.db.begin().await?;
        tx.lock(HISTORY).await?;
        self.rebase_places(&tx).await?;
        tx.execute_unprepared("UPDATE events SET tx = 0 WHERE tx > 0").await?;
        let update = "UPDATE event_log SET epoch = $1, purged_tx = 0, purged_id = 0 WHERE id = 1";
        tx.execute_raw(self.statement(update, [ambient.uuid().into()])).await?;
        tell("it was asked for");
        tx.commit().await
    }

    /// Begins a new epoch for a database restored into another cluster, where transaction ids start anew.
    async fn rebase(&self, tx: &WriteTx) -> Result<(), DbErr> {
        self.rebase_places(tx).await?;
        tx.execute_unprepared("UPDATE events SET tx = 0 WHERE tx > 0").await?;
        tx.execute_unprepared("UPDATE event_log SET purged_tx = 0, purged_id = 0 WHERE id = 1").await?;
        self.begin_epoch(tx, "the database comes from another cluster").await
    }

    /// Begins a new epoch after the existing events.
    async fn begin_epoch(&self, tx: &WriteTx, why: &str) -> Result<(), DbErr> {
        let update = "UPDATE event_log SET epoch = $1 WHERE id = 1";
        tx.execute_raw(self.statement(update, [self.ambient.uuid().into()])).await?;
        tell(why);
        Ok(())
    }

    /// Checks the server again if a new connection was opened, which may lead to another one; returns true if the
    /// history changed. On PostgreSQL only.
    pub(super) async fn verify_if_reconnected(&self) -> Result<bool, DbErr> {
        let made = self.db.connections_made();
        if self.verified.load(Ordering::Acquire) == made {
            return Ok(false);
        }
        let epoch = self.epoch();
        self.verify().await?;
        self.verified.store(made, Ordering::Release);
        Ok(self.epoch() != epoch)
    }

    /// Begins a new epoch if the database is on another server or timeline than before, where the latest commits may be
    /// missing. The first process that notices does so; the others learn of it.
    async fn verify(&self) -> Result<(), DbErr> {
        let server = self.db.server().await?;
        if server.is_none() || *self.server() == server {
            return Ok(());
        }
        let tx = self.db.begin().await?;
        tx.lock(HISTORY).await?;
        let known = self.history_in(&*tx).await?;
        if known.server != server {
            if known.server.is_some() {
                self.begin_epoch(&tx, "the database is on another server or timeline than before").await?;
            }
            let update = "UPDATE event_log SET server = $1 WHERE id = 1";
            tx.execute_raw(self.statement(update, [server.clone().into()])).await?;
        }
        let epoch = self.history_in(&*tx).await?.epoch;
        tx.commit().await?;
        self.remember(epoch);
        *self.server() = server;
        Ok(())
    }

    /// Begins a new epoch if the log ends before `last`, an event that was read from it; nothing deletes the last event
    /// without a record. Also learns of an epoch begun by another process.
    pub(super) async fn notice_loss(&self, last: Position) -> Result<(), DbErr> {
        let few = if self.db.is_postgres() { "AND tx >= $1" } else { "" };
        let sql = format!(
            "SELECT epoch, EXISTS (SELECT 1 FROM events WHERE (tx, id) >= ($1, $2) {few}) AS reaches \
             FROM event_log WHERE id = 1"
        );
        let row = self.db.reader().query_one_raw(self.statement(&sql, [last.tx.into(), last.id.into()])).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("event_log".to_owned()))?;
        let epoch: Uuid = row.try_get("", "epoch")?;
        if epoch != self.epoch() {
            self.remember(epoch);
            return Ok(());
        }
        let reaches = last == Position::default() || row.try_get("", "reaches")?;
        if reaches || self.written_end(self.db.reader()).await? >= last {
            return Ok(());
        }
        let tx = self.db.begin().await?;
        tx.lock(HISTORY).await?;
        let is_lost = self.written_end(&*tx).await? < last;
        if is_lost && self.history_in(&*tx).await?.epoch == self.epoch() {
            self.begin_epoch(&tx, "events that were read are missing").await?;
        }
        tx.commit().await?;
        self.remember(self.history().await?.epoch);
        Ok(())
    }

    /// Returns the end of the written log as seen by `connection`.
    pub(super) async fn written_end(&self, connection: &impl ConnectionTrait) -> Result<Position, DbErr> {
        let sql = "SELECT tx, id FROM events ORDER BY tx DESC, id DESC LIMIT 1";
        match connection.query_one_raw(self.statement(sql, [])).await? {
            Some(row) => position_of(&row),
            None => Ok(self.history_in(connection).await?.purged),
        }
    }

    pub(super) async fn history(&self) -> Result<History, DbErr> {
        self.history_in(self.db.reader()).await
    }

    pub(super) async fn history_in(&self, connection: &impl ConnectionTrait) -> Result<History, DbErr> {
        let sql = "SELECT epoch, purged_tx, purged_id, server FROM event_log WHERE id = 1";
        let row = connection.query_one_raw(self.statement(sql, [])).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("event_log".to_owned()))?;
        let purged = Position { tx: row.try_get("", "purged_tx")?, id: row.try_get("", "purged_id")? };
        Ok(History { epoch: row.try_get("", "epoch")?, purged, server: row.try_get("", "server")? })
    }

    /// Returns the server last seen by this process.
    fn server(&self) -> MutexGuard<'_, Option<String>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true if the log contains future transaction ids, which only happens after a restore into another
    /// cluster.
    async fn comes_from_another_cluster(&self, tx: &WriteTx) -> Result<bool, DbErr> {
        let sql = "SELECT 1 AS one FROM (SELECT tx FROM events UNION ALL SELECT purged_tx FROM event_log) AS known \
                   WHERE tx >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint LIMIT 1";
        Ok(tx.query_one_raw(self.statement(sql, [])).await?.is_some())
    }
}

fn tell(why: &str) {
    tracing::warn!(why, "the event log begins a new epoch: cursors handed out before are answered with HISTORY_LOST");
}
