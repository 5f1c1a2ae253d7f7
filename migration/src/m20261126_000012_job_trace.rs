//! Which trace a job belongs to, so that its worker goes on with the trace of the request that asked for it.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut parent = col("trace_parent").string().null().take();
        manager.alter_table(Table::alter().table(Alias::new("jobs")).add_column(&mut parent).take()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table(Alias::new("jobs")).drop_column(Alias::new("trace_parent")).take())
            .await
    }
}
