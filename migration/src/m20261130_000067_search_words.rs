//! The words by which jobs, signals and chat sessions are found: the texts of each in one column, folded. The job
//! `fold_texts` fills it, for doing so here would lock the tables for as long.

use sea_orm_migration::prelude::*;

use crate::m20261130_000041_folded_texts::{add_column, drop_column, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const SEARCHED: [&str; 3] = ["jobs", "signals", "chat_sessions"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in SEARCHED {
            add_column(manager, table, text("words", false)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in SEARCHED {
            drop_column(manager, table, "words").await?;
        }
        Ok(())
    }
}
