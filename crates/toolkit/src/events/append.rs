//! Appending of events.

use sea_orm::{ConnectionTrait, DbErr, Statement};

use super::event::NewEvent;
use crate::{
    ambient::Ambient,
    db::{Signal, WriteTx},
};

/// Appends `event` in the transaction of its change, and returns its id in the log. Subscribers are woken after the
/// commit.
///
/// # Errors
/// When the database fails, or an ordered topic is not locked.
pub async fn append(tx: &mut WriteTx, ambient: &Ambient, event: NewEvent) -> Result<i64, DbErr> {
    if event.topic.is_ordered() && !tx.holds(event.topic.name()) {
        return Err(DbErr::Custom(format!("an event of {} was to be written without its lock", event.topic.name())));
    }
    let statement = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "INSERT INTO events (topic, kind, payload, actor, at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        [
            event.topic.into_name().into_owned().into(),
            event.kind.into(),
            event.payload.to_string().into(),
            event.actor.into(),
            ambient.now().into(),
        ],
    );
    let row = tx.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotInserted)?;
    tx.signal(Signal::Events);
    row.try_get("", "id")
}
