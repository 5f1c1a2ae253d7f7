//! The searchable documents: an in-memory snapshot of the database.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    analysis::Analysis,
    document, embedding,
    fusion::{Fits, Fused, Part, Ranked, fuse},
    index::Indexed,
    matches::{Matches, Preferred},
    passage,
    question::Question,
    scale::Scale,
};
use crate::db::Id;

/// Number of passages merged per search method.
const CANDIDATES: usize = 50;
/// Maximum number of passages of a document matched by its title alone.
const MAX_BY_TITLE: usize = 3;

/// The documents at one revision of the database. Immutable, and replaced by a later one.
#[derive(Clone, Default)]
pub(super) struct Catalog {
    /// The revision up to which it is complete.
    pub(super) revision: i64,
    /// The documents, oldest first.
    pub(super) documents: BTreeMap<Id<document::Model>, Arc<Indexed>>,
    /// The calibration of its vectors, if the model was measured.
    pub(super) scale: Option<Scale>,
}

impl Catalog {
    /// Returns the documents of a base, oldest first.
    pub(super) fn base(&self, name: &str) -> Vec<Arc<Indexed>> {
        self.documents.values().filter(|document| &*document.base == name).cloned().collect()
    }
}

/// A passage by document index and passage index.
pub(super) type At = (usize, usize);

/// Returns the best scored passage; the first of equals.
fn best(scored: &[(f64, At)]) -> Option<(f64, At)> {
    scored.iter().copied().reduce(|a, b| if b.0 > a.0 { b } else { a })
}

/// Ranks passages, at most [`CANDIDATES`], dropping duplicates. Those in `leading` follow directly after the best.
fn ranked(documents: &[Arc<Indexed>], mut scored: Vec<(f64, At)>, leading: &[At]) -> Vec<At> {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let all = scored.iter().map(|(_, at)| *at);
    let order = all.clone().take(1).chain(leading.iter().copied()).chain(all.skip(1));
    let mut said = HashSet::new();
    order.filter(|at| said.insert(says(documents, *at))).take(CANDIDATES).collect()
}

/// Returns the fingerprint of a passage's content, equal for duplicates.
fn says(documents: &[Arc<Indexed>], (document, place): At) -> u64 {
    documents[document].passages[place].says
}

/// Returns the passages that contain words of the question, ranked by BM25.
///
/// # Errors
/// If tantivy fails.
pub(super) fn by_words(analysis: &Analysis, documents: &[Arc<Indexed>], query: &str) -> tantivy::Result<Ranked<At>> {
    let question = Question::read(analysis, query);
    let matches = Matches::find(analysis, documents, &question)?;
    let whole: Vec<_> = (0..question.words.len()).collect();
    let preferred = Preferred::read(analysis, documents, query);
    let scored = matches.scored(&whole, &preferred);
    let Some(first) = best(&scored) else { return Ok(Ranked::default()) };
    let mut bearing: HashSet<At> = matches.bearing(&whole).collect();
    for clause in question.clauses.iter().filter(|clause| matches.is_telling(clause)) {
        bearing.extend(matches.bearing(clause));
    }
    leave_few_by_title(&matches, &scored, &mut bearing);
    let (mut leading, mut parts) = (Vec::new(), Vec::new());
    for (number, part) in matches.parts(analysis, &question, query, first.1) {
        let bears: HashSet<At> = matches.bearing(&part).collect();
        let scored = matches.scored(&part, &preferred);
        let fits = fits(&matches, &part, &scored, bears);
        let of_part: Vec<_> = scored.into_iter().filter(|(_, at)| fits.bearing.contains(at)).collect();
        leading.extend(best(&of_part).map(|(_, at)| at));
        parts.push(Part { number, fits });
    }
    let fits = fits(&matches, &whole, &scored, bearing);
    Ok(Ranked { order: ranked(documents, scored, &leading), whole: fits, parts })
}

/// Returns the relevance of passages for these words: scores relative to the best, weighted by the certainty of the
/// match.
fn fits(matches: &Matches, words: &[usize], scored: &[(f64, At)], bearing: HashSet<At>) -> Fits<At> {
    let part = |at: At| matches.covered(words, at) / matches.total(words);
    let unit = best(scored).map_or(0.0, |(score, at)| part(at) / score);
    let is_unsure = |at: &&At| !matches.is_mostly(words, **at);
    Fits {
        unsure: bearing.iter().filter(is_unsure).copied().collect(),
        fit: scored.iter().map(|(score, at)| (*at, score * unit)).collect(),
        bearing,
    }
}

/// Keeps only the best of a document's passages that match by its title alone.
fn leave_few_by_title(matches: &Matches, scored: &[(f64, At)], bearing: &mut HashSet<At>) {
    let mut by_title: Vec<_> =
        scored.iter().filter(|(_, at)| bearing.contains(at) && matches.is_by_title(*at)).copied().collect();
    by_title.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for (_, at) in by_title {
        let count = counts.entry(at.0).or_default();
        *count += 1;
        if *count > MAX_BY_TITLE {
            bearing.remove(&at);
        }
    }
}

/// Returns the passages nearest in meaning to one of the queries, nearest first; the first query is the whole question,
/// the others its parts.
pub(super) fn by_meaning(documents: &[Arc<Indexed>], queries: &[Vec<f32>], scale: Scale) -> Ranked<At> {
    let near = |query: &Vec<f32>| {
        let mut scored = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            for (place, passage) in document.passages.iter().enumerate() {
                let cosine = passage.vector.as_deref().and_then(|vector| embedding::cosine(vector, query));
                scored.extend(cosine.map(|cosine| (cosine, (number, place))));
            }
        }
        scored
    };
    let fits = |scored: &[(f64, At)]| Fits {
        fit: scored.iter().map(|(cosine, at)| (*at, scale.nearness(*cosine))).collect(),
        bearing: scored.iter().filter(|(cosine, _)| scale.bears(*cosine)).map(|(_, at)| *at).collect(),
        unsure: HashSet::new(),
    };
    let Some((whole, parts)) = queries.split_first() else { return Ranked::default() };
    let mut scored = near(whole);
    let whole = fits(&scored);
    let parts: Vec<_> = parts.iter().map(near).collect();
    let leading = parts.iter().filter_map(|scored| best(scored).filter(|(cosine, _)| scale.bears(*cosine)));
    let leading: Vec<_> = leading.map(|(_, at)| at).collect();
    scored.retain(|(cosine, at)| *cosine > 0.0 || leading.contains(at));
    let number = |(number, scored): (usize, &Vec<_>)| Part { number: Some(number), fits: fits(scored) };
    let parts = parts.iter().enumerate().map(number).collect();
    Ranked { order: ranked(documents, scored, &leading), whole, parts }
}

/// Merges the results of both search methods.
pub(super) fn merged(
    documents: &[Arc<Indexed>],
    words: &Ranked<At>,
    meaning: &Ranked<At>,
) -> Vec<Fused<Id<passage::Model>>> {
    let mut said = HashSet::new();
    let fused = fuse(words, meaning).into_iter().filter(|fused| said.insert(says(documents, fused.item)));
    fused.map(|fused| fused.map(|(document, place)| documents[document].passages[place].id)).collect()
}

#[cfg(test)]
mod tests;
