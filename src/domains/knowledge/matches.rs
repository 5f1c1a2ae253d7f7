//! Occurrences of a question's words in passages, and their significance.

use std::{collections::BTreeSet, ops::Bound, sync::Arc};

use tantivy::{
    query::{Bm25StatisticsProvider, EnableScoring, Query, TermQuery, Weight},
    schema::IndexRecordOption,
};

use super::{
    analysis::Analysis,
    defining,
    index::{Indexed, Statistics},
    question::{Alternative, COMMON, Question, Wanted, parts},
};

/// Minimum weight of matched words of a relevant passage, where an average word is 1: a common word alone is
/// insignificant.
const LEAST: f64 = 0.75;
/// Minimum fraction of the question matched by a relevant passage.
const FLOOR: f64 = 0.55;
/// Weight that suffices for a smaller fraction: one significant word may occur in any text, two together rarely.
const ENOUGH: f64 = 1.35;
/// Minimum fraction of the question in that case.
const LEAST_PART: f64 = 0.3;
/// Weight of a word that occurs in no passage of the base.
const UNKNOWN: f64 = 1.25;
/// Maximum number of significant words of a question that is about each of them.
const SHORT: usize = 3;
/// Weight of a name in such a question that occurs in no passage of the base.
const UNKNOWN_NAME: f64 = 1.75;
/// Tenths of the passages from which on a word is too frequent to be significant.
const EVERYWHERE: usize = 9;
/// Minimum number of passages in a base for a word to be too frequent.
const MANY: usize = 5;
/// Certainty from which a word counts as one of a heading.
const SURELY: f64 = 0.75;
/// Fraction of the requested words that a heading must contain to match (nearly).
const NEARLY: f64 = 0.6;
/// Relative increase of the score for a matching heading.
const HEADING: f64 = 1.0;
/// Relative increase of the score for a requested definition.
const DEFINITION: f64 = 0.6;
/// Fraction of a question not covered by the best passage from which on that part is searched separately.
const OPEN: f64 = 0.3;
/// Weight of a corrected misspelling.
const SLIP: f64 = 0.8;
/// Maximum number of corrections tried per word.
const MAX_SPELLINGS: usize = 3;
/// Fraction of the score that is independent of the number of matched words.
const BASIS: f64 = 0.15;

/// A passage by document index and passage index.
type At = (usize, usize);

/// The words of a part of a question, with its index if marked by punctuation.
type InPart = (Option<usize>, Vec<usize>);

/// The matches of one word.
struct Found {
    weight: f64,
    /// The score of each passage.
    score: Vec<Vec<f64>>,
    /// The certainty of the match in each passage, 0–1.
    share: Vec<Vec<f64>>,
    /// True for passages that contain it in their heading or text, not only in the title of the document.
    own: Vec<Vec<bool>>,
    /// True for a name that occurs in no passage.
    is_unknown_name: bool,
    /// Terms in the base that certainly mean the word.
    terms: Vec<String>,
}

/// The matches of each word of a question.
pub(super) struct Matches(Vec<Found>);

/// Preferences for passages besides their words.
pub(super) struct Preferred<'a> {
    documents: &'a [Arc<Indexed>],
    /// The term to be defined.
    definition: Option<Vec<String>>,
}

impl<'a> Preferred<'a> {
    pub(super) fn read(analysis: &Analysis, documents: &'a [Arc<Indexed>], question: &str) -> Self {
        Self { documents, definition: defining::wanted(analysis, question) }
    }
}

