//! Which reports on signals stand for one that a language model is to write: none answered when they were made.

use sea_orm_migration::prelude::*;

use crate::columns::col;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut provisional = col("is_provisional").boolean().not_null().default(false).take();
        let table = Table::alter().table(Alias::new("signal_reports")).add_column(&mut provisional).take();
        manager.alter_table(table).await?;
        // In words: the query builder has no partial index for SQLite.
        let sql = "CREATE INDEX signal_reports_provisional ON signal_reports (signal_id) WHERE is_provisional";
        manager.get_connection().execute_unprepared(sql).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "signal_reports_provisional";
        manager.drop_index(Index::drop().name(name).table(Alias::new("signal_reports")).to_owned()).await?;
        let column = Alias::new("is_provisional");
        manager.alter_table(Table::alter().table(Alias::new("signal_reports")).drop_column(column).take()).await
    }
}
