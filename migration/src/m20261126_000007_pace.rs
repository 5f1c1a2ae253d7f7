//! The pace of requests to services that limit them for all copies of the server together.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pace = Table::create()
            .table(Alias::new("pace"))
            .col(col("name").string().not_null().primary_key().take())
            // When the next request may go out, in microseconds since 1970 by the clock of the database.
            .col(col("next_at").big_integer().not_null().take())
            // Until when there is none at all, because the service asked for a pause.
            .col(col("blocked_until").timestamp_with_time_zone().null().take())
            .take();
        manager.create_table(pace).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["pace"]).await
    }
}
