//! Column definitions that every table writes alike.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

/// A column.
pub(crate) fn col(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// The `id` of a table: a UUID.
pub(crate) fn id() -> ColumnDef {
    col("id").uuid().not_null().primary_key().take()
}

/// A time that is always there.
pub(crate) fn time(name: &str) -> ColumnDef {
    col(name).timestamp_with_time_zone().not_null().take()
}

/// A text that lists are ordered by: compared byte by byte on both databases, so that both order alike.
pub(crate) fn sort_text(name: &str, backend: DbBackend) -> ColumnDef {
    let mut column = col(name).string().not_null().take();
    if backend == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// An index of `table` over `columns`.
pub(crate) fn index(name: &str, table: &str, columns: &[&str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(Alias::new(table)).take();
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// A foreign key whose rows go with their parent.
pub(crate) fn belongs_to(table: &str, column: &str, parent: &str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(Alias::new(table), Alias::new(column))
        .to(Alias::new(parent), Alias::new("id"))
        .on_delete(ForeignKeyAction::Cascade)
        .take()
}

/// Drops tables, last made first.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(Alias::new(*table)).take()).await?;
    }
    Ok(())
}

/// Runs a statement in words, for what the query builder does not know.
pub(crate) async fn execute(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    let statement = Statement::from_string(manager.get_database_backend(), sql);
    manager.get_connection().execute_raw(statement).await.map(drop)
}
