//! Why a consumer of events fails, and events that were purged before it read them, as long as it was not told so.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "event_consumers";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns =
            [col("last_error").string().null().take(), col("is_lost").boolean().not_null().default(false).take()];
        for mut column in columns {
            manager.alter_table(Table::alter().table(Alias::new(TABLE)).add_column(&mut column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["is_lost", "last_error"] {
            manager.alter_table(Table::alter().table(Alias::new(TABLE)).drop_column(Alias::new(column)).take()).await?;
        }
        Ok(())
    }
}
