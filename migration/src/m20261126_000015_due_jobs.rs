//! The waiting jobs in the order in which they are claimed: a claim reads as many rows as it takes, however many wait.

use sea_orm_migration::prelude::*;

use crate::columns::{execute, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("jobs_claim").table(Alias::new("jobs")).to_owned()).await?;
        // In words: the query builder has no partial index for SQLite.
        let sql = "CREATE INDEX jobs_due ON jobs (priority DESC, run_at, id) WHERE status = 'QUEUED'";
        execute(manager, sql).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("jobs_due").table(Alias::new("jobs")).to_owned()).await?;
        manager.create_index(index("jobs_claim", "jobs", &["status", "priority", "run_at"])).await
    }
}
