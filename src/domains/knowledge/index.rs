//! The index of one document, by tantivy, in memory.
//!
//! Each document is an index of its own that never changes: to add one is to build its index, to remove one is to drop it.
//! So nothing that is gone is left in the counts by which BM25 weighs words, and the scores depend on the documents that
//! are there, never on the order in which they came or went. Copies of the server that have seen different histories rank
//! alike.

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

/// Memory for the words of one document while its index is built, in bytes; more is taken when it needs more.
const BUILD_MEMORY: usize = 1 << 20;
/// A passage as it goes into an index.
pub(super) struct Indexable {
    pub(super) id: Id<passage::Model>,
    pub(super) heading: String,
    pub(super) text: String,
    /// Its vector of length 1, where there is one.
    pub(super) vector: Option<Vec<f32>>,
}

/// A passage of an index.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: Id<passage::Model>,
    /// Its vector of length 1, where there is one.
    pub(super) vector: Option<Vec<f32>>,
    /// The same for passages that say the same.
    pub(super) says: u64,
    /// The words of its heading, each once.
    pub(super) headed: Vec<String>,
    /// What its sentences define.
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

/// A document as it can be searched.
pub(super) struct Indexed {
    pub(super) id: Id<document::Model>,
    pub(super) base: Arc<str>,
    /// The change by which it came to be as it is here.
    pub(super) revision: i64,
    /// Its passages in their order, which is the order of the index.
    pub(super) passages: Vec<Place>,
    /// Its words as they are written, which slips of the hand are compared with.
    pub(super) spelt: BTreeSet<String>,
    pub(super) searcher: Searcher,
}

impl Indexed {
    /// Builds the index of a document: for a long one some tens of milliseconds of work.
    ///
    /// # Errors
    /// When tantivy fails, which it does only when memory ends.
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

/// What BM25 has to know of all documents of a base: the sum over their indexes.
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