impl Matches {
    /// Searches all passages for all words.
    ///
    /// # Errors
    /// If tantivy fails.
    pub(super) fn find(analysis: &Analysis, documents: &[Arc<Indexed>], question: &Question) -> tantivy::Result<Self> {
        let mut found = Vec::new();
        let telling = question.words.iter().filter(|word| word.weight > COMMON).count();
        let is_short = question.clauses.len() < 2 && telling <= SHORT;
        for word in &question.words {
            let mut of_word = Found::nothing(documents, word.weight);
            let mut is_known = false;
            for alternative in &word.alternatives {
                is_known |= of_word.add(analysis, documents, alternative)?;
            }
            if let Some(written) = word.misspelt.as_deref().filter(|_| !is_known) {
                for meant in spellings(analysis, documents, written) {
                    is_known |= of_word.add(analysis, documents, &meant)?;
                    of_word.weight = 1.0;
                }
            }
            if !is_known && word.weight >= 1.0 {
                of_word.is_unknown_name = word.is_name && is_short;
                of_word.weight = if of_word.is_unknown_name { UNKNOWN_NAME } else { UNKNOWN };
            }
            found.push(of_word);
        }
        let mut matches = Self(found);
        matches.lower_what_is_everywhere();
        matches.forget_unknown_names(question);
        Ok(matches)
    }

    /// Lowers the weight of words that occur in nearly all passages, unless there are no others.
    fn lower_what_is_everywhere(&mut self) {
        let is_everywhere: Vec<_> = self.0.iter().map(Found::is_everywhere).collect();
        let is_other = |(found, everywhere): (&Found, &bool)| found.weight >= 1.0 && !everywhere;
        if !self.0.iter().zip(&is_everywhere).any(is_other) {
            return;
        }
        for (found, _) in self.0.iter_mut().zip(is_everywhere).filter(|(_, everywhere)| *everywhere) {
            found.weight = found.weight.min(COMMON);
        }
    }

    /// Ignores unknown names if another name in the question distinguishes passages.
    fn forget_unknown_names(&mut self, question: &Question) {
        let is_met =
            |(found, word): (&Found, &Wanted)| word.is_name && found.weight > COMMON && !found.terms.is_empty();
        if self.0.iter().zip(&question.words).any(is_met) {
            for found in self.0.iter_mut().filter(|found| found.is_unknown_name) {
                found.is_unknown_name = false;
                found.weight = UNKNOWN;
            }
        }
    }

    /// Returns the passages with any of these words, scored.
    pub(super) fn scored(&self, words: &[usize], preferred: &Preferred<'_>) -> Vec<(f64, At)> {
        let total = self.total(words);
        let score = |at: At| {
            let sum: f64 = words.iter().map(|word| self.0[*word].score[at.0][at.1] * self.0[*word].weight).sum();
            let covered = self.covered(words, at) / total;
            if sum > 0.0 {
                sum * (BASIS + (1.0 - BASIS) * covered) * self.preference(words, at, preferred)
            } else {
                0.0
            }
        };
        self.places().map(|at| (score(at), at)).filter(|(score, _)| *score > 0.0).collect()
    }

    /// Returns the relative increase of a passage's score for a heading or definition that matches these words.
    fn preference(&self, words: &[usize], at: At, preferred: &Preferred<'_>) -> f64 {
        let place = &preferred.documents[at.0].passages[at.1];
        let telling: Vec<_> = words.iter().map(|word| &self.0[*word]).filter(|found| found.weight >= 1.0).collect();
        let heads = |found: &Found| found.terms.iter().any(|term| place.headed.contains(term));
        let total: f64 = telling.iter().map(|found| found.weight).sum();
        let met: f64 = telling.iter().filter(|found| heads(found)).map(|found| found.weight).sum();
        let of_heading = place.headed.iter().filter(|term| telling.iter().any(|found| found.terms.contains(term)));
        #[expect(clippy::cast_precision_loss, reason = "headings have few words")]
        let (of_heading, length) = (of_heading.count() as f64, place.headed.len() as f64);
        let part = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let defines =
            preferred.definition.as_deref().map_or(0.0, |wanted| defining::part_defined(wanted, &place.defined));
        let (met, named) = (part(met, total), part(of_heading, length));
        let by_heading = if met >= NEARLY { HEADING * met * named } else { 0.0 };
        1.0 + by_heading + DEFINITION * defines
    }

