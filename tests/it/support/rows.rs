//! Rows written past the API, for tests that need many, or rows that no research would find.

use chrono::{DateTime, Utc};
use rapport::{
    db::Id,
    domains::{
        customers::{Customer, Listing, Segment},
        intelligence::{Company, FactRow, FactTopic},
    },
    jobs::{JobRow, JobStatus},
};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait, Statement,
};
use uuid::Uuid;

use super::{TestApp, today};

impl TestApp {
    /// Writes rows.
    pub async fn insert<M>(&self, rows: impl IntoIterator<Item = M>)
    where
        M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
        <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    {
        let rows: Vec<_> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
        let tx = self.app.db.begin().await.unwrap();
        M::Entity::insert_many(rows).exec_without_returning(&*tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How many rows a query finds.
    pub async fn count(&self, sql: &str) -> usize {
        let db = self.app.db.reader();
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().len()
    }

    /// A company that nobody has written yet.
    pub fn company(&self, name: &str) -> Company {
        Company {
            id: Id::new(&self.app.ambient),
            name: name.to_owned(),
            name_key: name.to_lowercase(),
            website: None,
            is_sample: false,
            researched_at: today(),
            created_at: today(),
            updated_at: today(),
        }
    }

    /// A customer that nobody has written yet.
    pub fn customer(&self, company: Option<&Company>, name: &str) -> Customer {
        Customer {
            id: Id::new(&self.app.ambient),
            company_id: company.map(|company| company.id),
            name: name.to_owned(),
            name_key: name.to_lowercase(),
            industry: None,
            segment: Segment::Unknown,
            listing: Listing::Unknown,
            ticker: None,
            cik: None,
            exchange: None,
            match_method: None,
            match_confidence: None,
            source_url: None,
            source_title: None,
            source_quote: None,
            is_sample: false,
            first_seen_at: today(),
            last_seen_at: today(),
            created_at: today(),
            updated_at: today(),
        }
    }

    /// A fact that nobody has written yet.
    pub fn fact(&self, company: &Company, topic: FactTopic, rank: i32) -> FactRow {
        FactRow {
            id: Id::new(&self.app.ambient),
            company_id: company.id,
            topic,
            rank,
            name: format!("{topic:?} {rank}"),
            summary: "It is so.".to_owned(),
            details: r#"{"kind":"item","date":null}"#.to_owned(),
            source_url: "https://pages.example/".to_owned(),
            source_title: "A page".to_owned(),
            source_quote: "It says so.".to_owned(),
            found_at: today(),
        }
    }

    /// A job of an unknown kind that nobody has written yet: no worker touches it.
    pub fn job(&self, owner: Option<Uuid>, created_at: DateTime<Utc>) -> JobRow {
        JobRow {
            id: Id::new(&self.app.ambient),
            kind: "of_a_test".to_owned(),
            status: JobStatus::Queued,
            priority: 0,
            owner_id: owner,
            input: "null".to_owned(),
            output: None,
            error_code: None,
            error_message: None,
            progress: 0.0,
            current_step: None,
            stages: "[]".to_owned(),
            attempt: 0,
            max_attempts: 5,
            run_at: created_at,
            lease: None,
            lease_until: None,
            cancel_requested: false,
            idempotency_scope: None,
            idempotency_key: None,
            input_hash: String::new(),
            last_event: 0,
            trace_parent: None,
            created_at,
            started_at: None,
            finished_at: None,
            updated_at: created_at,
        }
    }
}
