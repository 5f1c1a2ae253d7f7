//! The forms in which texts are searched and told apart: columns for them, and rows written before brought into them. And
//! when the last refresh tokens of a session were used.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, QueryResult, prelude::Uuid},
};

use crate::{
    columns::col,
    folding::{audit_words, fold, identity_key, mail_key},
    m20261123_000006_audit::forbid_changes,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Columns with the folded text of another: the table, the column, where it stands folded, and whether it may be absent.
const FOLDED: [(&str, &str, &str, bool); 11] = [
    ("users", "email", "email_folded", false),
    ("api_keys", "name", "name_folded", false),
    ("companies", "name", "name_folded", false),
    ("companies", "website", "website_folded", true),
    ("customers", "name", "name_folded", false),
    ("customers", "industry", "industry_folded", true),
    ("leads", "email", "email_folded", true),
    ("outbox_mails", "to_address", "to_folded", false),
    ("knowledge_documents", "title", "title_folded", false),
    ("knowledge_passages", "heading", "heading_folded", false),
    ("knowledge_passages", "text", "text_folded", false),
];
/// Rows that are read at a time.
const BATCH: u64 = 500;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "sessions", col("uses").string().not_null().default("[]").take()).await?;
        for (table, column, folded, is_optional) in FOLDED {
            add_column(manager, table, text(folded, is_optional)).await?;
            fill(manager, table, column, folded, fold).await?;
        }
        // By these lists are ordered, and they are searched too.
        fill(manager, "users", "full_name", "name_key", fold).await?;
        fill(manager, "leads", "name", "name_key", fold).await?;
        fill_unique(manager, "users", "email", "email_key", mail_key).await?;
        fill_unique(manager, "knowledge_documents", "title", "title_key", identity_key).await?;
        fill_audit_log(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "audit_log", "words").await?;
        for (table, _, folded, _) in FOLDED {
            drop_column(manager, table, folded).await?;
        }
        drop_column(manager, "sessions", "uses").await
    }
}

pub(crate) fn text(name: &str, is_optional: bool) -> ColumnDef {
    let mut column = col(name).text().take();
    if is_optional { column.null().take() } else { column.not_null().default("").take() }
}

/// Brings what stands in `column` of each row into the column `target`.
async fn fill(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    target: &str,
    form: fn(&str) -> String,
) -> Result<(), DbErr> {
    let mut last = None;
    while let Some(rows) = page(manager, table, &[column], last).await? {
        for row in &rows {
            let id = row.try_get("", "id")?;
            if let Some(text) = row.try_get::<Option<String>>("", column)? {
                set(manager, table, (target, form(&text)), id).await?;
            }
            last = Some(id);
        }
    }
    Ok(())
}

/// The same for a column whose values are unique. Of rows that become alike the first keeps the form that it had.
async fn fill_unique(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    target: &str,
    form: fn(&str) -> String,
) -> Result<(), DbErr> {
    let mut last = None;
    while let Some(rows) = page(manager, table, &[column, target], last).await? {
        for row in &rows {
            let id = row.try_get("", "id")?;
            let (text, present): (String, String) = (row.try_get("", column)?, row.try_get("", target)?);
            let key = form(&text);
            // A key that was not made of the text, as of users who were deleted, stays.
            let is_made = present == old_key(&text);
            if is_made && key != present && !is_taken(manager, table, (target, &key)).await? {
                set(manager, table, (target, key), id).await?;
            }
            last = Some(id);
        }
    }
    Ok(())
}

async fn is_taken(manager: &SchemaManager<'_>, table: &str, (column, key): (&str, &str)) -> Result<bool, DbErr> {
    let same = Query::select().column(Alias::new("id")).from(Alias::new(table)).and_where(name(column).eq(key)).take();
    Ok(manager.get_connection().query_one(&same).await?.is_some())
}

/// The keys of before: in lower case, with single spaces.
fn old_key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

async fn fill_audit_log(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    add_column(manager, "audit_log", text("words", false)).await?;
    allow_changes(manager).await?;
    let columns = ["action", "subject_name", "subject_id", "reason", "before", "after"];
    let mut last = None;
    while let Some(rows) = page(manager, "audit_log", &columns, last).await? {
        for row in &rows {
            let id = row.try_get("", "id")?;
            set(manager, "audit_log", ("words", words_of(row)?), id).await?;
            last = Some(id);
        }
    }
    forbid_changes(manager).await
}

fn words_of(row: &QueryResult) -> Result<String, DbErr> {
    let text = |column| Ok::<_, DbErr>(row.try_get::<Option<String>>("", column)?.unwrap_or_default());
    let said = [text("action")?, text("subject_name")?, text("subject_id")?, text("reason")?];
    let states = [text("before")?, text("after")?].map(|state| serde_json::from_str(&state).ok());
    Ok(audit_words(&said.each_ref().map(String::as_str), &states.each_ref().map(Option::as_ref)))
}

/// Lets rows of the audit log be changed, until [`forbid_changes`] is called again.
async fn allow_changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let statements: &[&str] = match manager.get_database_backend() {
        DbBackend::Postgres => &["DROP TRIGGER audit_log_no_change ON audit_log"],
        _ => &[
            "DROP TRIGGER audit_log_no_update",
            "DROP TRIGGER audit_log_no_delete",
            "DROP TRIGGER audit_log_no_replace",
        ],
    };
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// The rows of `table` after the one with the id `last`, so many at a time; `None` when there are no more.
async fn page(
    manager: &SchemaManager<'_>,
    table: &str,
    columns: &[&str],
    last: Option<Uuid>,
) -> Result<Option<Vec<QueryResult>>, DbErr> {
    let mut page = Query::select()
        .column(Alias::new("id"))
        .columns(columns.iter().map(|column| Alias::new(*column)))
        .from(Alias::new(table))
        .order_by(Alias::new("id"), Order::Asc)
        .limit(BATCH)
        .take();
    if let Some(last) = last {
        page.and_where(name("id").gt(last));
    }
    let rows = manager.get_connection().query_all(&page).await?;
    Ok(Some(rows).filter(|rows| !rows.is_empty()))
}

async fn set(manager: &SchemaManager<'_>, table: &str, (column, text): (&str, String), id: Uuid) -> Result<(), DbErr> {
    let update =
        Query::update().table(Alias::new(table)).value(Alias::new(column), text).and_where(name("id").eq(id)).take();
    manager.execute(update).await
}

fn name(column: &str) -> Expr {
    Expr::col(Alias::new(column))
}

pub(crate) async fn add_column(manager: &SchemaManager<'_>, table: &str, mut column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).add_column(&mut column).take()).await
}

pub(crate) async fn drop_column(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).drop_column(Alias::new(column)).take()).await
}
