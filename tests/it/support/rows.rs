//! Rows written past the API, for tests that need many, or rows that no research would find.

use chrono::{DateTime, Utc};
use rapport::{
    ambient::Ambient,
    db::Id,
    domains::{
        NotificationKind,
        activity::{Interaction, Note, SubjectRef, Task, TimelineEntry, TimelineKind},
        customers::{Contract, Customer, CustomerContact},
        identity::User,
        intelligence::{
            Company, FactRow, FactTopic,
            filings::{Opportunity, SignalType},
        },
        leads::{Lead, LeadSource, LeadStatus},
        notifications::Notification,
        signals::{ExtractedBy, Signal, SignalReport},
    },
    jobs::{JobRow, JobStatus},
    text::fold,
};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait, Statement,
};
use uuid::Uuid;

use super::{TestApp, today};

/// A company that nobody has written yet.
pub fn company(ambient: &Ambient, name: &str) -> Company {
    Company {
        id: Id::new(ambient),
        name: name.to_owned(),
        name_key: name.to_lowercase(),
        name_folded: fold(name),
        website: None,
        website_folded: None,
        is_sample: false,
        researched_at: today(),
        created_at: today(),
        updated_at: today(),
    }
}

/// A customer that nobody has written yet.
pub fn customer(ambient: &Ambient, company: Option<&Company>, name: &str) -> Customer {
    Customer {
        id: Id::new(ambient),
        company_id: company.map(|company| company.id),
        name: name.to_owned(),
        name_key: name.to_lowercase(),
        name_folded: fold(name),
        version: 1,
        first_seen_at: Some(today()),
        last_seen_at: Some(today()),
        created_at: today(),
        updated_at: today(),
        ..Customer::default()
    }
}

