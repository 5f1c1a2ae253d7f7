//! When messages were committed, as PostgreSQL remembers it (`track_commit_timestamp`).

use std::collections::HashMap;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::database::Database;

/// The times, in microseconds since 1970, at which the messages of chat sessions were committed, by the messages' ids.
///
/// # Errors
/// When the database is not PostgreSQL, or does not keep the times.
pub(crate) async fn of_messages(database: &Database, sessions: &[String]) -> Result<HashMap<String, i64>> {
    let Database::Postgres(pool) = database else {
        bail!("only PostgreSQL remembers when a transaction was committed");
    };
    // The log keeps the full transaction id; the function takes the 32 bits that go round.
    let sql = "SELECT payload, (extract(epoch FROM \
               pg_xact_commit_timestamp((tx % 4294967296)::text::xid)) * 1000000)::bigint \
               FROM events WHERE topic = ANY($1) AND kind = 'chat'";
    let topics: Vec<_> = sessions.iter().map(|session| format!("session:{session}")).collect();
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(&topics).fetch_all(pool).await?;
    Ok(rows.into_iter().filter_map(|(payload, at)| Some((added(&payload)?, at))).collect())
}

/// The id of the message that an event adds.
fn added(payload: &str) -> Option<String> {
    let event: Value = serde_json::from_str(payload).ok()?;
    (event["type"] == "added").then_some(())?;
    event["message"]["id"].as_str().map(str::to_owned)
}
