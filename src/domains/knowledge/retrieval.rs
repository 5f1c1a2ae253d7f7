//! Retrieval of passages.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tokio::{sync::Mutex, task::spawn_blocking};

use super::{
    analysis::Analysis,
    catalog::{self, Catalog, by_meaning, merged},
    document,
    embedder::Embedder,
    follower,
    fusion::Fused,
    index::Indexed,
    outline, passage,
    pdf::Readers,
    scale::Scale,
};
use crate::{
    app::App,
    db::Id,
    error::{Error, Result},
};

/// Maximum length of a query, in characters.
pub(super) const MAX_QUERY: usize = 2000;

/// Searchable knowledge. Cheap to clone; clones share the index of the process.
#[derive(Clone)]
pub struct Knowledge {
    app: App,
    analysis: Arc<Analysis>,
    embedder: Option<Embedder>,
    catalog: Arc<RwLock<Arc<Catalog>>>,
    /// Locked while the catalog is updated.
    following: Arc<Mutex<()>>,
    pdf_readers: Arc<Readers>,
}

impl std::fmt::Debug for Knowledge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Knowledge")
    }
}

/// A retrieved passage, with the data to cite it.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieved {
    /// The passage.
    pub passage: Id<passage::Model>,
    /// Its document.
    pub document: Id<document::Model>,
    /// The title of the document.
    pub title: String,
    /// The headings above the passage, joined by ` › `; may be empty.
    pub heading: String,
    /// The text of the passage.
    pub text: String,
    /// The URL of the full document.
    pub url: Option<String>,
    /// Relevance, 0–1, comparable only within one search.
    pub score: f64,
}

/// The result of a search.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The passages, the most relevant first.
    pub(super) passages: Vec<(passage::Model, Fused<Id<passage::Model>>)>,
    /// True if passages could not be matched by meaning although configured.
    pub(super) is_degraded: bool,
}

impl Knowledge {
    /// Creates an empty index, which the first search fills.
    pub fn new(app: App) -> Self {
        Self {
            analysis: Arc::new(Analysis::new()),
            embedder: Embedder::of(&app),
            catalog: Arc::default(),
            following: Arc::default(),
            pdf_readers: Arc::new(Readers::new(app.config.knowledge.pdf_reader.clone(), app.config.limits.timeout)),
            app,
        }
    }

    /// Updates the index and returns the number of searchable documents.
    ///
    /// # Errors
    /// If that fails: searches fail too.
    pub async fn searchable(&self) -> Result<usize> {
        Ok(self.catalog().await?.documents.len())
    }

    pub(super) fn app(&self) -> &App {
        &self.app
    }

    pub(super) fn pdf_readers(&self) -> &Readers {
        &self.pdf_readers
    }

    pub(super) fn embedder(&self) -> Option<&Embedder> {
        self.embedder.as_ref()
    }

