//! Knowledge: documents in passages, the vectors of passages, and the count of changes that every copy of the server follows.

use sea_orm_migration::prelude::*;

use crate::columns::{belongs_to, col, drop_tables, id, index, sort_text, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        documents(manager).await?;
        passages(manager).await?;
        embeddings(manager).await?;
        log(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["knowledge_log", "knowledge_embeddings", "knowledge_passages", "knowledge_documents"])
            .await
    }
}

async fn documents(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let table = Table::create()
        .table(Alias::new("knowledge_documents"))
        .col(id())
        .col(sort_text("base", backend))
        .col(col("title").string().not_null().take())
        .col(sort_text("title_key", backend))
        .col(col("format").string().not_null().take())
        .col(col("url").text().null().take())
        .col(col("is_system").boolean().not_null().take())
        .col(col("passage_count").integer().not_null().take())
        .col(col("content_hash").string().not_null().take())
        // The change of the log by which it came to be as it is.
        .col(col("revision").big_integer().not_null().take())
        .col(col("added_by").uuid().null().take())
        .col(col("idempotency_key").string().null().take())
        .col(col("input_hash").string().not_null().take())
        .col(time("created_at"))
        .col(time("updated_at"))
        .take();
    manager.create_table(table).await?;
    for (name, columns, is_unique) in [
        ("knowledge_documents_title_in_base", ["base", "title_key"], true),
        ("knowledge_documents_key", ["added_by", "idempotency_key"], true),
        ("knowledge_documents_base", ["base", "id"], false),
        ("knowledge_documents_title", ["title_key", "id"], false),
        ("knowledge_documents_made", ["created_at", "id"], false),
    ] {
        let mut index = index(name, "knowledge_documents", &columns);
        if is_unique {
            index.unique();
        }
        manager.create_index(index).await?;
    }
    Ok(())
}

async fn passages(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("knowledge_passages"))
        .col(id())
        .col(col("document_id").uuid().not_null().take())
        .col(col("position").integer().not_null().take())
        .col(col("heading").text().not_null().take())
        .col(col("text").text().not_null().take())
        .col(col("words").integer().not_null().take())
        .foreign_key(&mut belongs_to("knowledge_passages", "document_id", "knowledge_documents"))
        .take();
    manager.create_table(table).await?;
    let columns = ["document_id", "position", "id"];
    manager.create_index(index("knowledge_passages_document", "knowledge_passages", &columns)).await
}

async fn embeddings(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("knowledge_embeddings"))
        .col(col("passage_id").uuid().not_null().take())
        .col(col("model").string().not_null().take())
        // Numbers of four bytes, the lowest byte first.
        .col(col("vector").binary().not_null().take())
        .primary_key(Index::create().col(Alias::new("passage_id")).col(Alias::new("model")))
        .foreign_key(&mut belongs_to("knowledge_embeddings", "passage_id", "knowledge_passages"))
        .take();
    manager.create_table(table).await
}

/// One row, which every change of a document moves on. Its lock is held to the end of the transaction, so that changes
/// become visible in the order of their numbers.
async fn log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table(Alias::new("knowledge_log"))
        .col(col("id").integer().not_null().primary_key().take())
        .col(col("revision").big_integer().not_null().take())
        .take();
    manager.create_table(table).await?;
    let first = Query::insert()
        .into_table(Alias::new("knowledge_log"))
        .columns(["id", "revision"].map(Alias::new))
        .values_panic([1.into(), 0.into()])
        .take();
    manager.execute(first).await
}
