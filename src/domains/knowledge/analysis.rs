//! Text analysis for indexing and searching.

use std::sync::Arc;

use tantivy::{
    Term,
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, StopWordFilter, TextAnalyzer},
};

use super::{tokens::Words, vocabulary::Vocabulary};

/// The name of the analyzer.
pub(super) const ANALYZER: &str = "knowledge";

/// Maximum length of an indexed word, in bytes.
pub(super) const MAX_TOKEN: usize = 90;

/// English stop words, including question words.
pub(super) const STOP_WORDS: &str = "a about am an and any are as at be been being but by can could did do does doing for from had \
    has have having he her here hers him his how i if in into is it its just let like many may me might mine more most much \
    must my myself no nor not of off on once only or other our ours out over own please same shall she should so some such \
    tell than that the their theirs them then there these they this those through to too under until up us very was we \
    were what when where which while who whom whose why will with would you your yours don doesn didn isn aren wasn won \
    ve ll re s t d m hi hello hey thanks thank thx ok okay yes yeah yep bye goodbye welcome yourself yourselves himself \
    herself themselves ourselves";

/// The index fields and analyzers.
#[derive(Clone)]
pub(super) struct Analysis {
    pub(super) schema: Schema,
    pub(super) fields: Fields,
    /// The analyzer of indexed text.
    pub(super) analyzer: TextAnalyzer,
    /// The analyzer without stemming.
    pub(super) folding: TextAnalyzer,
    pub(super) words: Words,
    pub(super) vocabulary: Arc<Vocabulary>,
}

/// The fields of a passage, with their weights.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) title: Field,
    pub(super) heading: Field,
    pub(super) text: Field,
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

    /// Returns the indexed words of a text.
    pub(super) fn stems(&self, text: &str) -> Vec<String> {
        read(&self.analyzer, text)
    }

    /// Returns a word in the form of word lists: lower case, without accents.
    pub(super) fn folded(&self, word: &str) -> Option<String> {
        read(&self.folding, word).pop()
    }

    /// Returns the words of a text without spaces.
    pub(super) fn segments<'t>(&self, run: &'t str) -> Vec<&'t str> {
        self.words.segments(run)
    }

    pub(super) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Returns the words of a text as written, in lower case and without accents.
    pub(super) fn spelt(&self, text: &str) -> Vec<String> {
        read(&self.folding, text)
    }

    /// Returns the search terms of a word: title, heading and text, each with its weight.
    pub(super) fn terms(&self, word: &str) -> [(Term, f64); 3] {
        self.fields.weighted().map(|(field, weight)| (Term::from_field_text(field, word), weight))
    }
}

/// Returns the words of a text by an analyzer.
fn read(analyzer: &TextAnalyzer, text: &str) -> Vec<String> {
    let mut analyzer = analyzer.clone();
    let mut stream = analyzer.token_stream(text);
    let mut words = Vec::new();
    while stream.advance() {
        words.push(stream.token().text.clone());
    }
    words
}
