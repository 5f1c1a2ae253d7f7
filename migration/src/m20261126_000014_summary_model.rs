//! Which language model worded the summary of a signal.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut model = col("summary_model").string().null().take();
        manager.alter_table(Table::alter().table(Alias::new("signals")).add_column(&mut model).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table(Alias::new("signals")).drop_column(Alias::new("summary_model")).take())
            .await
    }
}
