//! The job that embeds passages.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{OnConflict, Query},
};
use serde::{Deserialize, Serialize};

use super::{
    Knowledge, document,
    embedding::{self, bytes, embedded},
    passage, scale, writing,
};
use crate::{
    app::App,
    clients::llm::LlmError,
    db::{Id, WriteTx},
    error::{Error, ErrorCode, Result},
    jobs::{self, Context, Failure, Job, JobColumn, JobEntity, JobError, JobStatus, NewJob},
};

/// Number of passages per request to the provider and per transaction.
const BATCH: u64 = 64;

/// Creates missing vectors of passages.
#[derive(Debug)]
pub struct EmbedPassages(pub Knowledge);

/// The input of the job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmbedInput {
    /// Provider and name of the model.
    model: String,
}

/// The result of the job.
#[derive(Debug, Serialize, Deserialize)]
pub struct Embedded {
    /// Number of embedded passages.
    passages: usize,
}

impl Job for EmbedPassages {
    const KIND: &'static str = "embed_passages";
    const MAX_ATTEMPTS: i32 = 8;
    const CONCURRENCY: usize = 1;
    type Input = EmbedInput;
    type Output = Embedded;

    async fn run(&self, ctx: Context, input: EmbedInput) -> Result<Embedded, JobError> {
        let mut passages = 0;
        // After a change of the settings the work for the model of before is not worth its price.
        let Some(embedder) = self.0.embedder().filter(|embedder| embedder.model() == input.model) else {
            return Ok(Embedded { passages });
        };
        let app = self.0.app();
        if embedder.is_unmeasured(app).await? {
            let (texts, questions) = scale::texts()?;
            let vectors = embedder.vectors(&texts).await.map_err(failed)?;
            scale::keep(app, embedder.model(), vectors, questions).await?;
        }
        loop {
            let batch = lacking(app, embedder.model(), BATCH).await?;
            if batch.is_empty() {
                return Ok(Embedded { passages });
            }
            let titles = titles(app, &batch).await?;
            let title = |passage: &passage::Model| titles.get(&passage.document_id).map(String::as_str);
            let texts = batch
                .iter()
                .map(|passage| embedded(title(passage).unwrap_or_default(), &passage.heading, &passage.text));
            let texts: Vec<_> = texts.collect();
            let vectors = embedder.vectors(&texts).await.map_err(failed)?;
            passages += vectors.len();
            tracing::debug!(job = %ctx.id(), passages, "passages got their vectors");
            write(app, embedder.model(), &batch, vectors).await?;
        }
    }

    fn summary(output: &Embedded) -> String {
        format!("{} passages got a vector.", output.passages)
    }
}

/// Returns the titles of the passages' documents.
async fn titles(app: &App, passages: &[passage::Model]) -> Result<HashMap<Id<document::Model>, String>> {
    let ids: BTreeSet<_> = passages.iter().map(|passage| passage.document_id).collect();
    let documents = document::Entity::find().filter(document::Column::Id.is_in(ids)).all(app.db.reader()).await?;
    Ok(documents.into_iter().map(|document| (document.id, document.title)).collect())
}

/// Returns passages without a vector of `model`.
async fn lacking(app: &App, model: &str, limit: u64) -> Result<Vec<passage::Model>> {
    let with = Query::select()
        .column(embedding::Column::PassageId)
        .from(embedding::Entity)
        .cond_where(Condition::all().add(embedding::Column::Model.eq(model)))
        .to_owned();
    let without = passage::Entity::find().filter(passage::Column::Id.not_in_subquery(with));
    Ok(without.order_by_asc(passage::Column::Id).limit(limit).all(app.db.reader()).await?)
}

/// Stores vectors and advances the revision for all server processes. Passages deleted meanwhile are skipped.
async fn write(app: &App, model: &str, batch: &[passage::Model], vectors: Vec<Vec<f32>>) -> Result<()> {
    let tx = app.db.begin().await?;
    let revision = writing::advance(&tx).await?;
    let ids = batch.iter().map(|passage| passage.id);
    let still_there = passage::Entity::find().filter(passage::Column::Id.is_in(ids)).all(&*tx).await?;
    let still_there: BTreeSet<_> = still_there.into_iter().map(|passage| passage.id).collect();
    let kept: Vec<_> = batch.iter().zip(vectors).filter(|(passage, _)| still_there.contains(&passage.id)).collect();
    let rows: Vec<_> = kept.iter().map(|(passage, vector)| row(passage.id, model, vector)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let known = OnConflict::columns([embedding::Column::PassageId, embedding::Column::Model]).do_nothing().to_owned();
    embedding::Entity::insert_many(rows).on_conflict(known).exec_without_returning(&*tx).await?;
    writing::mark(&tx, kept.iter().map(|(passage, _)| passage.document_id), revision).await?;
    Ok(tx.commit().await?)
}

fn row(passage: Id<passage::Model>, model: &str, vector: &[f32]) -> embedding::ActiveModel {
    embedding::ActiveModel { passage_id: Set(passage), model: Set(model.to_owned()), vector: Set(bytes(vector)) }
}

fn failed(error: LlmError) -> JobError {
    let failure = Failure::new(ErrorCode::ProviderUnavailable, format!("No vectors were made: {error}."));
    if error.is_retryable() { JobError::Retry { failure, after: error.retry_after() } } else { JobError::Fail(failure) }
}

/// Enqueues the embedding of passages written in `tx`, if an embedding model is configured.
///
/// # Errors
/// When the database fails.
pub(super) async fn enqueue(knowledge: &Knowledge, tx: &mut WriteTx) -> Result<()> {
    let Some(embedder) = knowledge.embedder() else { return Ok(()) };
    let new = NewJob::new(EmbedInput { model: embedder.model().to_owned() }, None);
    jobs::enqueue::<EmbedPassages>(tx, &knowledge.app().ambient, new).await.map(drop)
}

/// Enqueues the calibration of the model and the embedding of passages without vectors, if no job does so: after the
/// model was configured or changed, or a job failed permanently.
///
/// # Errors
/// When the database fails.
pub(super) async fn catch_up(knowledge: &Knowledge) -> Result<()> {
    let Some(embedder) = knowledge.embedder() else { return Ok(()) };
    let app = knowledge.app();
    if lacking(app, embedder.model(), 1).await?.is_empty() && !embedder.is_unmeasured(app).await? {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    tx.lock(EmbedPassages::KIND).await?;
    let input = serde_json::to_string(&EmbedInput { model: embedder.model().to_owned() }).map_err(Error::from)?;
    let waiting = JobEntity::find()
        .filter(JobColumn::Kind.eq(EmbedPassages::KIND))
        .filter(JobColumn::Input.eq(input))
        .filter(JobColumn::Status.is_in([JobStatus::Queued, JobStatus::Running]));
    if waiting.one(&*tx).await?.is_some() {
        return Ok(());
    }
    enqueue(knowledge, &mut tx).await?;
    Ok(tx.commit().await?)
}
