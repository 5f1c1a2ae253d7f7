//! Indexes for lists that are ordered by what a row may not have: when users last signed in, when jobs ended.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::execute;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEXES: [(&str, &str, &str); 2] =
    [("users_last_login", "users", "last_login_at"), ("jobs_finished", "jobs", "finished_at")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The latest first is what people ask for, with those that have nothing last. For SQLite nothing is the smallest, so
        // there it comes last of itself, and cannot be said.
        let last = match manager.get_database_backend() {
            DbBackend::Postgres => "DESC NULLS LAST",
            _ => "DESC",
        };
        for (name, table, column) in INDEXES {
            execute(manager, &format!("CREATE INDEX {name} ON {table} ({column} {last}, id DESC)")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
