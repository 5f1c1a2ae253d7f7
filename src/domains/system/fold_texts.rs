//! The job that folds texts written by another release.
//!
//! While two releases run side by side, rows inserted by the older one have no folded text, and rows updated by it keep
//! the old folded text, so searches would miss them or match outdated text. Migrations add such columns empty and leave
//! the rows to this job, which is enqueued after them ([`fold_after_migrating`]) and may be stopped at any row.

use sea_orm::{
    ConnectionTrait, DbErr, QueryResult,
    prelude::Uuid,
    sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, UpdateStatement},
};
use serde::{Deserialize, Serialize};

use crate::{
    ambient::Ambient,
    app::App,
    db::Db,
    domains::customers,
    error::Result,
    jobs::{Context, Job, JobError, NewJob, enqueue},
    text::{chat_words, fold, input_words, text_words},
};

/// Number of rows per batch.
const BATCH: u64 = 500;

/// Text columns with the column of their folded text.
struct Texts {
    table: &'static str,
    columns: &'static [&'static str],
    folded: &'static str,
    /// The folded form of the texts.
    form: fn(&[Option<String>]) -> Option<String>,
    /// The rows to check.
    rows: Rows,
}

#[derive(Clone, Copy)]
enum Rows {
    /// All, because they are updated in place.
    All,
    /// Those without a folded text.
    Missing,
    /// Those without a folded text, and those that match this condition, because only they are updated in place.
    MissingOr(fn() -> Expr),
    /// Passages of documents without a folded title: passages are written with their document, and there are many.
    OfDocuments,
}

const fn text(table: &'static str, column: &'static [&'static str; 1], folded: &'static str, rows: Rows) -> Texts {
    Texts { table, columns: column, folded, form: |texts| texts.first()?.as_deref().map(fold), rows }
}

/// All text columns. Passages come before their documents, by which they are found.
const TEXTS: [Texts; 16] = [
    text("users", &["email"], "email_folded", Rows::All),
    text("users", &["full_name"], "name_key", Rows::All),
    text("companies", &["name"], "name_folded", Rows::All),
    text("companies", &["website"], "website_folded", Rows::All),
    text("customers", &["name"], "name_folded", Rows::All),
    text("customers", &["industry"], "industry_folded", Rows::All),
    text("leads", &["email"], "email_folded", Rows::All),
    text("leads", &["name"], "name_key", Rows::All),
    text("api_keys", &["name"], "name_folded", Rows::Missing),
    text("outbox_mails", &["to_address"], "to_folded", Rows::Missing),
    text("knowledge_passages", &["heading"], "heading_folded", Rows::OfDocuments),
    text("knowledge_passages", &["text"], "text_folded", Rows::OfDocuments),
    text("knowledge_documents", &["title"], "title_folded", Rows::Missing),
    Texts {
        table: "jobs",
        columns: &["input"],
        folded: "words",
        form: |texts| Some(input_words(texts)),
        rows: Rows::Missing,
    },
    Texts {
        table: "signals",
        columns: &["summary", "person_name", "person_role", "sentence"],
        folded: "words",
        form: |texts| Some(text_words(texts)),
        // A language model has completed what the rules found.
        rows: Rows::MissingOr(|| name("extracted_by").eq("BOTH")),
    },
    Texts {
        table: "chat_sessions",
        columns: &["metadata", "collected"],
        folded: "words",
        form: |texts| Some(chat_words(texts)),
        // Something was collected since the session began.
        rows: Rows::MissingOr(|| name("collected").ne("{}")),
    },
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
        folded += customers::index_missing(&self.0.db).await?;
        Ok(FoldedTexts { texts: folded })
    }

    fn summary(output: &FoldedTexts) -> String {
        format!("Folded {} texts that another release wrote.", output.texts)
    }
}

/// Enqueues the job once after migrations were applied, for rows that they could not fill.
///
/// # Errors
/// If the database fails.
pub async fn fold_after_migrating(db: &Db, ambient: &Ambient) -> Result<()> {
    let mut tx = db.begin().await?;
    enqueue::<FoldTexts>(&mut tx, ambient, NewJob::new((), None)).await?;
    Ok(tx.commit().await?)
}

/// Texts with a wrong folded text.
struct Wrong {
    id: Uuid,
    texts: Vec<Option<String>>,
    folded: Option<String>,
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
            .columns(["id", self.folded].iter().chain(self.columns).map(|column| Alias::new(*column)))
            .from(Alias::new(self.table))
            .order_by(Alias::new("id"), Order::Asc)
            .limit(BATCH)
            .take();
        if let Some(last) = last {
            page.and_where(name("id").gt(last));
        }
        match self.rows {
            Rows::All => {}
            Rows::Missing => {
                page.and_where(self.is_missing());
            }
            Rows::MissingOr(is_updated) => {
                page.and_where(self.is_missing().or(is_updated()));
            }
            Rows::OfDocuments => {
                let documents = Query::select()
                    .column(Alias::new("id"))
                    .from(Alias::new("knowledge_documents"))
                    .and_where(name("title_folded").eq(""))
                    .take();
                page.and_where(self.is_missing()).and_where(name("document_id").in_subquery(documents));
            }
        }
        page
    }

    /// Returns the condition that a row has a text and no folded text.
    fn is_missing(&self) -> Expr {
        let is_empty = name(self.folded).eq("");
        match self.columns.first() {
            Some(column) => is_empty.and(name(column).ne("")),
            None => is_empty,
        }
    }

    fn wrong(&self, row: &QueryResult) -> Result<Option<Wrong>, DbErr> {
        let texts: Vec<Option<String>> =
            self.columns.iter().map(|column| row.try_get("", column)).collect::<Result<_, _>>()?;
        let (present, folded): (Option<String>, _) = (row.try_get("", self.folded)?, (self.form)(&texts));
        let id = row.try_get("", "id")?;
        Ok((folded != present).then_some(Wrong { id, texts, folded }))
    }

    /// Returns the update, which skips a row whose texts were changed since they were read.
    fn update(&self, wrong: &Wrong) -> UpdateStatement {
        let Wrong { id, texts, folded } = wrong;
        let mut update = Query::update()
            .table(Alias::new(self.table))
            .value(Alias::new(self.folded), folded.clone())
            .and_where(name("id").eq(*id))
            .take();
        for (column, text) in self.columns.iter().zip(texts) {
            update.and_where(match text {
                Some(text) => name(column).eq(text.as_str()),
                None => name(column).is_null(),
            });
        }
        update
    }
}

fn name(column: &'static str) -> Expr {
    Expr::col(Alias::new(column))
}
