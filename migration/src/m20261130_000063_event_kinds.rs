//! Kinds of events are nouns with what happened to them, as the actions of the audit log. Those of jobs and of chat sessions
//! are told apart by their payloads and stay as they were written.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Kinds as they were, and as they are.
const KINDS: [(&str, &str); 4] = [
    ("lead_created", "lead.created"),
    ("signal_detected", "signal.detected"),
    ("signal_alert", "signal.alerted"),
    ("chat_handover", "chat_handover.changed"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, KINDS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rename(manager, KINDS.map(|(old, new)| (new, old))).await
    }
}

async fn rename(manager: &SchemaManager<'_>, kinds: [(&str, &str); 4]) -> Result<(), DbErr> {
    for (from, to) in kinds {
        let update = format!("UPDATE events SET kind = '{to}' WHERE kind = '{from}'");
        manager.get_connection().execute_unprepared(&update).await?;
    }
    Ok(())
}
