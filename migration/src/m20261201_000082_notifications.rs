//! Notifications: what users were told of.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "notifications";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Compared byte by byte, so that all writers lock the rows of a user in one order.
        let mut group_key = col("group_key").string().null().take();
        if manager.get_database_backend() == DbBackend::Postgres {
            group_key.extra("COLLATE \"C\"");
        }
        let table = Table::create()
            .table(Alias::new(TABLE))
            .col(id())
            .col(col("user_id").uuid().not_null().take())
            .col(col("kind").string().not_null().take())
            .col(col("subject_id").string().not_null().take())
            // Of one that waits for repetitions; null since it was read, so that the next one is a row of its own.
            .col(group_key)
            .col(col("count").integer().not_null().default(1).take())
            .col(col("event_id").big_integer().not_null().take())
            .col(col("actor_id").uuid().null().take())
            .col(time("created_at"))
            .col(time("updated_at"))
            .col(col("seen_at").timestamp_with_time_zone().null().take())
            .col(col("read_at").timestamp_with_time_zone().null().take())
            .col(col("archived_at").timestamp_with_time_zone().null().take())
            .foreign_key(&mut belongs_to(TABLE, "user_id", "users"))
            .take();
        manager.create_table(table).await?;
        let group = ["user_id", "group_key"];
        manager.create_index(index("notifications_group", TABLE, &group).unique().take()).await?;
        for (name, columns) in [
            ("notifications_updated", ["user_id", "updated_at", "id"].as_slice()),
            ("notifications_created", &["user_id", "created_at", "id"]),
            ("notifications_unread", &["user_id", "read_at", "kind"]),
            ("notifications_unseen", &["user_id", "seen_at", "kind"]),
            ("notifications_kind", &["user_id", "kind", "updated_at"]),
            ("notifications_subject", &["user_id", "subject_id"]),
            ("notifications_key", &["group_key"]),
            ("notifications_age", &["read_at", "updated_at"]),
        ] {
            manager.create_index(index(name, TABLE, columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[TABLE]).await
    }
}
