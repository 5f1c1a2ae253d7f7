//! How texts are read before they are indexed or looked for.

use std::sync::Arc;

use tantivy::{
    Term,
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, Stemmer, StopWordFilter, TextAnalyzer},
};

use super::{tokens::Words, vocabulary::Vocabulary};

/// The name of our way of reading words.
pub(super) const ANALYZER: &str = "knowledge";

/// Bytes above which a word is not looked at.
pub(super) const MAX_TOKEN: usize = 90;

/// English words that say nothing of what a text is about, those of questions included.
pub(super) const STOP_WORDS: &str = "a about am an and any are as at be been being but by can could did do does doing for from had \
    has have having he her here hers him his how i if in into is it its just let like many may me might mine more most much \
    must my myself no nor not of off on once only or other our ours out over own please same shall she should so some such \
    tell than that the their theirs them then there these they this those through to too under until up us very was we \
    were what when where which while who whom whose why will with would you your yours don doesn didn isn aren wasn won \
    ve ll re s t d m hi hello hey thanks thank thx ok okay yes yeah yep bye goodbye welcome yourself yourselves himself \
    herself themselves ourselves";

/// How texts are read: the fields of an index, and what is done to words.
#[derive(Clone)]
pub(super) struct Analysis {
    pub(super) schema: Schema,
    pub(super) fields: Fields,
    /// What is indexed of a text.
    pub(super) analyzer: TextAnalyzer,
    /// The same without stems.
    pub(super) folding: TextAnalyzer,
    pub(super) words: Words,
    pub(super) vocabulary: Arc<Vocabulary>,
}

/// The fields of a passage, with what a word in them counts.
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
    pub(super) fn spelt(&self, text: &str) -> Vec<String> {
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
