//! All documents as they can be searched: an image of the database at one of its changes.

use std::{collections::BTreeMap, sync::Arc};

use tantivy::query::{EnableScoring, Query, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;

use super::{
    document, embedding,
    index::{Analysis, Indexed, Statistics},
    passage,
};
use crate::db::Id;

/// Passages of each way of searching that are merged.
const CANDIDATES: usize = 50;

/// The documents as of one change of the database. It is not changed; a later one takes its place.
#[derive(Clone, Default)]
pub(super) struct Catalog {
    /// Up to which change of the log it is complete.
    pub(super) revision: i64,
    /// The documents, in the order in which they were added.
    pub(super) documents: BTreeMap<Id<document::Model>, Arc<Indexed>>,
}

/// A passage with how well it fits. Ordered by that, and among equals by document and place.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scored {
    score: f64,
    document: usize,
    place: usize,
}

impl Catalog {
    /// The documents of a base, in the order in which they were added.
    pub(super) fn base(&self, name: &str) -> Vec<Arc<Indexed>> {
        self.documents.values().filter(|document| &*document.base == name).cloned().collect()
    }
}

/// The passages with words of the query, the best first, by BM25.
///
/// # Errors
/// When tantivy fails.
pub(super) fn by_words(
    analysis: &Analysis,
    documents: &[Arc<Indexed>],
    query: &str,
) -> tantivy::Result<Vec<Id<passage::Model>>> {
    let Some(first) = documents.first() else { return Ok(Vec::new()) };
    let statistics = Statistics(documents);
    let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, &first.searcher);
    let weights = analysis.terms(&analysis.words(query)).into_iter().map(|(term, weight)| {
        let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
        Ok((query.weight(scoring)?, f64::from(weight)))
    });
    let weights = weights.collect::<tantivy::Result<Vec<_>>>()?;
    let mut scored = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        let scores = scores(document, &weights)?.into_iter().enumerate().filter(|(_, score)| *score > 0.0);
        scored.extend(scores.map(|(place, score)| Scored { score, document: number, place }));
    }
    Ok(best(documents, scored))
}

/// The score of each passage of a document. Summed up word by word in one order, for a sum of fractions depends on it.
fn scores(document: &Indexed, weights: &[(Box<dyn Weight>, f64)]) -> tantivy::Result<Vec<f64>> {
    let mut scores = vec![0.0; document.passages.len()];
    for segment in document.searcher.segment_readers() {
        for (weight, counts) in weights {
            weight.for_each(segment, &mut |place, score| {
                if let Some(sum) = scores.get_mut(place as usize) {
                    *sum += f64::from(score) * counts;
                }
            })?;
        }
    }
    Ok(scores)
}

/// The passages whose meaning is nearest to the query's, the nearest first.
pub(super) fn by_meaning(documents: &[Arc<Indexed>], query: &[f32]) -> Vec<Id<passage::Model>> {
    let mut scored = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        for (place, (_, vector)) in document.passages.iter().enumerate() {
            let cosine = vector.as_deref().and_then(|vector| embedding::cosine(vector, query));
            let score = cosine.filter(|cosine| *cosine > 0.0);
            scored.extend(score.map(|score| Scored { score, document: number, place }));
        }
    }
    best(documents, scored)
}

fn best(documents: &[Arc<Indexed>], mut scored: Vec<Scored>) -> Vec<Id<passage::Model>> {
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.document, a.place).cmp(&(b.document, b.place))));
    scored.iter().take(CANDIDATES).map(|scored| documents[scored.document].passages[scored.place].0).collect()
}

#[cfg(test)]
mod tests;
