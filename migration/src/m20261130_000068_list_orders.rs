//! Indexes for further orders of lists: by status, and by times that a row may not have.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{execute, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Columns that every row has.
const KNOWN: [(&str, &str, &str); 5] = [
    ("jobs_status", "jobs", "status"),
    ("leads_stage", "leads", "status"),
    ("outbox_mails_state", "outbox_mails", "status"),
    ("knowledge_documents_updated", "knowledge_documents", "updated_at"),
    ("customers_made", "customers", "created_at"),
];

/// Columns that a row may not have.
const OPTIONAL: [(&str, &str, &str); 5] = [
    ("api_keys_used", "api_keys", "last_used_at"),
    ("api_keys_expiry", "api_keys", "expires_at"),
    ("chat_sessions_completed", "chat_sessions", "completed_at"),
    ("chat_sessions_requested", "chat_sessions", "handover_requested_at"),
    ("outbox_mails_sent", "outbox_mails", "sent_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, column) in KNOWN {
            manager.create_index(index(name, table, &[column, "id"])).await?;
        }
        // For SQLite nothing is the smallest, so there it comes last of itself, and cannot be said.
        let last = match manager.get_database_backend() {
            DbBackend::Postgres => "DESC NULLS LAST",
            _ => "DESC",
        };
        for (name, table, column) in OPTIONAL {
            execute(manager, &format!("CREATE INDEX {name} ON {table} ({column} {last}, id DESC)")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in KNOWN.into_iter().chain(OPTIONAL) {
            manager.drop_index(Index::drop().name(name).table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
