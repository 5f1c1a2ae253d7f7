//! The outbox: mails that the product sends, and what became of each.

use sea_orm_migration::prelude::*;

use crate::columns::{col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign key to the job: it is purged by an age of its own.
        let mails = Table::create()
            .table(Alias::new("outbox_mails"))
            .col(id())
            .col(col("idempotency_key").string().not_null().take())
            .col(col("kind").string().not_null().take())
            .col(col("status").string().not_null().take())
            .col(col("to_name").string().null().take())
            .col(col("to_address").string().not_null().take())
            .col(col("reply_to_name").string().null().take())
            .col(col("reply_to_address").string().null().take())
            .col(col("subject").text().not_null().take())
            .col(col("text").text().not_null().take())
            .col(col("html").text().not_null().take())
            .col(col("about").string().null().take())
            .col(col("job_id").uuid().null().take())
            .col(col("attempts").integer().not_null().default(0).take())
            .col(col("error_code").string().null().take())
            .col(col("error_message").text().null().take())
            .col(time("created_at"))
            .col(time("updated_at"))
            .col(col("sent_at").timestamp_with_time_zone().null().take())
            .take();
        manager.create_table(mails).await?;
        let key = index("outbox_mails_key", "outbox_mails", &["idempotency_key"]).unique().take();
        manager.create_index(key).await?;
        for (name, columns) in [
            ("outbox_mails_created", ["created_at", "id"].as_slice()),
            ("outbox_mails_status", &["status", "created_at"]),
            ("outbox_mails_about", &["about"]),
        ] {
            manager.create_index(index(name, "outbox_mails", columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["outbox_mails"]).await
    }
}
