//! Messages past the server's mutation: written to the event log as the server writes them, and when they were committed,
//! as PostgreSQL remembers it (`track_commit_timestamp`).

use std::collections::HashMap;

use anyhow::{Result, bail};
use serde_json::Value;
use uuid::Uuid;

use crate::database::Database;

/// Adds a message to a session's events, in a transaction of its own, and tells the servers. It is made after the greeting
/// that the session began with; a mutation would have a reply written too, whose events are many. Returns its id.
///
/// # Errors
/// When the database is not PostgreSQL, or the session has no events.
pub(crate) async fn add_message(database: &Database, session: &str, words: &str) -> Result<String> {
    let Database::Postgres(pool) = database else { bail!("events are written to PostgreSQL only") };
    let topic = format!("session:{session}");
    let greeting =
        "SELECT payload FROM events WHERE topic = $1 AND kind = 'chat_message.created' ORDER BY tx, id LIMIT 1";
    let mut event: Value =
        serde_json::from_str(&sqlx::query_scalar::<_, String>(greeting).bind(&topic).fetch_one(pool).await?)?;
    let id = format!("msg_{}", Uuid::now_v7().simple());
    event["message"]["id"] = id.as_str().into();
    event["message"]["text"] = words.into();
    let insert = "INSERT INTO events (topic, kind, payload, at) VALUES ($1, 'chat_message.created', $2, now())";
    sqlx::query(insert).bind(&topic).bind(event.to_string()).execute(pool).await?;
    sqlx::query("SELECT pg_notify('rapport', 'events')").execute(pool).await?;
    Ok(id)
}

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
               FROM events WHERE topic = ANY($1) AND kind = 'chat_message.created'";
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
