//! The trigrams by which texts with typing errors are found. Rows written before get theirs by the job `fold_texts`.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let key =
            Index::create().col(Alias::new("kind")).col(Alias::new("gram")).col(Alias::new("ref_id")).primary().take();
        let table = Table::create()
            .table(Alias::new("search_grams"))
            .col(col("kind").string().not_null().take())
            .col(col("gram").string().not_null().take())
            .col(col("ref_id").uuid().not_null().take())
            .primary_key(&mut key.clone())
            .take();
        manager.create_table(table).await?;
        manager.create_index(index("search_grams_of", "search_grams", &["ref_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["search_grams"]).await
    }
}
