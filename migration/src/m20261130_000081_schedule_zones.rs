//! The time zone of a schedule, its last run, and schedules of domains beside the server's own tasks, which have no kind.

use sea_orm_migration::prelude::*;

use crate::columns::{col, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "scheduled_tasks";
const INDEX: &str = "scheduled_tasks_due";

fn columns() -> [ColumnDef; 4] {
    [
        // An older release tells its ticks in UTC.
        col("time_zone").string().not_null().default("UTC").take(),
        col("kind").string().null().take(),
        col("last_tick").timestamp_with_time_zone().null().take(),
        col("last_job_id").uuid().null().take(),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for mut column in columns() {
            manager.alter_table(Table::alter().table(Alias::new(TABLE)).add_column(&mut column).take()).await?;
        }
        manager.create_index(index(INDEX, TABLE, &["kind", "next_run_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(INDEX).table(Alias::new(TABLE)).to_owned()).await?;
        // An older release does not know them.
        let delete =
            Query::delete().from_table(Alias::new(TABLE)).and_where(Expr::col(Alias::new("kind")).is_not_null()).take();
        manager.execute(delete).await?;
        for column in ["last_job_id", "last_tick", "kind", "time_zone"] {
            manager.alter_table(Table::alter().table(Alias::new(TABLE)).drop_column(Alias::new(column)).take()).await?;
        }
        Ok(())
    }
}
