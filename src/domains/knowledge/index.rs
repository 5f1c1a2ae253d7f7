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
    Index, ReloadPolicy, Searcher, TantivyDocument, TantivyError, Term,
    directory::RamDirectory,
    query::Bm25StatisticsProvider,
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{
        AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, StopWordFilter, TextAnalyzer,
        TokenizerManager,
    },
};

use super::{defining, document, passage, tokens::Words, vocabulary::Vocabulary};
use crate::db::Id;

/// The name of our way of reading words.
const ANALYZER: &str = "knowledge";
/// Memory for the words of one document while its index is built, in bytes; more is taken when it needs more.
const BUILD_MEMORY: usize = 1 << 20;
/// Bytes above which a word is not looked at.
const MAX_TOKEN: usize = 90;

/// English words that say nothing of what a text is about, those of questions included.
const STOP_WORDS: &str = "a about am an and any are as at be been being but by can could did do does doing for from had \
    has have having he her here hers him his how i if in into is it its just let like many may me might mine more most much \
    must my myself no nor not of off on once only or other our ours out over own please same shall she should so some such \
    tell than that the their theirs them then there these they this those through to too under until up us very was we \
    were what when where which while who whom whose why will with would you your yours don doesn didn isn aren wasn won \
    ve ll re s t d m hi hello hey thanks thank thx ok okay yes yeah yep bye goodbye welcome yourself yourselves himself \
    herself themselves ourselves";

/// How texts are read: the fields of an index, and what is done to words.
#[derive(Clone)]
pub(super) struct Analysis {
    schema: Schema,
    fields: Fields,
    /// What is indexed of a text.
    analyzer: TextAnalyzer,
    /// The same without stems.
    folding: TextAnalyzer,
    words: Words,
    vocabulary: Arc<Vocabulary>,
}

/// The fields of a passage, with what a word in them counts.
#[derive(Debug, Clone, Copy)]
struct Fields {
    title: Field,
    heading: Field,
    text: Field,
}

impl Fields {
    fn weighted(self) -> [(Field, f64); 3] {
        [(self.title, 0.25), (self.heading, 0.4), (self.text, 1.0)]
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
        let words = Words::new();
        let stop_words = STOP_WORDS.split_whitespace().map(str::to_owned);
        let folding = TextAnalyzer::builder(words.clone())
            .filter(RemoveLongFilter::limit(MAX_TOKEN))
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter);
        let stemming = TextAnalyzer::builder(words.clone())
            .filter(RemoveLongFilter::limit(MAX_TOKEN))
            .filter(LowerCaser)
            .filter(AsciiFoldingFilter)
            .filter(StopWordFilter::remove(stop_words))
            .filter(Stemmer::new(Language::English));
        let (folding, analyzer) = (folding.build(), stemming.build());
        let vocabulary = Vocabulary::shared(|text| read(&analyzer, text), |text| read(&folding, text));
        Self { schema: schema.build(), fields: Fields { title, heading, text }, analyzer, folding, words, vocabulary }
    }

    /// The words of a text as they are indexed.
    pub(super) fn stems(&self, text: &str) -> Vec<String> {
        read(&self.analyzer, text)
    }

    /// A word as it is compared with lists: in small letters, without accents.
    pub(super) fn folded(&self, word: &str) -> Option<String> {
        read(&self.folding, word).pop()
    }

    /// The words of a run without spaces.
    pub(super) fn segments<'t>(&self, run: &'t str) -> Vec<&'t str> {
        self.words.segments(run)
    }

    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The words of a text as they are written, in small letters and without accents.
    fn spelt(&self, text: &str) -> Vec<String> {
        read(&self.folding, text)
    }

    /// Where a word is looked for: the title, the heading and the text, each with what a word counts there.
    pub(super) fn terms(&self, word: &str) -> [(Term, f64); 3] {
        self.fields.weighted().map(|(field, weight)| (Term::from_field_text(field, word), weight))
    }
}

/// The words of a text by an analyzer.
fn read(analyzer: &TextAnalyzer, text: &str) -> Vec<String> {
    let mut analyzer = analyzer.clone();
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        words.push(stream.token().text.clone());
    }
    words
}

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
