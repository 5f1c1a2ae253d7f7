//! Files with their download links, the uploads under way, and how much each user uploaded on a day.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_files(manager).await?;
        create_links(manager).await?;
        create_uploads(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["file_usage", "file_uploads", "download_link_secrets", "download_links", "files"];
        drop_tables(manager, &tables).await
    }
}

async fn create_files(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let files = Table::create()
        .table(Alias::new("files"))
        .col(id())
        .col(col("owner_id").uuid().not_null().take())
        .col(col("purpose").string().not_null().take())
        .col(col("name").string().not_null().take())
        .col(col("name_folded").string().not_null().take())
        .col(col("format").string().not_null().take())
        .col(col("size").integer().not_null().take())
        .col(col("sha256").string().not_null().take())
        .col(col("store_key").string().not_null().take())
        .col(time("created_at"))
        .col(col("expires_at").timestamp_with_time_zone().null().take())
        .col(col("used_by").string().null().take())
        .foreign_key(&mut belongs_to("files", "owner_id", "users"))
        .take();
    manager.create_table(files).await?;
    manager.create_index(index("files_key", "files", &["store_key"]).unique().take()).await?;
    for (name, columns) in [
        ("files_owner", ["owner_id", "created_at", "id"].as_slice()),
        ("files_created", &["created_at", "id"]),
        ("files_size", &["size", "id"]),
        ("files_expires", &["expires_at", "id"]),
        ("files_used", &["used_by"]),
    ] {
        manager.create_index(index(name, "files", columns)).await?;
    }
    Ok(())
}

async fn create_links(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let links = Table::create()
        .table(Alias::new("download_links"))
        .col(id())
        .col(col("file_id").uuid().not_null().take())
        .col(col("owner_id").uuid().not_null().take())
        .col(time("created_at"))
        .col(time("expires_at"))
        .col(col("last_used_at").timestamp_with_time_zone().null().take())
        .col(col("revoked_at").timestamp_with_time_zone().null().take())
        .foreign_key(&mut belongs_to("download_links", "file_id", "files"))
        .take();
    manager.create_table(links).await?;
    manager.create_index(index("download_links_file", "download_links", &["file_id", "created_at"])).await?;
    manager.create_index(index("download_links_expires", "download_links", &["expires_at"])).await?;
    // Apart, so that no entity that is a GraphQL type can ever carry a hash.
    let secrets = Table::create()
        .table(Alias::new("download_link_secrets"))
        .col(col("download_link_id").uuid().not_null().primary_key().take())
        .col(col("hash").string().not_null().take())
        .foreign_key(&mut belongs_to("download_link_secrets", "download_link_id", "download_links"))
        .take();
    manager.create_table(secrets).await?;
    manager.create_index(index("download_link_secrets_hash", "download_link_secrets", &["hash"]).unique().take()).await
}

async fn create_uploads(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let uploads = Table::create()
        .table(Alias::new("file_uploads"))
        .col(id())
        .col(col("owner_id").uuid().not_null().take())
        .col(col("day").string().not_null().take())
        .col(col("bytes").big_integer().not_null().take())
        .col(col("store_key").string().not_null().take())
        .col(time("created_at"))
        .take();
    manager.create_table(uploads).await?;
    manager.create_index(index("file_uploads_owner", "file_uploads", &["owner_id"])).await?;
    manager.create_index(index("file_uploads_key", "file_uploads", &["store_key"])).await?;
    let usage = Table::create()
        .table(Alias::new("file_usage"))
        .col(col("owner_id").uuid().not_null().take())
        .col(col("day").string().not_null().take())
        .col(col("bytes").big_integer().not_null().take())
        .primary_key(Index::create().col(Alias::new("owner_id")).col(Alias::new("day")))
        .take();
    manager.create_table(usage).await
}
