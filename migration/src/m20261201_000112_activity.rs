//! Interactions, tasks and notes of leads and customers, and the timeline that points to them. Signals found before get their
//! entries at once, by one statement.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{
    columns::{col, drop_tables, execute, id, index, time},
    m20261130_000041_folded_texts::text,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        interactions(manager).await?;
        tasks(manager).await?;
        notes(manager).await?;
        timeline(manager).await?;
        signals_found_before(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["timeline_entries", "notes", "tasks", "interactions"]).await
    }
}

/// A table whose rows belong to a lead or a customer. No foreign keys: two tables hold these.
fn table_of_subjects(name: &str) -> TableCreateStatement {
    Table::create()
        .table(Alias::new(name))
        .col(id())
        .col(col("subject_kind").string().not_null().take())
        .col(col("subject_id").uuid().not_null().take())
        .take()
}

fn maybe_time(name: &str) -> ColumnDef {
    col(name).timestamp_with_time_zone().null().take()
}

async fn indexes(manager: &SchemaManager<'_>, table: &str, all: &[(&str, &[&str])]) -> Result<(), DbErr> {
    for (name, columns) in all {
        manager.create_index(index(name, table, columns)).await?;
    }
    Ok(())
}

async fn interactions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = table_of_subjects("interactions")
        .col(col("kind").string().not_null().take())
        .col(col("direction").string().null().take())
        .col(col("outcome").string().null().take())
        .col(time("occurred_at"))
        .col(col("summary").text().null().take())
        .col(col("details").text().null().take())
        .col(text("words", false))
        .col(col("participants").text().not_null().take())
        .col(col("sentiment").string().null().take())
        .col(col("sentiment_source").string().null().take())
        .col(col("performed_by_id").uuid().null().take())
        .col(col("recorded_by_id").uuid().null().take())
        .col(col("version").integer().not_null().take())
        .col(time("recorded_at"))
        .col(time("updated_at"))
        .col(maybe_time("deleted_at"))
        .take();
    manager.create_table(table).await?;
    let all: [(&str, &[&str]); 4] = [
        ("interactions_of", &["subject_id", "occurred_at", "id"]),
        ("interactions_occurred", &["occurred_at", "id"]),
        ("interactions_recorded", &["recorded_at", "id"]),
        ("interactions_by", &["performed_by_id", "occurred_at"]),
    ];
    indexes(manager, "interactions", &all).await
}

async fn tasks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = table_of_subjects("tasks")
        .col(col("title").text().not_null().take())
        .col(col("details").text().null().take())
        .col(text("words", false))
        .col(col("status").string().not_null().take())
        .col(col("priority").string().not_null().take())
        .col(col("due_on").date().null().take())
        .col(maybe_time("due_at"))
        .col(maybe_time("deadline_at"))
        .col(col("recurrence").string().null().take())
        .col(col("recurs_from").date().null().take())
        .col(col("occurrence").integer().not_null().take())
        .col(col("assignee_id").uuid().null().take())
        .col(col("created_by_id").uuid().null().take())
        .col(col("origin_id").uuid().null().take())
        .col(col("cancelled_with_id").uuid().null().take())
        .col(maybe_time("completed_at"))
        .col(col("completed_by_id").uuid().null().take())
        .col(col("version").integer().not_null().take())
        .col(time("created_at"))
        .col(time("updated_at"))
        .col(maybe_time("deleted_at"))
        .take();
    manager.create_table(table).await?;
    let all: [(&str, &[&str]); 5] = [
        ("tasks_of", &["subject_id", "deadline_at", "id"]),
        ("tasks_deadline", &["deadline_at", "id"]),
        ("tasks_created", &["created_at", "id"]),
        ("tasks_assigned", &["assignee_id", "status", "deadline_at"]),
        ("tasks_origin", &["origin_id"]),
    ];
    indexes(manager, "tasks", &all).await
}

async fn notes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = table_of_subjects("notes")
        .col(col("text").text().not_null().take())
        .col(text("words", false))
        .col(col("is_pinned").boolean().not_null().take())
        .col(col("author_id").uuid().null().take())
        .col(col("version").integer().not_null().take())
        .col(time("created_at"))
        .col(time("updated_at"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("notes_of", "notes", &["subject_id", "created_at", "id"])).await
}

async fn timeline(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = table_of_subjects("timeline_entries")
        .col(time("occurred_at"))
        .col(col("kind").string().not_null().take())
        .col(col("ref_id").uuid().not_null().take())
        .col(col("actor_id").uuid().null().take())
        .col(maybe_time("deleted_at"))
        .take();
    manager.create_table(table).await?;
    let all: [(&str, &[&str]); 2] =
        [("timeline_entries_of", &["subject_id", "occurred_at", "id"]), ("timeline_entries_ref", &["ref_id", "kind"])];
    indexes(manager, "timeline_entries", &all).await
}

/// The id of a signal serves as that of its entry, so that the database need not make any.
async fn signals_found_before(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let nobody = match manager.get_database_backend() {
        DbBackend::Postgres => "CAST(NULL AS uuid)",
        _ => "NULL",
    };
    let sql = format!(
        "INSERT INTO timeline_entries (id, subject_kind, subject_id, occurred_at, kind, ref_id, actor_id) \
         SELECT id, 'CUSTOMER', customer_id, filed_at, 'SIGNAL', id, {nobody} FROM signals"
    );
    execute(manager, &sql).await
}
