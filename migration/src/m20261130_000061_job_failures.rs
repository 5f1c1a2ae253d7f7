//! How many attempts at a job failed, apart from those whose worker was lost.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut failures = col("failures").integer().not_null().default(0).take();
        manager.alter_table(Table::alter().table(Alias::new("jobs")).add_column(&mut failures).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Alias::new("jobs")).drop_column(Alias::new("failures")).take()).await
    }
}
