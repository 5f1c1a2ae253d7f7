//! The audit log: who changed what. The database itself refuses to change or delete an entry.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{col, drop_tables, execute, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign keys: an entry outlives what it is about.
        let entries = Table::create()
            .table(Alias::new("audit_log"))
            .col(id())
            .col(time("at"))
            .col(col("action").string().not_null().take())
            .col(col("actor_id").uuid().null().take())
            .col(col("on_behalf_of_id").uuid().null().take())
            .col(col("api_key_id").uuid().null().take())
            .col(col("subject_type").string().not_null().take())
            .col(col("subject_id").string().not_null().take())
            .col(col("subject_name").string().not_null().take())
            .col(col("before").text().null().take())
            .col(col("after").text().null().take())
            .col(col("reason").string().null().take())
            .col(col("request_id").string().not_null().take())
            .col(col("address").string().null().take())
            .col(col("user_agent").string().null().take())
            .take();
        manager.create_table(entries).await?;
        for (name, columns) in [
            ("audit_log_at", ["at", "id"].as_slice()),
            ("audit_log_actor", &["actor_id", "at"]),
            ("audit_log_behalf", &["on_behalf_of_id", "at"]),
            ("audit_log_subject", &["subject_id", "at"]),
            ("audit_log_action", &["action", "at"]),
        ] {
            manager.create_index(index(name, "audit_log", columns)).await?;
        }
        forbid_changes(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["audit_log"]).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            execute(manager, "DROP FUNCTION audit_log_is_append_only()").await?;
        }
        Ok(())
    }
}

pub(crate) async fn forbid_changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statements: &[&str] = match manager.get_database_backend() {
        DbBackend::Postgres => &[
            // It may be there: `migrate fresh` drops tables, and functions stay.
            "CREATE OR REPLACE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
            "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log \
             FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()",
        ],
        _ => &[
            "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log \
             BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
            "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log \
             BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
            // INSERT OR REPLACE takes a row away without asking the trigger before DELETE.
            "CREATE TRIGGER audit_log_no_replace BEFORE INSERT ON audit_log \
             WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = NEW.id) \
             BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        ],
    };
    for statement in statements {
        execute(manager, statement).await?;
    }
    Ok(())
}
