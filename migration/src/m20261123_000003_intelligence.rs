//! Researched companies, what was found out about them, and their customers.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, sort_text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        companies(manager).await?;
        facts(manager).await?;
        customers(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["customers", "company_facts", "companies"]).await
    }
}

async fn companies(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("companies"))
        .col(id())
        .col(col("name").string().not_null().take())
        .col(sort_text("name_key", manager.get_database_backend()))
        .col(col("website").string().null().take())
        .col(col("is_sample").boolean().not_null().default(false).take())
        .col(time("researched_at"))
        .col(time("created_at"))
        .col(time("updated_at"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("companies_name", "companies", &["name_key"]).unique().take()).await?;
    manager.create_index(index("companies_created", "companies", &["created_at", "id"])).await?;
    manager.create_index(index("companies_researched", "companies", &["researched_at", "id"])).await
}

async fn facts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("company_facts"))
        .col(id())
        .col(col("company_id").uuid().not_null().take())
        .col(col("topic").string().not_null().take())
        .col(col("rank").integer().not_null().take())
        .col(col("name").string().not_null().take())
        .col(col("summary").text().not_null().take())
        .col(col("details").text().not_null().take())
        .col(col("source_url").text().not_null().take())
        .col(col("source_title").text().not_null().take())
        .col(col("source_quote").text().not_null().take())
        .col(time("found_at"))
        .foreign_key(&mut belongs_to("company_facts", "company_id", "companies"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("company_facts_company", "company_facts", &["company_id", "topic", "rank"])).await
}

async fn customers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("customers"))
        .col(id())
        .col(col("company_id").uuid().null().take())
        .col(col("name").string().not_null().take())
        .col(sort_text("name_key", manager.get_database_backend()))
        .col(col("industry").string().null().take())
        .col(col("segment").string().not_null().take())
        .col(col("listing").string().not_null().take())
        .col(col("ticker").string().null().take())
        .col(col("cik").big_integer().null().take())
        .col(col("exchange").string().null().take())
        .col(col("match_method").string().null().take())
        .col(col("match_confidence").double().null().take())
        .col(col("source_url").text().null().take())
        .col(col("source_title").text().null().take())
        .col(col("source_quote").text().null().take())
        .col(col("is_sample").boolean().not_null().default(false).take())
        .col(time("first_seen_at"))
        .col(time("last_seen_at"))
        .col(time("created_at"))
        .col(time("updated_at"))
        .foreign_key(&mut belongs_to("customers", "company_id", "companies"))
        .take();
    manager.create_table(table).await?;
    manager
        .create_index(index("customers_company_name", "customers", &["company_id", "name_key"]).unique().take())
        .await?;
    manager.create_index(index("customers_name", "customers", &["name_key", "id"])).await?;
    manager.create_index(index("customers_last_seen", "customers", &["last_seen_at", "id"])).await?;
    manager.create_index(index("customers_ticker", "customers", &["ticker"])).await
}
