//! From what the event log tells that the database has lost commits: the PostgreSQL server and timeline on which it was last
//! seen, and the processes that have it open.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables, id, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut server = col("server").string().null().take();
        manager.alter_table(Table::alter().table(Alias::new("event_log")).add_column(&mut server).take()).await?;
        // Rows on SQLite only. One that is left was left by a process that did not end cleanly.
        let openings = Table::create()
            .table(Alias::new("openings"))
            .col(id())
            // The boot of the machine.
            .col(col("boot").string().not_null().take())
            .col(time("opened_at"))
            .take();
        manager.create_table(openings).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["openings"]).await?;
        let gone = Alias::new("server");
        manager.alter_table(Table::alter().table(Alias::new("event_log")).drop_column(gone).take()).await
    }
}
