//! Customers as people keep them: lifecycle, risk, contract and last contact in their row; contacts, contract terms, churns
//! and the reasons for these in tables of their own.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, prelude::Uuid},
};

use crate::{
    columns::{belongs_to, col, drop_tables, execute, id, index, sort_text, time},
    m20261130_000041_folded_texts::{add_column, drop_column, text},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Indexes of customers by what a row may not have: the soonest end of a contract first, else the largest.
const ORDERS: [(&str, &str, bool); 3] = [
    ("customers_contract_end", "contract_ends_on", true),
    ("customers_contract_value", "contract_value_minor", false),
    ("customers_last_contact", "last_contact_at", false),
];

/// The first reasons why customers leave, which people change as they like.
const REASONS: [&str; 6] =
    ["Price", "Missing features", "Service quality", "Switched to a competitor", "Budget cut", "Ceased business"];

fn columns() -> [ColumnDef; 12] {
    [
        col("lifecycle").string().not_null().default("ACTIVE").take(),
        col("risk_reason").text().null().take(),
        col("risk_flagged_by_id").uuid().null().take(),
        col("risk_flagged_at").timestamp_with_time_zone().null().take(),
        col("account_time_zone").string().null().take(),
        col("contract_id").uuid().null().take(),
        col("contract_ends_on").date().null().take(),
        col("contract_value_minor").big_integer().null().take(),
        col("contract_currency").string().null().take(),
        col("last_contact_at").timestamp_with_time_zone().null().take(),
        col("is_edited").boolean().not_null().default(false).take(),
        col("deleted_at").timestamp_with_time_zone().null().take(),
    ]
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            add_column(manager, "customers", column).await?;
        }
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        for (name, column, is_ascending) in ORDERS {
            let order = match (is_ascending, is_postgres) {
                (true, _) => format!("{column}, id"),
                (false, true) => format!("{column} DESC NULLS LAST, id DESC"),
                (false, false) => format!("{column} DESC, id DESC"),
            };
            execute(manager, &format!("CREATE INDEX {name} ON customers ({order})")).await?;
        }
        contacts(manager).await?;
        contracts(manager).await?;
        reasons(manager).await?;
        churns(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["customer_churns", "reasons", "contracts", "customer_contacts"]).await?;
        for (name, ..) in ORDERS {
            manager.drop_index(Index::drop().name(name).table(Alias::new("customers")).to_owned()).await?;
        }
        for column in columns().iter().rev() {
            drop_column(manager, "customers", &column.get_column_name()).await?;
        }
        Ok(())
    }
}

async fn contacts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("customer_contacts"))
        .col(id())
        .col(col("customer_id").uuid().not_null().take())
        .col(col("name").string().not_null().take())
        .col(sort_text("name_key", manager.get_database_backend()))
        .col(col("email").string().null().take())
        .col(text("email_folded", true))
        .col(col("phone").string().null().take())
        .col(col("job_title").string().null().take())
        .col(col("is_primary").boolean().not_null().take())
        .col(col("version").integer().not_null().take())
        .col(time("created_at"))
        .col(time("updated_at"))
        .foreign_key(&mut belongs_to("customer_contacts", "customer_id", "customers"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("customer_contacts_of", "customer_contacts", &["customer_id", "name_key", "id"])).await
}

async fn contracts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("contracts"))
        .col(id())
        .col(col("customer_id").uuid().not_null().take())
        .col(col("starts_on").date().not_null().take())
        .col(col("ends_on").date().null().take())
        .col(col("value_minor").big_integer().null().take())
        .col(col("value_currency").string().null().take())
        .col(col("auto_renews").boolean().not_null().take())
        .col(col("notice_days").integer().null().take())
        .col(col("renewal").string().not_null().take())
        .col(col("version").integer().not_null().take())
        .col(time("created_at"))
        .col(time("updated_at"))
        .foreign_key(&mut belongs_to("contracts", "customer_id", "customers"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("contracts_of", "contracts", &["customer_id", "starts_on", "id"])).await
}

async fn reasons(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("reasons"))
        .col(id())
        .col(col("kind").string().not_null().take())
        .col(col("name").string().not_null().take())
        .col(sort_text("name_key", manager.get_database_backend()))
        .col(col("is_active").boolean().not_null().take())
        .col(col("version").integer().not_null().take())
        .col(time("created_at"))
        .col(time("updated_at"))
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("reasons_kind", "reasons", &["kind", "name_key"]).unique().take()).await?;
    let columns = ["id", "kind", "name", "name_key", "is_active", "version", "created_at", "updated_at"];
    let mut insert = Query::insert().into_table(Alias::new("reasons")).columns(columns.map(Alias::new)).take();
    for (number, name) in (1..).zip(REASONS) {
        let now = || Expr::current_timestamp();
        let values = [
            Expr::val(Uuid::from_u128(number)),
            Expr::val("CHURN"),
            Expr::val(name),
            Expr::val(name.to_lowercase()),
            Expr::val(true),
            Expr::val(1),
            now(),
            now(),
        ];
        insert.values(values).map_err(|error| DbErr::Custom(error.to_string()))?;
    }
    manager.execute(insert).await
}

async fn churns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let reason = ForeignKey::create()
        .from(Alias::new("customer_churns"), Alias::new("reason_id"))
        .to(Alias::new("reasons"), Alias::new("id"))
        .take();
    let table = Table::create()
        .table(Alias::new("customer_churns"))
        .col(id())
        .col(col("customer_id").uuid().not_null().take())
        .col(col("kind").string().not_null().take())
        .col(col("reason_id").uuid().not_null().take())
        .col(col("note").text().null().take())
        .col(col("effective_on").date().not_null().take())
        .col(col("lifecycle_before").string().not_null().take())
        .col(col("recorded_by_id").uuid().null().take())
        .col(time("recorded_at"))
        .col(col("undone_at").timestamp_with_time_zone().null().take())
        .col(col("reactivated_at").timestamp_with_time_zone().null().take())
        .foreign_key(&mut belongs_to("customer_churns", "customer_id", "customers"))
        .foreign_key(&mut reason.clone())
        .take();
    manager.create_table(table).await?;
    manager.create_index(index("customer_churns_of", "customer_churns", &["customer_id", "recorded_at"])).await
}