    /// Returns true if significant words of the question occur only in the title of the passage's document.
    pub(super) fn is_by_title(&self, at: At) -> bool {
        let telling = || self.0.iter().filter(|found| found.weight >= 1.0 && found.share[at.0][at.1] > 0.0);
        telling().next().is_some() && !telling().any(|found| found.own[at.0][at.1])
    }

    /// Returns the relevant passages for these words.
    pub(super) fn bearing(&self, words: &[usize]) -> impl Iterator<Item = At> {
        let total = self.total(words);
        let lacks_name = words.iter().any(|word| self.0[*word].is_unknown_name);
        let enough = if lacks_name { f64::INFINITY } else { ENOUGH };
        self.places().filter(move |at| {
            let covered = self.covered(words, *at);
            covered >= LEAST && (covered >= FLOOR * total || (covered >= enough && covered >= LEAST_PART * total))
        })
    }

    /// Returns true if a passage contains most of these words.
    pub(super) fn is_mostly(&self, words: &[usize], at: At) -> bool {
        self.covered(words, at) >= FLOOR * self.total(words)
    }

    /// Returns true if these words are a request: at least two of them are not common.
    pub(super) fn is_telling(&self, words: &[usize]) -> bool {
        words.iter().filter(|word| self.0[**word].weight >= 1.0).count() >= 2
    }

    /// Returns the parts not answered by the passage `best`: the clauses of a compound question, or the words that the
    /// passage does not cover of joined things.
    pub(super) fn parts(&self, analysis: &Analysis, question: &Question, text: &str, best: At) -> Vec<InPart> {
        let telling = |words: &Vec<usize>| self.total(words) >= 1.0;
        let place = |word: &Wanted| question.words.iter().position(|known| known.alternatives == word.alternatives);
        let parts = parts(text).into_iter().enumerate().map(|(number, part)| {
            let words = Question::read(analysis, part).words;
            (Some(number), words.iter().filter_map(place).collect::<Vec<_>>())
        });
        let parts: Vec<_> = parts.filter(|(_, words)| telling(words)).collect();
        if parts.len() >= 2 {
            return parts;
        }
        let whole: Vec<_> = (0..self.0.len()).collect();
        let (open, answered): (Vec<_>, Vec<_>) =
            whole.iter().copied().partition(|word| self.0[*word].share[best.0][best.1] == 0.0);
        let is_open = question.is_joined && telling(&open) && self.total(&open) >= OPEN * self.total(&whole);
        if is_open && telling(&answered) { vec![(None, answered), (None, open)] } else { Vec::new() }
    }

    pub(super) fn covered(&self, words: &[usize], at: At) -> f64 {
        words.iter().map(|word| self.0[*word].share[at.0][at.1] * self.0[*word].weight).sum()
    }

    pub(super) fn total(&self, words: &[usize]) -> f64 {
        words.iter().map(|word| self.0[*word].weight).sum()
    }

    fn places(&self) -> impl Iterator<Item = At> {
        let documents = self.0.first().map(|found| found.score.as_slice()).unwrap_or_default();
        let places = |(number, passages): (usize, &Vec<f64>)| (0..passages.len()).map(move |place| (number, place));
        documents.iter().enumerate().flat_map(places)
    }
}

impl Found {
    fn nothing(documents: &[Arc<Indexed>], weight: f64) -> Self {
        fn empty<T: Clone>(documents: &[Arc<Indexed>], of: &T) -> Vec<Vec<T>> {
            documents.iter().map(|document| vec![of.clone(); document.passages.len()]).collect()
        }
        let [score, share] = [(); 2].map(|()| empty(documents, &0.0));
        Self { weight, score, share, own: empty(documents, &false), is_unknown_name: false, terms: Vec::new() }
    }

    /// Returns true if (nearly) all passages contain the word.
    fn is_everywhere(&self) -> bool {
        let shares = || self.share.iter().flatten();
        let (having, all) = (shares().filter(|share| **share >= SURELY).count(), shares().count());
        all >= MANY && having * 10 >= all * EVERYWHERE
    }

