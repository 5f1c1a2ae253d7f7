//! Users and their password hashes.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let users = Table::create()
            .table(Alias::new("users"))
            .col(id())
            .col(col("email").string().not_null().take())
            .col(col("email_key").string().not_null().take())
            .col(col("full_name").string().not_null().take())
            .col(col("role").string().not_null().take())
            .col(col("is_active").boolean().not_null().default(true).take())
            .col(col("last_login_at").timestamp_with_time_zone().null().take())
            .col(time("created_at"))
            .col(time("updated_at"))
            .take();
        manager.create_table(users).await?;
        manager.create_index(index("users_email", "users", &["email_key"]).unique().take()).await?;
        // Apart from `users`, so that no entity that is a GraphQL type can ever carry a hash.
        let passwords = Table::create()
            .table(Alias::new("user_passwords"))
            .col(col("user_id").uuid().not_null().primary_key().take())
            .col(col("hash").string().not_null().take())
            .col(time("changed_at"))
            .foreign_key(&mut belongs_to("user_passwords", "user_id", "users"))
            .take();
        manager.create_table(passwords).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["user_passwords", "users"]).await
    }
}