impl TestApp {
    /// Writes rows.
    pub async fn insert<M>(&self, rows: impl IntoIterator<Item = M>)
    where
        M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
        <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    {
        let rows: Vec<_> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
        let tx = self.app.db.begin().await.unwrap();
        // A statement of SQLite takes 32,766 values.
        for rows in rows.chunks(500) {
            M::Entity::insert_many(rows.to_vec()).exec_without_returning(&*tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// How many rows a query finds.
    pub async fn count(&self, sql: &str) -> usize {
        let db = self.app.db.reader();
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().len()
    }

    /// A company that nobody has written yet.
    pub fn company(&self, name: &str) -> Company {
        company(&self.app.ambient, name)
    }

    /// A customer that nobody has written yet.
    pub fn customer(&self, company: Option<&Company>, name: &str) -> Customer {
        customer(&self.app.ambient, company, name)
    }

    /// A contact of a customer that nobody has written yet.
    pub fn contact(&self, customer: &Customer, name: &str) -> CustomerContact {
        CustomerContact {
            id: Id::new(&self.app.ambient),
            customer_id: customer.id,
            name: name.to_owned(),
            name_key: fold(name),
            email: Some("dana@example.com".to_owned()),
            email_folded: Some("dana@example.com".to_owned()),
            is_primary: true,
            version: 1,
            created_at: today(),
            updated_at: today(),
            ..CustomerContact::default()
        }
    }

    /// A contract term of a customer that nobody has written yet.
    pub fn contract(&self, customer: &Customer) -> Contract {
        Contract {
            id: Id::new(&self.app.ambient),
            customer_id: customer.id,
            starts_on: today().date_naive(),
            ends_on: Some(today().date_naive() + chrono::TimeDelta::days(364)),
            value_minor: Some(1_200_000),
            value_currency: Some("EUR".to_owned()),
            version: 1,
            created_at: today(),
            updated_at: today(),
            ..Contract::default()
        }
    }

    /// An interaction that nobody has written yet.
    pub fn interaction(&self, subject: SubjectRef, summary: &str) -> Interaction {
        Interaction {
            id: Id::new(&self.app.ambient),
            subject_kind: subject.kind,
            subject_id: subject.id,
            occurred_at: today(),
            summary: Some(summary.to_owned()),
            words: fold(summary),
            participants: "[]".to_owned(),
            version: 1,
            recorded_at: today(),
            updated_at: today(),
            ..Interaction::default()
        }
    }

    /// A task that nobody has written yet.
    pub fn task(&self, subject: SubjectRef, title: &str) -> Task {
        Task {
            id: Id::new(&self.app.ambient),
            subject_kind: subject.kind,
            subject_id: subject.id,
            title: title.to_owned(),
            words: fold(title),
            due_on: Some(today().date_naive()),
            deadline_at: Some(today() + chrono::TimeDelta::hours(15)),
            version: 1,
            created_at: today(),
            updated_at: today(),
            ..Task::default()
        }
    }

    /// A note that nobody has written yet.
    pub fn note(&self, subject: SubjectRef, text: &str) -> Note {
        Note {
            id: Id::new(&self.app.ambient),
            subject_kind: subject.kind,
            subject_id: subject.id,
            text: text.to_owned(),
            words: fold(text),
            version: 1,
            created_at: today(),
            updated_at: today(),
            ..Note::default()
        }
    }

    /// The entry of an interaction in a timeline that nobody has written yet.
    pub fn timeline_entry(&self, interaction: &Interaction) -> TimelineEntry {
        TimelineEntry {
            id: Id::new(&self.app.ambient),
            subject_kind: interaction.subject_kind,
            subject_id: interaction.subject_id,
            occurred_at: interaction.occurred_at,
            kind: TimelineKind::Interaction,
            ref_id: interaction.id.uuid(),
            ..TimelineEntry::default()
        }
    }

    /// A signal that nobody has written yet, of a company's customer; `key` tells it from the customer's others.
    pub fn signal(&self, customer: &Customer, key: &str) -> Signal {
        let signal = Signal {
            id: Id::new(&self.app.ambient),
            customer_id: customer.id,
            company_id: customer.company_id.unwrap(),
            event_key: key.to_owned(),
            kind: SignalType::CyberIncident,
            opportunity: Opportunity::NewBusiness,
            strength: 0.85,
            urgency: 0.5,
            value_low: None,
            value_high: None,
            value_currency: None,
            value_assumption: None,
            person_name: None,
            person_role: None,
            person_direction: None,
            person_effective: None,
            summary: "It reports a cyber incident.".to_owned(),
            summary_model: None,
            extracted_by: ExtractedBy::Rules,
            extraction_model: None,
            quotes: None,
            accession: "0001234567-26-000001".to_owned(),
            item: "1.05".to_owned(),
            sentence: "It was attacked.".to_owned(),
            url: "https://pages.example/report.htm".to_owned(),
            filed_at: today(),
            amends_id: None,
            is_sample: false,
            job_id: Id::from_uuid(Uuid::nil()),
            detected_at: today(),
            words: String::new(),
        };
        signal.searchable()
    }

    /// A report on a signal that nobody has written yet.
    pub fn report(&self, signal: &Signal, persona: &str) -> SignalReport {
        SignalReport {
            id: Id::new(&self.app.ambient),
            signal_id: signal.id,
            rank: 0,
            persona: persona.to_owned(),
            fact_id: None,
            headline: "News".to_owned(),
            why_it_matters: "It does.".to_owned(),
            talking_points: "[]".to_owned(),
            recommended_action: "Call.".to_owned(),
            draft_message: "Hello.".to_owned(),
            model: None,
            is_provisional: false,
            created_at: today(),
        }
    }

    /// A fact that nobody has written yet.
    pub fn fact(&self, company: &Company, topic: FactTopic, rank: i32) -> FactRow {
        FactRow {
            id: Id::new(&self.app.ambient),
            company_id: company.id,
            topic,
            rank,
            place: topic.place(rank),
            name: format!("{topic:?} {rank}"),
            summary: "It is so.".to_owned(),
            details: r#"{"kind":"item","date":null}"#.to_owned(),
            source_url: "https://pages.example/".to_owned(),
            source_title: "A page".to_owned(),
            source_quote: "It says so.".to_owned(),
            found_at: today(),
            superseded_at: None,
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
            words: String::new(),
            output: None,
            error_code: None,
            error_message: None,
            progress: 0.0,
            current_step: None,
            stages: "[]".to_owned(),
            attempt: 0,
            failures: 0,
            max_attempts: 5,
            run_at: created_at,
            lease: None,
            lease_until: None,
            worker: None,
            cancel_requested: false,
            idempotency_scope: None,
            idempotency_key: None,
            input_hash: String::new(),
            last_event: 0,
            trace_parent: None,
            created_at,
            started_at: None,
            completed_at: None,
            updated_at: created_at,
        }
    }

    /// An unread notification of an unknown job that nobody has written yet.
    pub fn notification(&self, user: Id<User>) -> Notification {
        Notification {
            id: Id::new(&self.app.ambient),
            user_id: user,
            kind: NotificationKind::JobCompleted.as_str().to_owned(),
            subject_id: Id::<JobRow>::new(&self.app.ambient).to_string(),
            group_key: None,
            count: 1,
            event_id: 0,
            actor_id: None,
            created_at: today(),
            updated_at: today(),
            seen_at: None,
            read_at: None,
            archived_at: None,
        }
    }

    /// A lead that nobody has written yet.
    pub fn lead(&self, name: &str, assigned_to: Option<Id<User>>) -> Lead {
        Lead {
            id: Id::new(&self.app.ambient),
            name: name.to_owned(),
            name_key: fold(name),
            email: None,
            email_folded: None,
            phone: None,
            source: LeadSource::Manual,
            source_detail: None,
            status: LeadStatus::New,
            income_minor: None,
            income_currency: None,
            income_period: None,
            details: "[]".to_owned(),
            session_id: None,
            assigned_to_id: assigned_to,
            version: 1,
            created_at: today(),
            updated_at: today(),
        }
    }
}
