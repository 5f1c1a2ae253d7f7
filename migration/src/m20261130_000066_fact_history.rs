//! Facts that a later research replaced are kept, so that their ids stay valid; and one column by which facts are sorted.

use sea_orm_migration::prelude::*;

use crate::columns::{col, execute, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "company_facts";

/// The topics in the order in which they are listed.
const TOPICS: [&str; 10] = [
    "PRODUCTS",
    "PRICING",
    "IDEAL_CUSTOMERS",
    "PERSONAS",
    "COMPETITORS",
    "INTEGRATIONS",
    "POSITIONING",
    "CASE_STUDIES",
    "NEWS",
    "LEADERSHIP",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, col("place").integer().not_null().default(0).take()).await?;
        add(manager, col("superseded_at").timestamp_with_time_zone().null().take()).await?;
        let places: String =
            (0..).zip(TOPICS).map(|(place, topic)| format!(" WHEN '{topic}' THEN {}", place * 100_000)).collect();
        execute(manager, &format!("UPDATE {TABLE} SET place = \"rank\" + CASE topic{places} ELSE 0 END")).await?;
        manager.drop_index(Index::drop().name("company_facts_company").table(Alias::new(TABLE)).to_owned()).await?;
        manager.create_index(index("company_facts_place", TABLE, &["company_id", "place", "id"])).await?;
        manager.create_index(index("company_facts_found", TABLE, &["company_id", "found_at", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The release before knows the present facts only.
        execute(manager, &format!("DELETE FROM {TABLE} WHERE superseded_at IS NOT NULL")).await?;
        for name in ["company_facts_place", "company_facts_found"] {
            manager.drop_index(Index::drop().name(name).table(Alias::new(TABLE)).to_owned()).await?;
        }
        manager.create_index(index("company_facts_company", TABLE, &["company_id", "topic", "rank"])).await?;
        for column in ["place", "superseded_at"] {
            manager.alter_table(Table::alter().table(Alias::new(TABLE)).drop_column(Alias::new(column)).take()).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, mut column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(TABLE)).add_column(&mut column).take()).await
}
