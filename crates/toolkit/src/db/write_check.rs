//! Check that the database accepts writes.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::time::timeout;

use super::database::Db;

/// Age of the last commit up to which no test write is needed.
const RECENT: Duration = Duration::from_secs(1);

/// Time limit of a test write.
const PATIENCE: Duration = Duration::from_secs(2);

/// Size of a test write that shows that there is space again, larger than nearly all writes of the program.
const MUCH: usize = 256 * 1024;

impl Db {
    /// Checks that the database accepts writes: on SQLite by a small write, unless there was a commit within the last
    /// second; on PostgreSQL by asking if it is a standby. After a write that found no space, a large write must
    /// succeed first, since a small one may fit where others do not. Takes two seconds at most.
    ///
    /// # Errors
    /// If the write fails, or takes too long while no other write ends either.
    pub async fn check_writer(&self) -> Result<(), DbErr> {
        if let Some(refusals) = self.writing.unproved_refusals() {
            timeout(PATIENCE, self.write_much()).await.unwrap_or_else(|_| Err(too_slow()))?;
            self.writing.proved(refusals);
            return Ok(());
        }
        if self.writing.has_committed_within(RECENT) {
            return Ok(());
        }
        let commits = self.writing.commits();
        match timeout(PATIENCE, self.try_writing()).await {
            Ok(result) => result,
            // Others write, and this one waits for its turn.
            Err(_) if self.writing.commits() > commits => Ok(()),
            Err(_) => Err(too_slow()),
        }
    }

    /// Commits a large row, and deletes it together with those left before.
    async fn write_much(&self) -> Result<(), DbErr> {
        let tx = self.begin().await?;
        let insert = "INSERT INTO write_trials (filling) VALUES ($1)";
        tx.execute_raw(Statement::from_sql_and_values(self.backend(), insert, [vec![0_u8; MUCH].into()])).await?;
        tx.commit().await?;
        let tx = self.begin().await?;
        tx.execute_unprepared("DELETE FROM write_trials").await?;
        tx.commit().await
    }

    async fn try_writing(&self) -> Result<(), DbErr> {
        let statement = |sql: &str| Statement::from_string(self.backend(), sql);
        if self.is_postgres() {
            let sql = "SELECT current_setting('transaction_read_only') AS read_only";
            let row = self.writer.query_one_raw(statement(sql)).await?;
            let read_only = row.map_or(Ok(String::new()), |row| row.try_get::<String>("", "read_only"))?;
            return match read_only.as_str() {
                "on" => Err(DbErr::Custom("the server is a standby, or set to be read only".to_owned())),
                _ => Ok(()),
            };
        }
        // A number in the head of the file that applications may use as they like, written as it is.
        let tx = self.begin().await?;
        let row = tx.query_one_raw(statement("PRAGMA user_version")).await?;
        let version = row.map_or(Ok(0), |row| row.try_get_by_index::<i32>(0))?;
        tx.execute_unprepared(&format!("PRAGMA user_version = {version}")).await?;
        tx.commit().await
    }
}

fn too_slow() -> DbErr {
    DbErr::Custom(format!("no write ended within {} s", PATIENCE.as_secs()))
}
