//! The event log and the job queue.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        events(manager).await?;
        jobs(manager).await?;
        schedule(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["scheduled_tasks", "job_steps", "jobs", "event_log", "events"]).await
    }
}

async fn events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // The writing transaction's id: with `id` it gives the commit order on PostgreSQL. SQLite has one writer, so there
    // `id` alone is the commit order, and `tx` stays 0.
    let mut tx = col("tx").big_integer().not_null().take();
    match manager.get_database_backend() {
        DbBackend::Postgres => tx.default(Expr::cust("(pg_current_xact_id()::text::bigint)")),
        _ => tx.default(0),
    };
    let table = Table::create()
        .table(Alias::new("events"))
        .col(col("id").big_integer().not_null().auto_increment().primary_key().take())
        .col(tx)
        .col(col("topic").string().not_null().take())
        .col(col("kind").string().not_null().take())
        .col(col("payload").text().not_null().take())
        .col(col("actor").uuid().null().take())
        .col(time("at"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("events_position", "events", &["tx", "id"])).await?;
    manager.create_index(index("events_topic_position", "events", &["topic", "tx", "id"])).await?;
    manager.create_index(index("events_at", "events", &["at"])).await?;
    // One row: which history this is, and up to where it was purged.
    let table = Table::create()
        .table(Alias::new("event_log"))
        .col(col("id").integer().not_null().primary_key().take())
        .col(col("epoch").uuid().not_null().take())
        .col(col("purged_tx").big_integer().not_null().default(0).take())
        .col(col("purged_id").big_integer().not_null().default(0).take())
        .take();
    manager.create_table(table).await
}

async fn jobs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("jobs"))
        .col(id())
        .col(col("kind").string().not_null().take())
        .col(col("status").string().not_null().take())
        .col(col("priority").integer().not_null().default(0).take())
        .col(col("owner_id").uuid().null().take())
        .col(col("input").text().not_null().take())
        .col(col("output").text().null().take())
        .col(col("error_code").string().null().take())
        .col(col("error_message").text().null().take())
        .col(col("progress").double().not_null().default(0.0).take())
        .col(col("current_step").text().null().take())
        .col(col("stages").text().not_null().default("[]").take())
        .col(col("attempt").integer().not_null().default(0).take())
        .col(col("max_attempts").integer().not_null().take())
        .col(time("run_at"))
        .col(col("lease").uuid().null().take())
        .col(col("lease_until").timestamp_with_time_zone().null().take())
        .col(col("cancel_requested").boolean().not_null().default(false).take())
        .col(col("idempotency_scope").string().null().take())
        .col(col("idempotency_key").string().null().take())
        .col(col("input_hash").string().not_null().take())
        .col(col("last_event").big_integer().not_null().default(0).take())
        .col(time("created_at"))
        .col(col("started_at").timestamp_with_time_zone().null().take())
        .col(col("finished_at").timestamp_with_time_zone().null().take())
        .col(time("updated_at"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("jobs_claim", "jobs", &["status", "priority", "run_at"])).await?;
    manager.create_index(index("jobs_lease", "jobs", &["status", "lease_until"])).await?;
    manager.create_index(index("jobs_created", "jobs", &["created_at", "id"])).await?;
    manager.create_index(index("jobs_owner", "jobs", &["owner_id", "created_at", "id"])).await?;
    let mut unique = index("jobs_idempotency", "jobs", &["idempotency_scope", "idempotency_key"]);
    manager.create_index(unique.unique().take()).await?;

    let table = Table::create()
        .table(Alias::new("job_steps"))
        .col(col("job_id").uuid().not_null().take())
        .col(col("name").string().not_null().take())
        .col(col("output").text().null().take())
        .col(col("error_code").string().null().take())
        .col(col("error_message").text().null().take())
        .col(time("finished_at"))
        .primary_key(Index::create().col(Alias::new("job_id")).col(Alias::new("name")))
        .foreign_key(&mut belongs_to("job_steps", "job_id", "jobs"))
        .take();
    manager.create_table(table).await
}

async fn schedule(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("scheduled_tasks"))
        .col(col("name").string().not_null().primary_key().take())
        .col(col("cron").string().not_null().take())
        .col(time("next_run_at"))
        .col(col("last_run_at").timestamp_with_time_zone().null().take())
        .take();
    manager.create_table(table).await
}
