//! Which words of a question stand in which passages, and how much that says.

use std::{collections::BTreeSet, sync::Arc};

use tantivy::{
    query::{Bm25StatisticsProvider, EnableScoring, Query, TermQuery, Weight},
    schema::IndexRecordOption,
};

use super::{
    index::{Analysis, Indexed, Statistics},
    question::{Alternative, Question, parts},
};

/// What a passage must have of a question at least to bear on it, where one word is 1: a common word by itself says nothing.
const LEAST: f64 = 0.75;
/// The part of the question that it must have then.
const FLOOR: f64 = 0.55;
/// What is enough where the passage has a smaller part: one telling word may stand in any text, two together seldom do.
const ENOUGH: f64 = 1.35;
/// The part of the question that it must have even then.
const LEAST_PART: f64 = 0.3;
/// What a word counts that no passage of the base has.
const UNKNOWN: f64 = 1.25;
/// The part of a question that must be left open by the best passage to be looked for by itself.
const OPEN: f64 = 0.3;
/// How much a word counts as another from which it differs by a slip of the hand.
const SLIP: f64 = 0.8;
/// Spellings that are tried for one word.
const MAX_SPELLINGS: usize = 3;
/// How much of the score does not depend on how many of the words a passage has.
const BASIS: f64 = 0.15;

/// A passage by its document and its place there.
type At = (usize, usize);

/// What was found of one word: how well each passage fits, and how surely the word is meant there, from 0 to 1.
struct Found {
    weight: f64,
    score: Vec<Vec<f64>>,
    share: Vec<Vec<f64>>,
}

/// What was found of each word of a question.
pub(super) struct Matches(Vec<Found>);

impl Matches {
    /// Looks for all words in all passages.
    ///
    /// # Errors
    /// When tantivy fails.
    pub(super) fn find(analysis: &Analysis, documents: &[Arc<Indexed>], question: &Question) -> tantivy::Result<Self> {
        let mut found = Vec::new();
        for word in &question.words {
            let empty = || documents.iter().map(|document| vec![0.0; document.passages.len()]).collect();
            let mut of_word = Found { weight: word.weight, score: empty(), share: empty() };
            let mut is_known = false;
            for alternative in &word.alternatives {
                is_known |= of_word.add(analysis, documents, alternative)?;
            }
            if !is_known && word.may_be_misspelt {
                for meant in spellings(analysis, documents, &word.alternatives[0].terms[0])? {
                    is_known |= of_word.add(analysis, documents, &meant)?;
                    of_word.weight = 1.0;
                }
            }
            if !is_known && word.weight >= 1.0 {
                of_word.weight = UNKNOWN;
            }
            found.push(of_word);
        }
        Ok(Self(found))
    }

    /// The passages with any of these words, with how well they fit.
    pub(super) fn scored(&self, words: &[usize]) -> Vec<(f64, At)> {
        let total = self.total(words);
        let score = |at: At| {
            let sum: f64 = words.iter().map(|word| self.0[*word].score[at.0][at.1] * self.0[*word].weight).sum();
            let covered = self.covered(words, at) / total;
            sum * (BASIS + (1.0 - BASIS) * covered)
        };
        self.places().map(|at| (score(at), at)).filter(|(score, _)| *score > 0.0).collect()
    }

    /// The passages that bear on what these words ask for.
    pub(super) fn bearing(&self, words: &[usize]) -> impl Iterator<Item = At> {
        let total = self.total(words);
        self.places().filter(move |at| {
            let covered = self.covered(words, *at);
            covered >= LEAST && (covered >= FLOOR * total || (covered >= ENOUGH && covered >= LEAST_PART * total))
        })
    }

    /// Whether these words ask for something: at least two of them are no common words.
    pub(super) fn is_telling(&self, words: &[usize]) -> bool {
        words.iter().filter(|word| self.0[**word].weight >= 1.0).count() >= 2
    }

