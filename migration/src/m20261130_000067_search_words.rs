//! The words by which jobs, signals and chat sessions are found: the texts of each in one column, folded.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{QueryResult, prelude::Uuid},
};

use crate::{
    folding::{chat_words, input_words, text_words},
    m20261130_000041_folded_texts::{add_column, drop_column, page, set, text},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Texts of a row, in the order of their columns.
type Texts = [Option<String>];

/// A table with the columns that hold its texts, and the words in them.
struct Searched {
    table: &'static str,
    columns: &'static [&'static str],
    words: fn(&Texts) -> String,
}

const SEARCHED: [Searched; 3] = [
    Searched { table: "jobs", columns: &["input"], words: input_words },
    Searched { table: "signals", columns: &["summary", "person_name", "person_role", "sentence"], words: text_words },
    Searched { table: "chat_sessions", columns: &["metadata", "collected"], words: chat_words },
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for searched in &SEARCHED {
            add_column(manager, searched.table, text("words", false)).await?;
            searched.fill(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for searched in &SEARCHED {
            drop_column(manager, searched.table, "words").await?;
        }
        Ok(())
    }
}

impl Searched {
    async fn fill(&self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        let mut last: Option<Uuid> = None;
        while let Some(rows) = page(manager, self.table, self.columns, last).await? {
            for row in &rows {
                let id = row.try_get("", "id")?;
                set(manager, self.table, ("words", self.words_of(row)?), id).await?;
                last = Some(id);
            }
        }
        Ok(())
    }

    fn words_of(&self, row: &QueryResult) -> Result<String, DbErr> {
        let texts: Vec<Option<String>> =
            self.columns.iter().map(|column| row.try_get("", column)).collect::<Result<_, _>>()?;
        Ok((self.words)(&texts))
    }
}
