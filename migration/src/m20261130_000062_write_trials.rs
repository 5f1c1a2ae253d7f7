//! The table into which a large row is written, to see whether a disk that was full has room again. It is empty otherwise.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{col, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "write_trials";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create().table(Alias::new(TABLE)).col(col("filling").blob().not_null().take()).take();
        manager.create_table(table).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Uncompressed, so that it takes the room that it seems to take.
            let uncompressed = "ALTER TABLE write_trials ALTER COLUMN filling SET STORAGE EXTERNAL";
            manager.get_connection().execute_unprepared(uncompressed).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await
    }
}
