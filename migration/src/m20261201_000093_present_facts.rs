//! Indexes of present facts, beside which superseded ones lie no more, and of superseded ones by their time, for their
//! retention.

use sea_orm_migration::prelude::*;

use crate::columns::execute;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Indexes with what they are over and the facts in them.
const INDEXES: [(&str, &str, &str); 3] = [
    ("company_facts_present_place", "company_id, place, id", "superseded_at IS NULL"),
    ("company_facts_present_found", "company_id, found_at, id", "superseded_at IS NULL"),
    ("company_facts_superseded", "superseded_at", "superseded_at IS NOT NULL"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns, facts) in INDEXES {
            execute(manager, &format!("CREATE INDEX {name} ON company_facts ({columns}) WHERE {facts}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table(Alias::new("company_facts")).to_owned()).await?;
        }
        Ok(())
    }
}
