//! Which words of a question stand in which passages, and how much that says.

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
/// The most telling words of a question that is about each of them.
const SHORT: usize = 3;
/// What a name counts in such a question that no passage of the base has.
const UNKNOWN_NAME: f64 = 1.75;
/// The tenths of the passages from which on a word tells nothing between them.
const EVERYWHERE: usize = 9;
/// The least passages of a base in which a word can stand everywhere.
const MANY: usize = 5;
/// How surely a word must be meant to be taken as that of a heading.
const SURELY: f64 = 0.75;
/// The part of what a question asks for that a heading must have to be (nearly) that.
const NEARLY: f64 = 0.6;
/// How much a heading that is what the question asks for adds to the score, in proportion.
const HEADING: f64 = 1.0;
/// How much the definition that is asked for adds to the score, in proportion.
const DEFINITION: f64 = 0.6;
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

/// The words of a part of a question, with its place there when its signs make it one.
type InPart = (Option<usize>, Vec<usize>);

/// What was found of one word.
struct Found {
    weight: f64,
    /// How well each passage fits.
    score: Vec<Vec<f64>>,
    /// How surely the word is meant in each passage, from 0 to 1.
    share: Vec<Vec<f64>>,
    /// Whether each passage has it in its heading or text, so not only in the title of its document.
    own: Vec<Vec<bool>>,
    /// Whether it is a name that no passage has.
    is_unknown_name: bool,
    /// What surely stands for it in the base.
    terms: Vec<String>,
}

/// What was found of each word of a question.
pub(super) struct Matches(Vec<Found>);

/// What passages are preferred for, beside the words that they have.
pub(super) struct Preferred<'a> {
    documents: &'a [Arc<Indexed>],
    /// What is to be defined.
    definition: Option<Vec<String>>,
}

impl<'a> Preferred<'a> {
    pub(super) fn read(analysis: &Analysis, documents: &'a [Arc<Indexed>], question: &str) -> Self {
        Self { documents, definition: defining::wanted(analysis, question) }
    }
}

impl Matches {
    /// Looks for all words in all passages.
    ///
    /// # Errors
    /// When tantivy fails.
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

    /// Counts words little that tell nothing between the passages, unless there are no others.
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

    /// A question with a name that tells passages apart is about that one, whatever other name no passage has.
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

    /// The passages with any of these words, with how well they fit.
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

    /// By how much the score of a passage grows since its heading is what these words ask for, or it defines that.
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

    /// Whether a passage has no telling word of the question but in the title of its document.
    pub(super) fn is_by_title(&self, at: At) -> bool {
        let telling = || self.0.iter().filter(|found| found.weight >= 1.0 && found.share[at.0][at.1] > 0.0);
        telling().next().is_some() && !telling().any(|found| found.own[at.0][at.1])
    }

    /// The passages that bear on what these words ask for.
    pub(super) fn bearing(&self, words: &[usize]) -> impl Iterator<Item = At> {
        let total = self.total(words);
        let lacks_name = words.iter().any(|word| self.0[*word].is_unknown_name);
        let enough = if lacks_name { f64::INFINITY } else { ENOUGH };
        self.places().filter(move |at| {
            let covered = self.covered(words, *at);
            covered >= LEAST && (covered >= FLOOR * total || (covered >= enough && covered >= LEAST_PART * total))
        })
    }

    /// Whether a passage has most of what these words ask for.
    pub(super) fn is_mostly(&self, words: &[usize], at: At) -> bool {
        self.covered(words, at) >= FLOOR * self.total(words)
    }

    /// Whether these words ask for something: at least two of them are no common words.
    pub(super) fn is_telling(&self, words: &[usize]) -> bool {
        words.iter().filter(|word| self.0[**word].weight >= 1.0).count() >= 2
    }

    /// What is asked for beside the answer that stands at `best`: the parts of a question of several, or what that passage
    /// leaves open of things that are joined.
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

    /// Whether (nearly) all passages have the word.
    fn is_everywhere(&self) -> bool {
        let shares = || self.share.iter().flatten();
        let (having, all) = (shares().filter(|share| **share >= SURELY).count(), shares().count());
        all >= MANY && having * 10 >= all * EVERYWHERE
    }

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

/// Words of the documents, in their texts, headings and titles, from which a word differs by one slip, or two when it is
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

/// A word in one field of the passages.
struct Looked {
    weight: Box<dyn Weight>,
    /// What the word counts there.
    counts: f64,
    /// Whether that is a part of the passage itself, not the title of its document.
    is_own: bool,
}

/// The score of each passage of a document, and whether the word is in the passage itself. Summed up field by field in one
/// order, for a sum of fractions depends on it.
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
