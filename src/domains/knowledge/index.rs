//! The index of one document, by tantivy, in memory.
//!
//! Each document is an index of its own that never changes: to add one is to build its index, to remove one is to drop it.
//! So nothing that is gone is left in the counts by which BM25 weighs words, and the scores depend on the documents that
//! are there, never on the order in which they came or went. Copies of the server that have seen different histories rank
//! alike.

use std::{collections::BTreeSet, sync::Arc};

use tantivy::{
    Index, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term,
    directory::RamDirectory,
    query::Bm25StatisticsProvider,
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{
        AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter,
        TextAnalyzer, TokenizerManager,
    },
};

use super::{document, passage};
use crate::db::Id;

/// The name of our way of reading words.
const ANALYZER: &str = "knowledge";
/// Memory for the words of one document while its index is built, in bytes; more is taken when it needs more.
const BUILD_MEMORY: usize = 1 << 20;
/// Bytes above which a word is not looked at.
const MAX_TOKEN: usize = 40;
/// Words of a query that are looked at.
const MAX_TERMS: usize = 64;

/// English words that say nothing of what a text is about, those of questions included.
const STOP_WORDS: &str = "a about am an and any are as at be been being but by can could did do does doing for from had \
    has have having he her here hers him his how i if in into is it its just let like many may me might mine more most much \
    must my myself no nor not of off on once only or other our ours out over own please same shall she should so some such \
    tell than that the their theirs them then there these they this those through to too under until up us very was we \
    were what when where which while who whom whose why will with would you your yours don doesn didn isn aren wasn won \
    ve ll re s t d m";

/// How texts are read: the fields of an index, and what is done to words.
#[derive(Clone)]
pub(super) struct Analysis {
    schema: Schema,
    fields: Fields,
    analyzer: TextAnalyzer,
}

/// The fields of a passage, with what a word in them counts.
#[derive(Debug, Clone, Copy)]
struct Fields {
    title: Field,
    heading: Field,
    text: Field,
}

impl Fields {
    fn weighted(self) -> [(Field, f32); 3] {
        [(self.title, 0.25), (self.heading, 0.5), (self.text, 1.0)]
    }
}

impl Analysis {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(ANALYZER)
            .set_index_option(IndexRecordOption::WithFreqs)
            .set_fieldnorms(true);
        let options = TextOptions::default().set_indexing_options(indexing);
        let [title, heading, text] =
            ["title", "heading", "text"].map(|name| schema.add_text_field(name, options.clone()));
        let stop_words = STOP_WORDS.split_whitespace().map(str::to_owned);
        let analyzer = TextAnalyzer::builder(SimpleTokenizer::default())
            .filter(RemoveLongFilter::limit(MAX_TOKEN))
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter)
            .filter(StopWordFilter::remove(stop_words))
            .filter(Stemmer::new(Language::English))
            .build();
        Self { schema: schema.build(), fields: Fields { title, heading, text }, analyzer }
    }

    /// The words of a query, each once. A query is words and nothing else; no sign in it has a meaning.
    pub(super) fn words(&self, query: &str) -> Vec<String> {
        let mut analyzer = self.analyzer.clone();
        let mut stream = analyzer.token_stream(query);
        let mut words = BTreeSet::new();
        while words.len() < MAX_TERMS && stream.advance() {
            words.insert(stream.token().text.clone());
        }
        words.into_iter().collect()
    }

    /// What is looked for: each word in each field, with what it counts there.
    pub(super) fn terms(&self, words: &[String]) -> Vec<(Term, f32)> {
        let in_fields =
            |word| self.fields.weighted().map(|(field, weight)| (Term::from_field_text(field, word), weight));
        words.iter().flat_map(|word| in_fields(word)).collect()
    }
}

/// A passage as it goes into an index.
pub(super) struct Indexable {
    pub(super) id: Id<passage::Model>,
    pub(super) heading: String,
    pub(super) text: String,
    /// Its vector of length 1, where there is one.
    pub(super) vector: Option<Vec<f32>>,
}

/// A document as it can be searched.
pub(super) struct Indexed {
    pub(super) id: Id<document::Model>,
    pub(super) base: Arc<str>,
    /// The change by which it came to be as it is here.
    pub(super) revision: i64,
    /// Its passages in their order, which is the order of the index, with their vectors.
    pub(super) passages: Vec<(Id<passage::Model>, Option<Vec<f32>>)>,
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
        for passage in &passages {
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
            passages: passages.into_iter().map(|passage| (passage.id, passage.vector)).collect(),
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
