//! All documents as they can be searched: an image of the database at one of its changes.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::{
    document, embedding,
    index::{Analysis, Indexed},
    matches::{Matches, Preferred},
    passage,
    question::Question,
};
use crate::db::Id;

/// Passages of each way of searching that are merged.
const CANDIDATES: usize = 50;
/// Passages of a document that are found by its title alone.
const MAX_BY_TITLE: usize = 3;

/// The documents as of one change of the database. It is not changed; a later one takes its place.
#[derive(Clone, Default)]
pub(super) struct Catalog {
    /// Up to which change of the log it is complete.
    pub(super) revision: i64,
    /// The documents, in the order in which they were added.
    pub(super) documents: BTreeMap<Id<document::Model>, Arc<Indexed>>,
}

impl Catalog {
    /// The documents of a base, in the order in which they were added.
    pub(super) fn base(&self, name: &str) -> Vec<Arc<Indexed>> {
        self.documents.values().filter(|document| &*document.base == name).cloned().collect()
    }
}

/// Passages in one order, the best first, with what bears on the question.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Ranked {
    pub(super) passages: Vec<Id<passage::Model>>,
    /// Those of them that bear on the question, so that they may answer it.
    pub(super) bearing: HashSet<Id<passage::Model>>,
}

/// A passage by its document and its place there.
type At = (usize, usize);

/// Puts passages in order; of those that say the same the first stays. `leading` come first, after the best of all.
fn ranked(documents: &[Arc<Indexed>], mut scored: Vec<(f64, At)>, leading: &[At], bearing: &HashSet<At>) -> Ranked {
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let place = |(document, place): At| &documents[document].passages[place];
    let all = scored.iter().map(|(_, at)| *at);
    let order = all.clone().take(1).chain(leading.iter().copied()).chain(all.skip(1));
    let (mut said, mut ranked) = (HashSet::new(), Ranked::default());
    for at in order.filter(|at| said.insert(place(*at).says)).take(CANDIDATES) {
        ranked.passages.push(place(at).id);
        if bearing.contains(&at) {
            ranked.bearing.insert(place(at).id);
        }
    }
    ranked
}

/// The passages with words of the question, the best first, by BM25.
///
/// # Errors
/// When tantivy fails.
pub(super) fn by_words(analysis: &Analysis, documents: &[Arc<Indexed>], query: &str) -> tantivy::Result<Ranked> {
    let question = Question::read(analysis, query);
    let matches = Matches::find(analysis, documents, &question)?;
    let whole: Vec<_> = (0..question.words.len()).collect();
    let preferred = Preferred::read(analysis, documents, query);
    let scored = matches.scored(&whole, &preferred);
    let Some(best) = scored.iter().copied().reduce(|a, b| if b.0 > a.0 { b } else { a }) else {
        return Ok(Ranked::default());
    };
    let mut bearing: HashSet<At> = matches.bearing(&whole).collect();
    for clause in question.clauses.iter().filter(|clause| matches.is_telling(clause)) {
        bearing.extend(matches.bearing(clause));
    }
    let mut leading = Vec::new();
    for part in matches.parts(analysis, &question, query, best.1) {
        let of_part = matches.scored(&part, &preferred);
        let bears: HashSet<At> = matches.bearing(&part).collect();
        let best =
            of_part.into_iter().filter(|(_, at)| bears.contains(at)).reduce(|a, b| if b.0 > a.0 { b } else { a });
        leading.extend(best.map(|(_, at)| at));
        bearing.extend(best.map(|(_, at)| at));
    }
    leave_few_by_title(&matches, &scored, &mut bearing);
    Ok(ranked(documents, scored, &leading, &bearing))
}

/// Of the passages of a document that bear on the question by its title alone, leaves the best ones.
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

/// The passages whose meaning is nearest to that of one of the queries, the nearest first; the first query is the whole
/// question, the others its parts. Those nearer than `floor` bear on it.
pub(super) fn by_meaning(documents: &[Arc<Indexed>], queries: &[Vec<f32>], floor: f64) -> Ranked {
    let near = |query: &[f32]| {
        let mut scored = Vec::new();
        for (number, document) in documents.iter().enumerate() {
            for (place, passage) in document.passages.iter().enumerate() {
                let cosine = passage.vector.as_deref().and_then(|vector| embedding::cosine(vector, query));
                scored.extend(cosine.filter(|cosine| *cosine > 0.0).map(|cosine| (cosine, (number, place))));
            }
        }
        scored
    };
    let Some((whole, parts)) = queries.split_first() else { return Ranked::default() };
    let scored = near(whole);
    let mut bearing: HashSet<At> = scored.iter().filter(|(cosine, _)| *cosine >= floor).map(|(_, at)| *at).collect();
    let mut leading = Vec::new();
    for part in parts {
        let best = near(part).into_iter().filter(|(cosine, _)| *cosine >= floor);
        if let Some((_, at)) = best.reduce(|a, b| if b.0 > a.0 { b } else { a }) {
            leading.push(at);
            bearing.insert(at);
        }
    }
    ranked(documents, scored, &leading, &bearing)
}

#[cfg(test)]
mod tests;
