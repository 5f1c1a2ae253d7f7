//! The hand-over of a chat session to a person, and who of the team wrote a message.

use sea_orm_migration::prelude::*;

use crate::columns::{col, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            col("handover_status").string().not_null().default("NONE").take(),
            col("handover_reason").string().null().take(),
            col("handover_requested_at").timestamp_with_time_zone().null().take(),
            col("handover_assignee_id").uuid().null().take(),
        ] {
            add(manager, "chat_sessions", column).await?;
        }
        add(manager, "chat_messages", col("staff_id").uuid().null().take()).await?;
        let columns = ["handover_status", "last_message_at", "id"];
        manager.create_index(index("chat_sessions_handover", "chat_sessions", &columns)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop().name("chat_sessions_handover").table(Alias::new("chat_sessions")).to_owned();
        manager.drop_index(index).await?;
        for (table, column) in [
            ("chat_messages", "staff_id"),
            ("chat_sessions", "handover_assignee_id"),
            ("chat_sessions", "handover_requested_at"),
            ("chat_sessions", "handover_reason"),
            ("chat_sessions", "handover_status"),
        ] {
            let change = Table::alter().table(Alias::new(table)).drop_column(Alias::new(column)).take();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

/// Adds one column: SQLite takes no more in one statement.
async fn add(manager: &SchemaManager<'_>, table: &str, mut column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).add_column(&mut column).take()).await
}
