//! Vectors of passages and queries, by the first provider of language models that has a model for them.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{OnConflict, Query},
};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::{
    Knowledge, defining, document,
    embedding::{self, bytes, normalized},
    outline::HEADING_SEPARATOR,
    passage,
    question::parts,
    scale::{self, Scale},
    writing,
};
use crate::{
    app::App,
    clients::llm::{LanguageModel, LlmChain, LlmError},
    db::{Id, WriteTx},
    error::{Error, ErrorCode, Result},
    jobs::{self, Context, Failure, Job, JobColumn, JobEntity, JobError, JobStatus, NewJob},
};

/// Passages that are sent to the provider and written at a time.
const BATCH: u64 = 64;

/// Makes vectors. All are of one model, or they could not be compared.
#[derive(Clone)]
pub(super) struct Embedder {
    chain: LlmChain,
    model: String,
    limit: Duration,
    /// The scale that the settings give; else the model is measured.
    scale: Option<Scale>,
}

impl Embedder {
    /// The one that the settings give, if any.
    pub(super) fn of(app: &App) -> Option<Self> {
        if !app.config.knowledge.embeddings {
            return None;
        }
        let providers = app.config.llm.providers.iter();
        let (provider, name) = providers.clone().find_map(|config| Some((config.provider(), config.models().1?)))?;
        let chain = app.clients.llm.only(provider);
        let knowledge = &app.config.knowledge;
        Some(Self {
            chain,
            model: format!("{provider}/{name}"),
            limit: knowledge.query_timeout,
            scale: knowledge.min_cosine.map(Scale::of_floor),
        })
    }

    /// The provider and the name of the model.
    pub(super) fn model(&self) -> &str {
        &self.model
    }

    /// The scale of the model that the settings give.
    pub(super) fn scale(&self) -> Option<Scale> {
        self.scale
    }

    /// Whether the model has yet to be measured.
    async fn is_unmeasured(&self, app: &App) -> Result<bool> {
        Ok(self.scale.is_none() && !scale::is_measured(&app.db, &self.model).await?)
    }

    /// The vectors of a query and of its parts, each of length 1.
    ///
    /// # Errors
    /// Nothing to tell, when the provider fails or is not in time; it is logged.
    pub(super) async fn queries(&self, text: &str) -> Result<Vec<Vec<f32>>, ()> {
        let texts: Vec<_> = [text].into_iter().chain(parts(text)).map(str::to_owned).collect();
        let reason = match timeout(self.limit, self.vectors(&texts)).await {
            Ok(Ok(vectors)) if vectors.len() == texts.len() => return Ok(vectors),
            Ok(Ok(_)) => "it sent another number of vectors".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("it did not answer within {} ms", self.limit.as_millis()),
        };
        tracing::warn!(model = self.model, reason, "knowledge is searched by words alone");
        Err(())
    }

    async fn vectors(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, LlmError> {
        let embeddings = self.chain.embed(texts).await?;
        Ok(embeddings.vectors.into_iter().map(normalized).collect())
    }
}

/// Makes the vectors that passages lack.
#[derive(Debug)]
pub struct EmbedPassages(pub Knowledge);

/// Whose vectors are wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EmbedInput {
    /// The provider and the name of the model.
    model: String,
}

/// What was made.
#[derive(Debug, Serialize, Deserialize)]
pub struct Embedded {
    /// Passages that got a vector.
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
        let Some(embedder) = self.0.embedder().filter(|embedder| embedder.model == input.model) else {
            return Ok(Embedded { passages });
        };
        let app = self.0.app();
        if embedder.is_unmeasured(app).await? {
            let (texts, questions) = scale::texts()?;
            let vectors = embedder.vectors(&texts).await.map_err(failed)?;
            scale::keep(app, &embedder.model, vectors, questions).await?;
        }
        loop {
            let batch = lacking(app, &embedder.model, BATCH).await?;
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
            write(app, &embedder.model, &batch, vectors).await?;
        }
    }

    fn summary(output: &Embedded) -> String {
        format!("{} passages got a vector.", output.passages)
    }
}

/// The text of a passage as vectors are made of it: below its headings, or below the title of its document where it has none.
pub(super) fn embedded(title: &str, heading: &str, text: &str) -> String {
    let is_bare = heading.split(HEADING_SEPARATOR).all(defining::is_page);
    let above = [if is_bare { title } else { "" }, heading];
    let above: Vec<_> = above.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}\n{text}", above.join(HEADING_SEPARATOR))
}

/// The titles of the documents of passages.
async fn titles(app: &App, passages: &[passage::Model]) -> Result<HashMap<Id<document::Model>, String>> {
    let ids: BTreeSet<_> = passages.iter().map(|passage| passage.document_id).collect();
    let documents = document::Entity::find().filter(document::Column::Id.is_in(ids)).all(app.db.reader()).await?;
    Ok(documents.into_iter().map(|document| (document.id, document.title)).collect())
}

/// Passages without a vector of `model`.
async fn lacking(app: &App, model: &str, limit: u64) -> Result<Vec<passage::Model>> {
    let with = Query::select()
        .column(embedding::Column::PassageId)
        .from(embedding::Entity)
        .cond_where(Condition::all().add(embedding::Column::Model.eq(model)))
        .to_owned();
    let without = passage::Entity::find().filter(passage::Column::Id.not_in_subquery(with));
    Ok(without.order_by_asc(passage::Column::Id).limit(limit).all(app.db.reader()).await?)
}

/// Keeps vectors, and tells all copies of the server that the documents have changed. Passages that were removed in the
/// meantime get none.
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

/// Has vectors made for what was written in `tx`, where a model for that is set up.
///
/// # Errors
/// When the database fails.
pub(super) async fn enqueue(knowledge: &Knowledge, tx: &mut WriteTx) -> Result<()> {
    let Some(embedder) = knowledge.embedder() else { return Ok(()) };
    let new = NewJob::new(EmbedInput { model: embedder.model.clone() }, None);
    jobs::enqueue::<EmbedPassages>(tx, &knowledge.app().ambient, new).await.map(drop)
}

/// Has the model measured and vectors made for passages that lack them though nobody is at it: after a model was set up or changed, or when the
/// provider failed for so long that the job was given up.
///
/// # Errors
/// When the database fails.
pub(super) async fn catch_up(knowledge: &Knowledge) -> Result<()> {
    let Some(embedder) = knowledge.embedder() else { return Ok(()) };
    let app = knowledge.app();
    if lacking(app, &embedder.model, 1).await?.is_empty() && !embedder.is_unmeasured(app).await? {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    tx.lock(EmbedPassages::KIND).await?;
    let input = serde_json::to_string(&EmbedInput { model: embedder.model.clone() }).map_err(Error::from)?;
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
