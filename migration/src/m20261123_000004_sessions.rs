//! Sign-ins, each with the one refresh token that is good now.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sessions = Table::create()
            .table(Alias::new("sessions"))
            .col(id())
            .col(col("user_id").uuid().not_null().take())
            .col(col("generation").integer().not_null().take())
            .col(col("token_hash").string().not_null().take())
            .col(time("rotated_at"))
            .col(time("expires_at"))
            .col(col("ended_at").timestamp_with_time_zone().null().take())
            .col(col("address").string().null().take())
            .col(time("created_at"))
            .foreign_key(&mut belongs_to("sessions", "user_id", "users"))
            .take();
        manager.create_table(sessions).await?;
        manager.create_index(index("sessions_user", "sessions", &["user_id", "ended_at"])).await?;
        manager.create_index(index("sessions_expiry", "sessions", &["expires_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["sessions"]).await
    }
}
