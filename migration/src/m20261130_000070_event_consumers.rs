//! The places in the event log of what reacts to its events.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "event_consumers";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new(TABLE))
            .col(col("name").string().not_null().primary_key().take())
            .col(col("tx").big_integer().not_null().take())
            .col(col("id").big_integer().not_null().take())
            .col(time("moved_at"))
            .col(col("failures").integer().not_null().default(0).take())
            .col(col("failing_since").timestamp_with_time_zone().take())
            .col(col("losses").integer().not_null().default(0).take())
            .col(col("lost_at").timestamp_with_time_zone().take())
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await
    }
}
