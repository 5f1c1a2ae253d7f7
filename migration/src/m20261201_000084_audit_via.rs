//! By which run something was changed on behalf of a user.

use sea_orm_migration::prelude::*;

use crate::columns::{col, execute};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut via = col("via").string().null().take();
        manager.alter_table(Table::alter().table(Alias::new("audit_log")).add_column(&mut via).take()).await?;
        // Of no entry that stands there already, so that it is made in one reading.
        execute(manager, "CREATE INDEX audit_log_via ON audit_log (via, at, id) WHERE via IS NOT NULL").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("audit_log_via").table(Alias::new("audit_log")).to_owned()).await?;
        manager.alter_table(Table::alter().table(Alias::new("audit_log")).drop_column(Alias::new("via")).take()).await
    }
}