    /// What is asked for beside the answer that stands at `best`: the parts of a question of several, or what that passage
    /// leaves open of things that are joined.
    pub(super) fn parts(&self, analysis: &Analysis, question: &Question, text: &str, best: At) -> Vec<Vec<usize>> {
        let telling = |words: &Vec<usize>| self.total(words) >= 1.0;
        let place = |word: &super::question::Wanted| question.words.iter().position(|known| known == word);
        let parts = parts(text).into_iter().map(|part| {
            let words = Question::read(analysis, part).words;
            words.iter().filter_map(place).collect::<Vec<_>>()
        });
        let parts: Vec<_> = parts.filter(telling).collect();
        if parts.len() >= 2 {
            return parts;
        }
        let whole: Vec<_> = (0..self.0.len()).collect();
        let (open, answered): (Vec<_>, Vec<_>) =
            whole.iter().copied().partition(|word| self.0[*word].share[best.0][best.1] == 0.0);
        let is_open = question.is_joined && telling(&open) && self.total(&open) >= OPEN * self.total(&whole);
        if is_open && telling(&answered) { vec![answered, open] } else { Vec::new() }
    }

    fn covered(&self, words: &[usize], at: At) -> f64 {
        words.iter().map(|word| self.0[*word].share[at.0][at.1] * self.0[*word].weight).sum()
    }

    fn total(&self, words: &[usize]) -> f64 {
        words.iter().map(|word| self.0[*word].weight).sum()
    }

    fn places(&self) -> impl Iterator<Item = At> {
        let documents = self.0.first().map(|found| found.score.as_slice()).unwrap_or_default();
        let places = |(number, passages): (usize, &Vec<f64>)| (0..passages.len()).map(move |place| (number, place));
        documents.iter().enumerate().flat_map(places)
    }
}

impl Found {
    /// Adds what may stand for the word; returns whether any passage has it.
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
            let mut fields: Vec<(Box<dyn Weight>, f64)> = Vec::new();
            for (term, weight) in analysis.terms(term) {
                if statistics.doc_freq(&term)? > 0 {
                    let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                    fields.push((query.weight(scoring)?, weight));
                }
            }
            terms.push(fields);
        }
        let mut is_known = false;
        for (number, document) in documents.iter().enumerate() {
            let sums = terms.iter().map(|fields| scores(document, fields)).collect::<tantivy::Result<Vec<_>>>()?;
            for place in 0..document.passages.len() {
                let of_terms: Vec<_> = sums.iter().map(|sum| sum[place]).collect();
                let all = !of_terms.is_empty() && of_terms.iter().all(|score| *score > 0.0);
                let score = of_terms.iter().sum::<f64>() / of_terms.len().max(1) as f64 * alternative.factor;
                let share = if all { alternative.factor } else { 0.0 };
                self.score[number][place] = self.score[number][place].max(score);
                self.share[number][place] = self.share[number][place].max(share);
                is_known |= all;
            }
        }
        Ok(is_known)
    }
}

/// Words of the documents from which a word differs by one slip, or two when it is long.
fn spellings(analysis: &Analysis, documents: &[Arc<Indexed>], word: &str) -> tantivy::Result<Vec<Alternative>> {
    let length = word.chars().count();
    let slips = if length >= 8 { 2 } else { 1 };
    let Some(first) = word.chars().next() else { return Ok(Vec::new()) };
    let first = first.to_string();
    let mut found: BTreeSet<(usize, String)> = BTreeSet::new();
    for document in documents {
        for segment in document.searcher.segment_readers() {
            let index = segment.inverted_index(analysis.text())?;
            let mut terms = index.terms().range().ge(&first).into_stream()?;
            while terms.advance() && terms.key().starts_with(first.as_bytes()) {
                let Ok(term) = str::from_utf8(terms.key()) else { continue };
                if term.chars().count().abs_diff(length) <= slips {
                    let distance = strsim::osa_distance(term, word);
                    if distance <= slips {
                        found.insert((distance, term.to_owned()));
                    }
                }
            }
        }
    }
    let least = found.first().map_or(0, |(distance, _)| *distance);
    let nearest = found.into_iter().filter(|(distance, _)| *distance == least).take(MAX_SPELLINGS);
    Ok(nearest.map(|(_, term)| Alternative { terms: vec![term], factor: SLIP }).collect())
}

/// The score of each passage of a document. Summed up field by field in one order, for a sum of fractions depends on it.
fn scores(document: &Indexed, fields: &[(Box<dyn Weight>, f64)]) -> tantivy::Result<Vec<f64>> {
    let mut scores = vec![0.0; document.passages.len()];
    for segment in document.searcher.segment_readers() {
        for (weight, counts) in fields {
            weight.for_each(segment, &mut |place, score| {
                if let Some(sum) = scores.get_mut(place as usize) {
                    *sum += f64::from(score) * counts;
                }
            })?;
        }
    }
    Ok(scores)
}
