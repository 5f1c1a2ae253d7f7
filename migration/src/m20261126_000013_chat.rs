//! Chat: sessions, their messages, and the tokens of visitors.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sessions(manager).await?;
        messages(manager).await?;
        visitors(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["chat_visitors", "chat_messages", "chat_sessions"]).await
    }
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("chat_sessions"))
        .col(id())
        .col(col("persona").string().not_null().take())
        .col(col("owner_id").uuid().null().take())
        .col(col("metadata").text().not_null().take())
        .col(col("collected").text().not_null().take())
        .col(col("asked").text().not_null().take())
        .col(col("completed_at").timestamp_with_time_zone().null().take())
        .col(col("lead_id").uuid().null().take())
        .col(col("last_event").big_integer().not_null().take())
        .col(time("last_message_at"))
        .col(time("created_at"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("chat_sessions_last", "chat_sessions", &["last_message_at", "id"])).await?;
    manager.create_index(index("chat_sessions_made", "chat_sessions", &["created_at", "id"])).await?;
    let columns = ["owner_id", "last_message_at", "id"];
    manager.create_index(index("chat_sessions_owner", "chat_sessions", &columns)).await
}

async fn messages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("chat_messages"))
        .col(id())
        .col(col("session_id").uuid().not_null().take())
        .col(col("place").integer().not_null().take())
        .col(col("role").string().not_null().take())
        .col(col("author").string().null().take())
        .col(col("model").string().null().take())
        .col(col("state").string().not_null().take())
        .col(col("text").text().not_null().take())
        .col(col("citations").text().not_null().take())
        .col(col("reply_to_id").uuid().null().take())
        .col(col("superseded_by_id").uuid().null().take())
        .col(col("error_code").string().null().take())
        .col(col("error_message").text().null().take())
        .col(col("client_key").string().null().take())
        // The job that writes the reply; null until it is its turn. Jobs are purged sooner than messages.
        .col(col("job_id").uuid().null().take())
        // The event that ended the reply, while the pieces before it are still in the event log.
        .col(col("ended_by").big_integer().null().take())
        .col(time("created_at"))
        .col(col("completed_at").timestamp_with_time_zone().null().take())
        .foreign_key(&mut belongs_to("chat_messages", "session_id", "chat_sessions"))
        .take();
    manager.create_table(table).await?;
    let mut places = index("chat_messages_place", "chat_messages", &["session_id", "place"]);
    manager.create_index(places.unique().take()).await?;
    let mut keys = index("chat_messages_key", "chat_messages", &["session_id", "client_key"]);
    manager.create_index(keys.unique().take()).await?;
    manager.create_index(index("chat_messages_ended", "chat_messages", &["ended_by"])).await
}

/// The SHA-256 of each token, apart from what can be seen.
async fn visitors(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("chat_visitors"))
        .col(col("session_id").uuid().not_null().primary_key().take())
        .col(col("token_hash").string().not_null().unique_key().take())
        .col(time("expires_at"))
        .foreign_key(&mut belongs_to("chat_visitors", "session_id", "chat_sessions"))
        .take();
    manager.create_table(table).await
}
