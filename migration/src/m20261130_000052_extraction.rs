//! What a strong model finds in reports beside the rules: which reports it has read, who found a signal and by which words,
//! and where both differ.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "extraction_disagreements";
const WAITING: &str = "filings_read_extraction";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            ("signals", col("extracted_by").string().not_null().default("RULES").take()),
            ("signals", col("extraction_model").string().null().take()),
            ("signals", col("quotes").text().null().take()),
            ("filings_read", col("extraction").string().null().take()),
            ("filings_read", col("extraction_attempts").integer().not_null().default(0).take()),
            ("filings_read", col("extraction_job_id").uuid().null().take()),
        ];
        for (table, mut column) in added {
            manager.alter_table(Table::alter().table(Alias::new(table)).add_column(&mut column).take()).await?;
        }
        manager.create_index(index(WAITING, "filings_read", &["extraction_job_id"])).await?;
        disagreements(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await?;
        manager.drop_index(Index::drop().name(WAITING).table(Alias::new("filings_read")).to_owned()).await?;
        for (table, name) in [
            ("filings_read", "extraction_job_id"),
            ("filings_read", "extraction_attempts"),
            ("filings_read", "extraction"),
            ("signals", "quotes"),
            ("signals", "extraction_model"),
            ("signals", "extracted_by"),
        ] {
            let change = Table::alter().table(Alias::new(table)).drop_column(Alias::new(name)).take();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

async fn disagreements(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut of_signal = ForeignKey::create()
        .from(Alias::new(TABLE), Alias::new("signal_id"))
        .to(Alias::new("signals"), Alias::new("id"))
        .on_delete(ForeignKeyAction::SetNull)
        .take();
    let table = Table::create()
        .table(Alias::new(TABLE))
        .col(id())
        .col(col("customer_id").uuid().not_null().take())
        .col(col("signal_id").uuid().null().take())
        .col(col("job_id").uuid().not_null().take())
        .col(col("accession").string().not_null().take())
        .col(col("item").string().not_null().take())
        .col(col("kind").string().not_null().take())
        .col(col("signal_kind").string().not_null().take())
        .col(col("field").string().null().take())
        .col(col("refusal").string().null().take())
        .col(col("by_rules").text().null().take())
        .col(col("by_model").text().null().take())
        .col(col("quote").text().null().take())
        .col(col("model").string().not_null().take())
        .col(time("noted_at"))
        .foreign_key(&mut belongs_to(TABLE, "customer_id", "customers"))
        .foreign_key(&mut of_signal)
        .take();
    manager.create_table(table).await?;
    for (name, columns) in [
        ("extraction_disagreements_job", ["job_id", "noted_at", "id"].as_slice()),
        ("extraction_disagreements_signal", &["signal_id", "id"]),
        ("extraction_disagreements_customer", &["customer_id"]),
    ] {
        manager.create_index(index(name, TABLE, columns)).await?;
    }
    Ok(())
}
