//! The job that folds texts written by another release.
//!
//! While two releases run side by side, rows inserted by the older one have no folded text, and rows updated by it keep
//! the old folded text, so searches would miss them or match outdated text.

use sea_orm::{
    ConnectionTrait, DbErr, QueryResult,
    prelude::Uuid,
    sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, UpdateStatement},
};
use serde::{Deserialize, Serialize};

use crate::{
    app::App,
    db::Db,
    jobs::{Context, Job, JobError},
    text::fold,
};

/// Number of rows per batch.
const BATCH: u64 = 500;

/// A text column with its folded column.
struct Texts {
    table: &'static str,
    column: &'static str,
    folded: &'static str,
    /// The rows to check.
    rows: Rows,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// All, because they are updated in place.
    All,
    /// Those without a folded text.
    Missing,
    /// Passages of documents without a folded title: passages are written with their document, and there are many.
    OfDocuments,
}

const fn texts(table: &'static str, column: &'static str, folded: &'static str, rows: Rows) -> Texts {
    Texts { table, column, folded, rows }
}

/// All text columns. Passages come before their documents, by which they are found.
const TEXTS: [Texts; 13] = [
    texts("users", "email", "email_folded", Rows::All),
    texts("users", "full_name", "name_key", Rows::All),
    texts("companies", "name", "name_folded", Rows::All),
    texts("companies", "website", "website_folded", Rows::All),
    texts("customers", "name", "name_folded", Rows::All),
    texts("customers", "industry", "industry_folded", Rows::All),
    texts("leads", "email", "email_folded", Rows::All),
    texts("leads", "name", "name_key", Rows::All),
    texts("api_keys", "name", "name_folded", Rows::Missing),
    texts("outbox_mails", "to_address", "to_folded", Rows::Missing),
    texts("knowledge_passages", "heading", "heading_folded", Rows::OfDocuments),
    texts("knowledge_passages", "text", "text_folded", Rows::OfDocuments),
    texts("knowledge_documents", "title", "title_folded", Rows::Missing),
];

/// Folds texts written by another release.
#[derive(Debug)]
pub struct FoldTexts(pub App);

/// The number of folded texts.
#[derive(Debug, Serialize, Deserialize)]
pub struct FoldedTexts {
    texts: u64,
}

impl Job for FoldTexts {
    const KIND: &'static str = "fold_texts";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = FoldedTexts;

    async fn run(&self, _ctx: Context, (): ()) -> Result<FoldedTexts, JobError> {
        let mut folded = 0;
        for texts in &TEXTS {
            folded += texts.fold(&self.0.db).await?;
        }
        Ok(FoldedTexts { texts: folded })
    }

    fn summary(output: &FoldedTexts) -> String {
        format!("Folded {} texts that another release wrote.", output.texts)
    }
}

/// A text with a wrong folded text.
struct Wrong {
    id: Uuid,
    text: Option<String>,
}

impl Texts {
    /// Folds texts page by page, and returns their number.
    async fn fold(&self, db: &Db) -> Result<u64, DbErr> {
        let (mut last, mut count) = (None, 0);
        loop {
            let rows = db.reader().query_all(&self.page(last)).await?;
            let Some(end) = rows.last() else { return Ok(count) };
            last = Some(end.try_get("", "id")?);
            let mut wrong = Vec::new();
            for row in &rows {
                wrong.extend(self.wrong(row)?);
            }
            if wrong.is_empty() {
                continue;
            }
            let tx = db.begin().await?;
            for wrong in &wrong {
                count += tx.execute(&self.update(wrong)).await?.rows_affected();
            }
            tx.commit().await?;
        }
    }

    fn page(&self, last: Option<Uuid>) -> SelectStatement {
        let mut page = Query::select()
            .columns([Alias::new("id"), Alias::new(self.column), Alias::new(self.folded)])
            .from(Alias::new(self.table))
            .order_by(Alias::new("id"), Order::Asc)
            .limit(BATCH)
            .take();
        if let Some(last) = last {
            page.and_where(name("id").gt(last));
        }
        if self.rows != Rows::All {
            page.and_where(name(self.folded).eq("")).and_where(name(self.column).ne(""));
        }
        if self.rows == Rows::OfDocuments {
            let documents = Query::select()
                .column(Alias::new("id"))
                .from(Alias::new("knowledge_documents"))
                .and_where(name("title_folded").eq(""))
                .take();
            page.and_where(name("document_id").in_subquery(documents));
        }
        page
    }

    fn wrong(&self, row: &QueryResult) -> Result<Option<Wrong>, DbErr> {
        let text: Option<String> = row.try_get("", self.column)?;
        let folded: Option<String> = row.try_get("", self.folded)?;
        let is_wrong = text.as_deref().map(fold) != folded;
        let id = row.try_get("", "id")?;
        Ok(is_wrong.then_some(Wrong { id, text }))
    }

    /// Returns the update, which skips a text that was changed since it was read.
    fn update(&self, wrong: &Wrong) -> UpdateStatement {
        let Wrong { id, text } = wrong;
        let is_same = match text {
            Some(text) => name(self.column).eq(text.as_str()),
            None => name(self.column).is_null(),
        };
        Query::update()
            .table(Alias::new(self.table))
            .value(Alias::new(self.folded), text.as_deref().map(fold))
            .and_where(name("id").eq(*id))
            .and_where(is_same)
            .take()
    }
}

fn name(column: &'static str) -> Expr {
    Expr::col(Alias::new(column))
}
