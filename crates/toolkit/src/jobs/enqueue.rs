//! Enqueueing of jobs.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Job,
    entity::{ActiveModel, Column, Entity, JobStatus, Model},
    events::{JobEvent, JobEventKind, job_topic},
};
use crate::{
    ambient::Ambient,
    db::{Id, Signal, WriteTx},
    error::{Error, Result},
    events,
    telemetry::trace,
    text::input_words,
};

/// A job to enqueue.
#[derive(Debug, Clone)]
pub struct NewJob<I> {
    /// The input of the job.
    pub input: I,
    /// The user who starts it; `None` for the server itself.
    pub owner: Option<Uuid>,
    /// Priority; higher runs first, 0 by default.
    pub priority: i32,
    /// Earliest start time; `None` for at once.
    pub run_at: Option<DateTime<Utc>>,
    /// Idempotency key, unique per owner.
    pub idempotency_key: Option<String>,
}

impl<I> NewJob<I> {
    /// Creates a job of default priority that may run at once.
    pub fn new(input: I, owner: Option<Uuid>) -> Self {
        Self { input, owner, priority: 0, run_at: None, idempotency_key: None }
    }
}

/// An enqueued job.
#[derive(Debug, Clone)]
pub struct Enqueued {
    /// The job.
    pub job: Model,
    /// True if it is new, false if its idempotency key had created it before.
    pub is_new: bool,
}

/// Enqueues a job in the transaction of the rows it concerns; the worker is woken after the commit. A key used before
/// with the same input returns the job created then.
///
/// # Errors
/// [`Error::IdempotencyMismatch`] if the key was used with another input, or if the database fails.
pub async fn enqueue<J: Job>(tx: &mut WriteTx, ambient: &Ambient, new: NewJob<J::Input>) -> Result<Enqueued> {
    let input = serde_json::to_string(&new.input)?;
    let row = row_of::<J>(ambient, &new, input);
    let job = if row.idempotency_key.is_some() {
        let Some(job) = insert_once(tx, ambient, &row).await? else {
            return Ok(Enqueued { job: existing(tx, &row).await?, is_new: false });
        };
        job
    } else {
        let job = Model { last_event: tell(tx, ambient, row.id).await?, ..row };
        Entity::insert(job.clone().into_active_model()).exec_without_returning(&**tx).await?;
        job
    };
    tx.signal(Signal::Jobs);
    Ok(Enqueued { job, is_new: true })
}

/// Inserts a job with a key; `None` if the key was used before.
async fn insert_once(tx: &mut WriteTx, ambient: &Ambient, row: &Model) -> Result<Option<Model>> {
    // "Do nothing" instead of a look before: two requests with one key at the same time both get the one job.
    let inserted = Entity::insert(row.clone().into_active_model())
        .on_conflict(OnConflict::columns([Column::IdempotencyScope, Column::IdempotencyKey]).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    // Only now: of a job that was there before nothing is told.
    let last_event = tell(tx, ambient, row.id).await?;
    let update = ActiveModel { id: Set(row.id), last_event: Set(last_event), ..Default::default() };
    Entity::update(update).exec_without_returning(&**tx).await?;
    Ok(Some(Model { last_event, ..row.clone() }))
}

/// Appends the event of an enqueued job, and returns its id.
async fn tell(tx: &mut WriteTx, ambient: &Ambient, id: Id<Model>) -> Result<i64> {
    // Nobody else knows the job yet.
    tx.hold(job_topic(id).name());
    let event = JobEvent { progress: 0.0, kind: JobEventKind::Queued };
    Ok(events::append(tx, ambient, event.to_new_event(id)?).await?)
}

async fn existing(tx: &WriteTx, row: &Model) -> Result<Model> {
    let existing = Entity::find()
        .filter(Column::IdempotencyScope.eq(row.idempotency_scope.clone()))
        .filter(Column::IdempotencyKey.eq(row.idempotency_key.clone()))
        .one(&**tx)
        .await?
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a job that blocked an insert has gone")))?;
    if existing.kind == row.kind && existing.input_hash == row.input_hash {
        Ok(existing)
    } else {
        Err(Error::IdempotencyMismatch)
    }
}

fn row_of<J: Job>(ambient: &Ambient, new: &NewJob<J::Input>, input: String) -> Model {
    let now = ambient.shared_now();
    let scope = new.owner.map_or_else(|| "system".to_owned(), |owner| owner.to_string());
    Model {
        id: Id::new(ambient),
        kind: J::KIND.to_owned(),
        status: JobStatus::Queued,
        priority: new.priority,
        owner_id: new.owner,
        input_hash: hex::encode(Sha256::digest(input.as_bytes())),
        words: input_words(&[Some(input.clone())]),
        input,
        output: None,
        error_code: None,
        error_message: None,
        progress: 0.0,
        current_step: None,
        stages: "[]".to_owned(),
        attempt: 0,
        failures: 0,
        max_attempts: J::MAX_ATTEMPTS,
        run_at: new.run_at.unwrap_or(now),
        lease: None,
        lease_until: None,
        worker: None,
        cancel_requested: false,
        idempotency_scope: new.idempotency_key.is_some().then_some(scope),
        idempotency_key: new.idempotency_key.clone(),
        last_event: 0,
        trace_parent: trace::current(),
        created_at: now,
        started_at: None,
        completed_at: None,
        updated_at: now,
    }
}