    /// Adds matches of an alternative of the word; returns true if any passage contains it.
    fn add(
        &mut self,
        analysis: &Analysis,
        documents: &[Arc<Indexed>],
        alternative: &Alternative,
    ) -> tantivy::Result<bool> {
        let Some(first) = documents.first() else { return Ok(false) };
        let statistics = Statistics(documents);
        let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, &first.searcher);
        let mut terms = Vec::new();
        for term in &alternative.terms {
            let mut fields: Vec<Looked> = Vec::new();
            for (place, (term, counts)) in analysis.terms(term).into_iter().enumerate() {
                if statistics.doc_freq(&term)? > 0 {
                    let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                    fields.push(Looked { weight: query.weight(scoring)?, counts, is_own: place > 0 });
                }
            }
            terms.push(fields);
        }
        let mut is_known = false;
        for (number, document) in documents.iter().enumerate() {
            let sums = terms.iter().map(|fields| scores(document, fields)).collect::<tantivy::Result<Vec<_>>>()?;
            for place in 0..document.passages.len() {
                let of_terms: Vec<_> = sums.iter().map(|sum| sum[place].0).collect();
                let all = !of_terms.is_empty() && of_terms.iter().all(|score| *score > 0.0);
                let score = of_terms.iter().sum::<f64>() / of_terms.len().max(1) as f64 * alternative.factor;
                let share = if all { alternative.factor } else { 0.0 };
                self.score[number][place] = self.score[number][place].max(score);
                self.share[number][place] = self.share[number][place].max(share);
                self.own[number][place] |= all && sums.iter().any(|sum| sum[place].1);
                is_known |= all;
            }
        }
        if is_known && alternative.factor >= SURELY {
            self.terms.extend(alternative.terms.iter().cloned());
        }
        Ok(is_known)
    }
}

/// Returns words in the documents' texts, headings and titles that differ from the word by one typo, or two if it is
/// long.
fn spellings(analysis: &Analysis, documents: &[Arc<Indexed>], word: &str) -> Vec<Alternative> {
    let length = word.chars().count();
    let slips = if length >= 8 { 2 } else { 1 };
    let Some(first) = word.chars().next() else { return Vec::new() };
    let mut found: BTreeSet<(usize, &str)> = BTreeSet::new();
    for document in documents {
        let from = document.spelt.range::<str, _>((Bound::Included(&*first.to_string()), Bound::Unbounded));
        for known in from.take_while(|known| known.starts_with(first)) {
            if known.chars().count().abs_diff(length) <= slips {
                let distance = strsim::osa_distance(known, word);
                if distance <= slips {
                    found.insert((distance, known));
                }
            }
        }
    }
    let least = found.first().map_or(0, |(distance, _)| *distance);
    let nearest = found.into_iter().filter(|(distance, _)| *distance == least);
    let stems: BTreeSet<_> = nearest.flat_map(|(_, known)| analysis.stems(known)).collect();
    stems.into_iter().take(MAX_SPELLINGS).map(|stem| Alternative { terms: vec![stem], factor: SLIP }).collect()
}

/// A word searched in one field of the passages.
struct Looked {
    weight: Box<dyn Weight>,
    /// The weight of the word in the field.
    counts: f64,
    /// True if the field is part of the passage, not the title of its document.
    is_own: bool,
}

/// Returns the score of each passage of a document, with true if the passage itself contains the word. Summed field by
/// field in a fixed order, since floating-point sums depend on it.
fn scores(document: &Indexed, fields: &[Looked]) -> tantivy::Result<Vec<(f64, bool)>> {
    let mut scores = vec![(0.0, false); document.passages.len()];
    for segment in document.searcher.segment_readers() {
        for field in fields {
            field.weight.for_each(segment, &mut |place, score| {
                if let Some((sum, is_own)) = scores.get_mut(place as usize) {
                    *sum += f64::from(score) * field.counts;
                    *is_own |= field.is_own;
                }
            })?;
        }
    }
    Ok(scores)
}
