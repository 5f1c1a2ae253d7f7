//! Leads: people who may become customers.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables, id, index, sort_text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign key to the session: it may be deleted, and its lead stays. Users are never deleted.
        let assignee = ForeignKey::create()
            .from(Alias::new("leads"), Alias::new("assigned_to_id"))
            .to(Alias::new("users"), Alias::new("id"))
            .on_delete(ForeignKeyAction::SetNull)
            .take();
        let leads = Table::create()
            .table(Alias::new("leads"))
            .col(id())
            .col(col("name").string().not_null().take())
            .col(sort_text("name_key", manager.get_database_backend()))
            .col(col("email").string().null().take())
            .col(col("phone").string().null().take())
            .col(col("source").string().not_null().take())
            .col(col("status").string().not_null().take())
            .col(col("income_minor").big_integer().null().take())
            .col(col("income_currency").string().null().take())
            .col(col("income_period").string().null().take())
            .col(col("details").text().not_null().take())
            .col(col("session_id").uuid().null().take())
            .col(col("assigned_to_id").uuid().null().take())
            .col(col("version").integer().not_null().default(1).take())
            .col(time("created_at"))
            .col(time("updated_at"))
            .foreign_key(&mut assignee.clone())
            .take();
        manager.create_table(leads).await?;
        manager.create_index(index("leads_session", "leads", &["session_id"]).unique().take()).await?;
        for (name, columns) in [
            ("leads_name", ["name_key", "id"].as_slice()),
            ("leads_created", &["created_at", "id"]),
            ("leads_updated", &["updated_at", "id"]),
            ("leads_assigned", &["assigned_to_id", "created_at"]),
            ("leads_status", &["status", "created_at"]),
        ] {
            manager.create_index(index(name, "leads", columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["leads"]).await
    }
}