    /// Returns the relevant passages of a base for a query, the best first; none means that nothing is about it. For a
    /// question in several parts, the best passage of each part is among the first. Long queries are cut. For the
    /// server itself: the caller has checked that the result may be shown. Works without meaning if the language model
    /// fails, and returns nothing for an unknown base.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retrieve(&self, base: &str, query: &str, limit: usize) -> Result<Vec<Retrieved>> {
        let (fused, _) = self.find(base, query, limit).await?;
        if fused.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = fused.iter().map(|fused| fused.item).collect();
        let mut passages: HashMap<_, _> =
            self.passages_by_ids(&ids).await?.into_iter().map(|found| (found.passage, found)).collect();
        let cited = |fused: Fused<_>| Some(Retrieved { score: fused.score, ..passages.remove(&fused.item)? });
        Ok(fused.into_iter().filter_map(cited).collect())
    }

    /// Returns the existing ones of the passages with these ids, unordered and with score 0, for showing earlier
    /// citations. The caller has checked that they may be shown.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passages_by_ids(&self, ids: &[Id<passage::Model>]) -> Result<Vec<Retrieved>> {
        let rows = passage::Entity::find()
            .filter(passage::Column::Id.is_in(ids.iter().copied()))
            .find_also_related(document::Entity)
            .all(self.app.db.reader())
            .await?;
        let cited = |(passage, document): (_, Option<document::Model>)| Some(retrieved(passage, &document?, 0.0));
        Ok(rows.into_iter().filter_map(cited).collect())
    }

    /// Returns the most relevant passages of a base for a query, with their ranks by each search method.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn search(&self, base: &str, query: &str, limit: usize) -> Result<Found> {
        let (fused, is_degraded) = self.find(base, query, limit).await?;
        Ok(Found { passages: self.read(fused).await?, is_degraded })
    }

    /// Returns the relevant passages, and true if they could not be matched by meaning although configured.
    async fn find(&self, base: &str, query: &str, limit: usize) -> Result<(Vec<Fused<Id<passage::Model>>>, bool)> {
        let query: String = outline::cleaned(query).chars().take(MAX_QUERY).collect();
        let catalog = self.catalog().await?;
        let documents = catalog.base(base);
        let words = {
            let (analysis, documents, query) = (self.analysis.clone(), documents.clone(), query.clone());
            spawn_blocking(move || catalog::by_words(&analysis, &documents, &query))
        };
        let (words, vectors) = tokio::join!(words, self.vectors(&catalog, &documents, &query));
        let words = words.map_err(Error::internal)?.map_err(Error::internal)?;
        let is_degraded = vectors.is_err();
        let fused = spawn_blocking(move || {
            let meaning = vectors.ok().flatten().map(|(vectors, scale)| by_meaning(&documents, &vectors, scale));
            merged(&documents, &words, &meaning.unwrap_or_default())
        });
        let mut fused = fused.await.map_err(Error::internal)?;
        fused.truncate(limit);
        Ok((fused, is_degraded))
    }

    /// Returns the vectors of a question and its parts, and their calibration; `None` if passages cannot be matched by
    /// meaning.
    ///
    /// # Errors
    /// Without details if they could not be created in time.
    async fn vectors(
        &self,
        catalog: &Catalog,
        documents: &[Arc<Indexed>],
        query: &str,
    ) -> Result<Option<(Vec<Vec<f32>>, Scale)>, ()> {
        let has_vectors = documents.iter().any(|document| document.passages.iter().any(|place| place.vector.is_some()));
        let Some(embedder) = self.embedder.as_ref().filter(|_| has_vectors && !query.trim().is_empty()) else {
            return Ok(None);
        };
        let Some(scale) = embedder.scale().or(catalog.scale) else { return Ok(None) };
        Ok(Some((embedder.queries(query).await?, scale)))
    }

    /// Returns the rows of retrieved passages, without those deleted meanwhile.
    async fn read(
        &self,
        fused: Vec<Fused<Id<passage::Model>>>,
    ) -> Result<Vec<(passage::Model, Fused<Id<passage::Model>>)>> {
        if fused.is_empty() {
            return Ok(Vec::new());
        }
        let ids = passage::Column::Id.is_in(fused.iter().map(|fused| fused.item));
        let rows = passage::Entity::find().filter(ids).all(self.app.db.reader()).await?;
        let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        Ok(fused.into_iter().filter_map(|fused| Some((rows.remove(&fused.item)?, fused))).collect())
    }

    /// Returns the catalog with everything committed before the call.
    async fn catalog(&self) -> Result<Arc<Catalog>> {
        let revision = follower::revision(&self.app.db).await?;
        let is_known = |catalog: &Catalog| catalog.revision >= revision;
        if let Some(catalog) = Some(self.known()).filter(|catalog| is_known(catalog)) {
            return Ok(catalog);
        }
        let _following = self.following.lock().await;
        let known = self.known();
        if is_known(&known) {
            return Ok(known);
        }
        let model = self.embedder.as_ref().map(Embedder::model);
        let next = Arc::new(follower::follow(&self.app.db, &self.analysis, model, &known).await?);
        *self.catalog.write().unwrap_or_else(PoisonError::into_inner) = next.clone();
        Ok(next)
    }

    fn known(&self) -> Arc<Catalog> {
        self.catalog.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn retrieved(passage: passage::Model, document: &document::Model, score: f64) -> Retrieved {
    Retrieved {
        passage: passage.id,
        document: document.id,
        title: document.title.clone(),
        heading: passage.heading,
        text: passage.text,
        url: document.url.clone(),
        score,
    }
}
