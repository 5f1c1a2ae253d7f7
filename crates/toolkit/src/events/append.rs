//! Appending of events.

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::event::NewEvent;
use crate::{
    ambient::Ambient,
    db::{Signal, WriteTx},
};

/// Number of columns of an appended event.
const COLUMNS: usize = 5;

/// Appends `event` in the transaction of its change, and returns its id in the log. Subscribers are woken after the
/// commit.
///
/// # Errors
/// When the database fails, or an ordered topic is not locked.
pub async fn append(tx: &mut WriteTx, ambient: &Ambient, event: NewEvent) -> Result<i64, DbErr> {
    append_all(tx, ambient, vec![event]).await?.pop().ok_or(DbErr::RecordNotInserted)
}

/// Appends `events` by one statement, and returns their ids in the same order. See [`append`].
///
/// # Errors
/// When the database fails, or an ordered topic is not locked.
pub async fn append_all(tx: &mut WriteTx, ambient: &Ambient, events: Vec<NewEvent>) -> Result<Vec<i64>, DbErr> {
    let is_unlocked = |event: &&NewEvent| event.topic.is_ordered() && !tx.holds(event.topic.name());
    if let Some(event) = events.iter().find(is_unlocked) {
        return Err(DbErr::Custom(format!("an event of {} was to be written without its lock", event.topic.name())));
    }
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let row = |index: usize| {
        let places: Vec<_> = (1..=COLUMNS).map(|column| format!("${}", index * COLUMNS + column)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<_> = (0..events.len()).map(row).collect();
    let sql = format!("INSERT INTO events (topic, kind, payload, actor, at) VALUES {} RETURNING id", rows.join(", "));
    let at = ambient.now();
    let values = events.into_iter().flat_map(|event| -> [Value; COLUMNS] {
        let NewEvent { topic, kind, payload, actor } = event;
        [topic.into_name().into_owned().into(), kind.into(), payload.to_string().into(), actor.into(), at.into()]
    });
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let written = tx.query_all_raw(statement).await?;
    let mut ids = written.iter().map(|row| row.try_get("", "id")).collect::<Result<Vec<i64>, _>>()?;
    // Given in the order of the rows, though not returned in that order by the word of either database.
    ids.sort_unstable();
    tx.signal(Signal::Events);
    Ok(ids)
}
