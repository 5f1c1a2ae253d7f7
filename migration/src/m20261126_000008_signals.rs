//! Signals, the reports on them, which filings were read, and the account managers of customers.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        change_customers(manager).await?;
        signals(manager).await?;
        reports(manager).await?;
        readings(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["filings_read", "signal_reports", "signals"]).await?;
        manager.drop_index(Index::drop().name(MANAGED).table(Alias::new("customers")).to_owned()).await?;
        for name in ["version", "account_manager_id"] {
            let change = Table::alter().table(Alias::new("customers")).drop_column(Alias::new(name)).take();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

const MANAGED: &str = "customers_account_manager";

async fn change_customers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    // Users are never deleted from their table, so the column needs no foreign key, which SQLite could not take back.
    let columns =
        [col("account_manager_id").uuid().null().take(), col("version").integer().not_null().default(1).take()];
    for mut column in columns {
        let change = Table::alter().table(Alias::new("customers")).add_column(&mut column).take();
        manager.alter_table(change).await?;
    }
    manager.create_index(index(MANAGED, "customers", &["account_manager_id"])).await
}

async fn signals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut amended = ForeignKey::create()
        .from(Alias::new("signals"), Alias::new("amends_id"))
        .to(Alias::new("signals"), Alias::new("id"))
        .on_delete(ForeignKeyAction::SetNull)
        .take();
    let table = Table::create()
        .table(Alias::new("signals"))
        .col(id())
        .col(col("customer_id").uuid().not_null().take())
        .col(col("company_id").uuid().not_null().take())
        .col(col("event_key").string().not_null().take())
        .col(col("kind").string().not_null().take())
        .col(col("opportunity").string().not_null().take())
        .col(col("strength").double().not_null().take())
        .col(col("urgency").double().not_null().take())
        .col(col("value_low").big_integer().null().take())
        .col(col("value_high").big_integer().null().take())
        .col(col("value_currency").string().null().take())
        .col(col("value_assumption").text().null().take())
        .col(col("person_name").text().null().take())
        .col(col("person_role").text().null().take())
        .col(col("person_direction").string().null().take())
        .col(col("person_effective").date().null().take())
        .col(col("summary").text().not_null().take())
        .col(col("accession").string().not_null().take())
        .col(col("item").string().not_null().take())
        .col(col("sentence").text().not_null().take())
        .col(col("url").text().not_null().take())
        .col(time("filed_at"))
        .col(col("amends_id").uuid().null().take())
        .col(col("is_sample").boolean().not_null().default(false).take())
        .col(col("job_id").uuid().not_null().take())
        .col(time("detected_at"))
        .foreign_key(&mut belongs_to("signals", "customer_id", "customers"))
        .foreign_key(&mut belongs_to("signals", "company_id", "companies"))
        .foreign_key(&mut amended)
        .take();
    manager.create_table(table).await?;
    let key = ["customer_id", "event_key"];
    manager.create_index(index("signals_event", "signals", &key).unique().take()).await?;
    for (name, columns) in [
        ("signals_filed", ["filed_at", "id"].as_slice()),
        ("signals_detected", &["detected_at", "id"]),
        ("signals_urgency", &["urgency", "id"]),
        ("signals_kind", &["kind", "filed_at"]),
        ("signals_opportunity", &["opportunity", "filed_at"]),
        ("signals_customer", &["customer_id", "filed_at", "id"]),
        ("signals_company_filed", &["company_id", "filed_at", "id"]),
        ("signals_company_detected", &["company_id", "detected_at", "id"]),
        ("signals_company_urgency", &["company_id", "urgency", "id"]),
        ("signals_job", &["job_id", "id"]),
        ("signals_amends", &["amends_id"]),
    ] {
        manager.create_index(index(name, "signals", columns)).await?;
    }
    Ok(())
}

async fn reports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("signal_reports"))
        .col(id())
        .col(col("signal_id").uuid().not_null().take())
        .col(col("rank").integer().not_null().take())
        .col(col("persona").string().not_null().take())
        .col(col("fact_id").uuid().null().take())
        .col(col("headline").text().not_null().take())
        .col(col("why_it_matters").text().not_null().take())
        .col(col("talking_points").text().not_null().take())
        .col(col("recommended_action").text().not_null().take())
        .col(col("draft_message").text().not_null().take())
        .col(col("model").string().null().take())
        .col(time("made_at"))
        .foreign_key(&mut belongs_to("signal_reports", "signal_id", "signals"))
        .take();
    manager.create_table(table).await?;
    let key = ["signal_id", "persona"];
    manager.create_index(index("signal_reports_persona", "signal_reports", &key).unique().take()).await
}

async fn readings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("filings_read"))
        .col(col("customer_id").uuid().not_null().take())
        .col(col("accession").string().not_null().take())
        .col(col("rules_version").integer().not_null().take())
        .col(col("is_amendment").boolean().not_null().take())
        .col(col("report_date").date().null().take())
        .col(time("filed_at"))
        .col(col("items").text().not_null().take())
        .col(col("job_id").uuid().not_null().take())
        .col(time("read_at"))
        .primary_key(Index::create().col(Alias::new("customer_id")).col(Alias::new("accession")))
        .foreign_key(&mut belongs_to("filings_read", "customer_id", "customers"))
        .take();
    manager.create_table(table).await
}
