//! The settings of the business: one row.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables, id, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new("settings"))
            .col(id())
            .col(col("business_name").string().null().take())
            .col(col("time_zone").string().not_null().take())
            .col(col("currency").string().not_null().take())
            .col(col("week_start").string().not_null().take())
            .col(col("locale").string().not_null().take())
            .col(col("version").integer().not_null().take())
            .col(time("updated_at"))
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["settings"]).await
    }
}
