//! Which worker runs a job, so that others can see whether its process is gone.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut worker = col("worker").uuid().null().take();
        manager.alter_table(Table::alter().table(Alias::new("jobs")).add_column(&mut worker).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(Alias::new("jobs")).drop_column(Alias::new("worker")).take()).await
    }
}
