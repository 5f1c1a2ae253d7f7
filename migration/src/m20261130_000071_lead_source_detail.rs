//! What is known of the source of a lead besides its kind.

use sea_orm_migration::prelude::*;

use crate::{
    columns::col,
    m20261130_000041_folded_texts::{add_column, drop_column},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "leads", col("source_detail").string().null().take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "leads", "source_detail").await
    }
}
