//! How near unrelated texts and answers are to questions by each model that makes vectors.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "knowledge_scales";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(Alias::new(TABLE))
            .col(col("model").string().not_null().primary_key().take())
            // The fingerprint of the texts by which it was measured.
            .col(col("texts").string().not_null().take())
            .col(col("unrelated").double().not_null().take())
            .col(col("floor").double().not_null().take())
            .col(col("answer").double().not_null().take())
            .take();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await
    }
}
