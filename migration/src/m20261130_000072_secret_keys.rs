//! The keys that seal secrets: for each a canary, a known text that it sealed, by which a start with other keys is told.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "secret_keys";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::create()
            .table(Alias::new(TABLE))
            .col(col("key_id").string().not_null().primary_key().take())
            .col(col("canary").text().not_null().take())
            .col(time("created_at"))
            .take();
        manager.create_table(keys).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await
    }
}
