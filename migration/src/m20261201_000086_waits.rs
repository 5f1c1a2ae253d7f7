//! Waits of long work for a time, an event or a decision.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, execute, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const WAITS: &str = "waits";
const AWAITED: &str = "awaited_events";

fn waits() -> TableCreateStatement {
    Table::create()
        .table(Alias::new(WAITS))
        .col(id())
        .col(col("owner_kind").string().not_null().take())
        .col(col("owner_id").uuid().not_null().take())
        .col(col("generation").integer().not_null().take())
        .col(col("path").string().not_null().take())
        .col(col("kind").string().not_null().take())
        .col(col("wake_at").timestamp_with_time_zone().null().take())
        .col(col("expires_at").timestamp_with_time_zone().null().take())
        .col(col("job_id").uuid().null().take())
        .col(col("matches").text().not_null().take())
        .col(col("since_tx").big_integer().null().take())
        .col(col("since_id").big_integer().null().take())
        .col(col("is_live").boolean().not_null().default(false).take())
        .col(col("lost_at").timestamp_with_time_zone().null().take())
        .col(col("outcome").string().null().take())
        .col(col("result").text().null().take())
        .col(col("decided_by").uuid().null().take())
        .col(time("began_at"))
        .col(col("ended_at").timestamp_with_time_zone().null().take())
        .take()
}

/// The kinds of events that open waits wait for, each with a member that an event must have, if one is demanded.
fn awaited() -> TableCreateStatement {
    Table::create()
        .table(Alias::new(AWAITED))
        .col(id())
        .col(col("wait_id").uuid().not_null().take())
        .col(col("event_kind").string().not_null().take())
        .col(col("member").string().not_null().take())
        .foreign_key(&mut belongs_to(AWAITED, "wait_id", WAITS))
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(waits()).await?;
        manager.create_table(awaited()).await?;
        let mut place = index("waits_place", WAITS, &["owner_kind", "owner_id", "generation", "path"]);
        manager.create_index(place.unique().take()).await?;
        manager.create_index(index("waits_ended", WAITS, &["ended_at"])).await?;
        execute(manager, "CREATE INDEX waits_open ON waits (id) WHERE outcome IS NULL").await?;
        manager.create_index(index("awaited_events_kind", AWAITED, &["event_kind", "member"])).await?;
        manager.create_index(index("awaited_events_wait", AWAITED, &["wait_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[AWAITED, WAITS]).await
    }
}
