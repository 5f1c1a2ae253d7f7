//! Keys of people, by which their values in the audit log are sealed, and columns for what is sealed.
//!
//! No row is rewritten here: a job seals what stands there already, in small batches. The triggers let it, and let nothing
//! else: an entry may be sealed once, and who did what, when and to what stays as it is.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{
    columns::{col, execute, id, index, time},
    m20261130_000041_folded_texts::{add_column, text},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The columns of an entry that are never changed.
const FIXED: [&str; 12] = [
    "id",
    "at",
    "action",
    "actor_id",
    "on_behalf_of_id",
    "api_key_id",
    "subject_type",
    "subject_id",
    "reason",
    "request_id",
    "address",
    "user_agent",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // They may be there: `down` leaves them, for without them nobody could read the log again.
        if !manager.has_table("person_keys").await? {
            create_tables(manager).await?;
        }
        if !manager.has_column("audit_log", "sealed").await? {
            add_column(manager, "audit_log", text("sealed", true)).await?;
            add_column(manager, "audit_log", col("person_key_id").uuid().null().take()).await?;
        }
        forbid_changes_but_sealing(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Postgres => {
                execute(manager, "DROP TRIGGER audit_log_no_change ON audit_log").await?;
                execute(manager, "DROP TRIGGER audit_log_sealing ON audit_log").await?;
                execute(manager, "DROP FUNCTION audit_log_is_only_sealed()").await?;
                execute(
                    manager,
                    "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log \
                     FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()",
                )
                .await
            }
            _ => {
                execute(manager, "DROP TRIGGER audit_log_no_update").await?;
                execute(
                    manager,
                    "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log \
                     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
                )
                .await
            }
        }
    }
}

async fn create_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let keys = Table::create()
        .table(Alias::new("person_keys"))
        .col(id())
        .col(col("person").string().not_null().take())
        .col(text("sealed_key", true))
        .col(text("bare_key", true))
        .col(text("words", false))
        .col(time("created_at"))
        .take();
    manager.create_table(keys).await?;
    manager.create_index(index("person_keys_person", "person_keys", &["person"])).await?;
    let progress = Table::create()
        .table(Alias::new("audit_sealing"))
        .col(col("id").integer().not_null().primary_key().take())
        .col(col("position").uuid().null().take())
        .take();
    manager.create_table(progress).await?;
    execute(manager, "INSERT INTO audit_sealing (id) VALUES (1)").await
}

async fn forbid_changes_but_sealing(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    match manager.get_database_backend() {
        DbBackend::Postgres => {
            execute(manager, "DROP TRIGGER audit_log_no_change ON audit_log").await?;
            let fixed = same("IS NOT DISTINCT FROM");
            execute(
                manager,
                &format!(
                    "CREATE OR REPLACE FUNCTION audit_log_is_only_sealed() RETURNS trigger LANGUAGE plpgsql AS \
                     $$ BEGIN IF OLD.sealed IS NULL AND NEW.sealed IS NOT NULL AND {fixed} THEN RETURN NEW; END IF; \
                     RAISE EXCEPTION 'the audit log is append-only'; END $$"
                ),
            )
            .await?;
            execute(
                manager,
                "CREATE TRIGGER audit_log_no_change BEFORE DELETE OR TRUNCATE ON audit_log \
                 FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()",
            )
            .await?;
            execute(
                manager,
                "CREATE TRIGGER audit_log_sealing BEFORE UPDATE ON audit_log \
                 FOR EACH ROW EXECUTE FUNCTION audit_log_is_only_sealed()",
            )
            .await
        }
        _ => {
            execute(manager, "DROP TRIGGER audit_log_no_update").await?;
            let fixed = same("IS");
            execute(
                manager,
                &format!(
                    "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log \
                     WHEN NOT (OLD.sealed IS NULL AND NEW.sealed IS NOT NULL AND {fixed}) \
                     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
                ),
            )
            .await
        }
    }
}

fn same(equals: &str) -> String {
    FIXED.map(|column| format!("NEW.{column} {equals} OLD.{column}")).join(" AND ")
}
