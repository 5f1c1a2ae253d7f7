//! A customer that nobody found by research was never seen: those times may be absent.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{execute, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const LAST_SEEN: &str = "customers_last_seen";

/// The times with their indexes.
const TIMES: [(&str, &str); 2] = [("customers_first_seen", "first_seen_at"), (LAST_SEEN, "last_seen_at")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_index(manager, LAST_SEEN).await?;
        for (name, column) in TIMES {
            change(manager, column, "NULL", column).await?;
            let last = match manager.get_database_backend() {
                DbBackend::Postgres => "DESC NULLS LAST",
                _ => "DESC",
            };
            execute(manager, &format!("CREATE INDEX {name} ON customers ({column} {last}, id DESC)")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in TIMES {
            drop_index(manager, name).await?;
            change(manager, column, "NOT NULL", &format!("coalesce({column}, created_at)")).await?;
        }
        manager.create_index(index(LAST_SEEN, "customers", &["last_seen_at", "id"])).await
    }
}

async fn drop_index(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(name).table(Alias::new("customers")).to_owned()).await
}

/// Makes a time nullable or not, with `value` for each row.
async fn change(manager: &SchemaManager<'_>, column: &str, null: &str, value: &str) -> Result<(), DbErr> {
    let statements = match manager.get_database_backend() {
        DbBackend::Postgres => vec![
            format!("UPDATE customers SET {column} = {value} WHERE {column} IS NULL"),
            format!(
                "ALTER TABLE customers ALTER COLUMN {column} {} NOT NULL",
                if null == "NULL" { "DROP" } else { "SET" }
            ),
        ],
        // SQLite changes no column: another takes its place.
        _ => vec![
            format!("ALTER TABLE customers ADD COLUMN changed timestamp_with_timezone_text {null} {}", default(null)),
            format!("UPDATE customers SET changed = {value}"),
            format!("ALTER TABLE customers DROP COLUMN {column}"),
            format!("ALTER TABLE customers RENAME COLUMN changed TO {column}"),
        ],
    };
    for statement in statements {
        execute(manager, &statement).await?;
    }
    Ok(())
}

/// Returns what SQLite asks for of a column that is never null.
fn default(null: &str) -> &'static str {
    if null == "NULL" { "" } else { "DEFAULT '1970-01-01 00:00:00+00:00'" }
}
