//! The in-memory tantivy index of one document.
//!
//! Each document has its own immutable index: adding one builds its index, removing one drops it. Removed documents
//! hence leave no trace in the statistics of BM25, and the scores depend only on the present documents, not on the
//! order of changes. Server processes with different histories rank alike.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tantivy::{
    Index, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term, directory::RamDirectory,
    query::Bm25StatisticsProvider, schema::Field, tokenizer::TokenizerManager,
};

use super::{
    analysis::{ANALYZER, Analysis, Fields},
    defining, document, passage,
};
use crate::db::Id;

/// Initial memory for building the index of one document, in bytes; grows if needed.
const BUILD_MEMORY: usize = 1 << 20;
/// A passage to be indexed.
pub(super) struct Indexable {
    pub(super) id: Id<passage::Model>,
    pub(super) heading: String,
    pub(super) text: String,
    /// Its vector of length 1, if any.
    pub(super) vector: Option<Vec<f32>>,
}

/// A passage of an index.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: Id<passage::Model>,
    /// Its vector of length 1, if any.
    pub(super) vector: Option<Vec<f32>>,
    /// Fingerprint of its content, equal for duplicates.
    pub(super) says: u64,
    /// The distinct words of its heading.
    pub(super) headed: Vec<String>,
    /// The terms defined by its sentences.
    pub(super) defined: Vec<Vec<String>>,
}

impl Place {
    fn of(analysis: &Analysis, passage: Indexable) -> Self {
        let mut hasher = DefaultHasher::new();
        for word in passage.text.split_whitespace() {
            word.hash(&mut hasher);
        }
        let headed = defining::headed(analysis, &passage.heading);
        let defined = defining::defined(analysis, &passage.text);
        Self { id: passage.id, vector: passage.vector, says: hasher.finish(), headed, defined }
    }
}

/// A searchable document.
pub(super) struct Indexed {
    pub(super) id: Id<document::Model>,
    pub(super) base: Arc<str>,
    /// The revision of its latest change.
    pub(super) revision: i64,
    /// Its passages in index order.
    pub(super) passages: Vec<Place>,
    /// Its words as written, for correcting misspellings.
    pub(super) spelt: BTreeSet<String>,
    pub(super) searcher: Searcher,
}

impl Indexed {
    /// Builds the index of a document, which takes some tens of milliseconds for a long one.
    ///
    /// # Errors
    /// If tantivy fails, which only happens without memory.
    pub(super) fn build(
        analysis: &Analysis,
        document: &document::Model,
        passages: Vec<Indexable>,
    ) -> Result<Self, TantivyError> {
        let tokenizers = TokenizerManager::new();
        tokenizers.register(ANALYZER, analysis.analyzer.clone());
        let mut writer = Index::builder()
            .schema(analysis.schema.clone())
            .tokenizers(tokenizers)
            .single_segment_index_writer(RamDirectory::create(), BUILD_MEMORY)?;
        let Fields { title, heading, text } = analysis.fields;
        let mut spelt: BTreeSet<String> = analysis.spelt(&document.title).into_iter().collect();
        for passage in &passages {
            spelt.extend(analysis.spelt(&passage.heading));
            spelt.extend(analysis.spelt(&passage.text));
            let mut row = TantivyDocument::new();
            row.add_text(title, &document.title);
            row.add_text(heading, &passage.heading);
            row.add_text(text, &passage.text);
            writer.add_document(row)?;
        }
        let reader = writer.finalize()?.reader_builder().reload_policy(ReloadPolicy::Manual);
        Ok(Self {
            id: document.id,
            base: document.base.as_str().into(),
            revision: document.revision,
            passages: passages.into_iter().map(|passage| Place::of(analysis, passage)).collect(),
            spelt,
            searcher: reader.try_into()?.searcher(),
        })
    }
}

/// BM25 statistics over all documents of a base: sums over their indexes.
pub(super) struct Statistics<'a>(pub(super) &'a [Arc<Indexed>]);

impl Statistics<'_> {
    fn sum(&self, of: impl Fn(&Searcher) -> tantivy::Result<u64>) -> tantivy::Result<u64> {
        self.0.iter().try_fold(0, |sum, document| Ok(sum + of(&document.searcher)?))
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.sum(|searcher| searcher.total_num_tokens(field))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        self.sum(Bm25StatisticsProvider::total_num_docs)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.sum(|searcher| searcher.doc_freq(term))
    }
}
