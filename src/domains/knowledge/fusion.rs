//! Merging of matches by words and by meaning. Scores are added instead of ranks, since a large distance between two
//! passages is significant and ranks hide it. Both are scaled first: word scores relative to the best, cosines by the
//! calibration of their model.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::Hash,
};

/// Weight of meaning relative to words.
const MEANING: f64 = 0.75;
/// Similarity below which a passage with only some of the words is irrelevant.
const FAR: f64 = -0.3;

/// The matches of one search method.
#[derive(Debug)]
pub(super) struct Ranked<T> {
    /// The passages in the order of this method alone, best first.
    pub(super) order: Vec<T>,
    /// The relevance for the whole question.
    pub(super) whole: Fits<T>,
    /// The relevance for its parts.
    pub(super) parts: Vec<Part<T>>,
}

/// The relevance of passages for a part of a question.
#[derive(Debug)]
pub(super) struct Part<T> {
    /// Index of the part in the question; `None` if the part is not marked by punctuation.
    pub(super) number: Option<usize>,
    pub(super) fits: Fits<T>,
}

/// The relevance of passages for a question or a part of it.
#[derive(Debug)]
pub(super) struct Fits<T> {
    /// By words from 0 to 1; by meaning 0 for unrelated texts, 1 for answers.
    pub(super) fit: HashMap<T, f64>,
    /// The relevant passages.
    pub(super) bearing: HashSet<T>,
    /// Those of them that contain only a part of the words.
    pub(super) unsure: HashSet<T>,
}

impl<T> Default for Ranked<T> {
    fn default() -> Self {
        Self { order: Vec::new(), whole: Fits::default(), parts: Vec::new() }
    }
}

impl<T> Default for Fits<T> {
    fn default() -> Self {
        Self { fit: HashMap::new(), bearing: HashSet::new(), unsure: HashSet::new() }
    }
}

/// An item of the merged list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fused<T> {
    pub(super) item: T,
    /// Relevance, 0–1.
    pub(super) score: f64,
    /// Rank by words, from 1.
    pub(super) word_rank: Option<i32>,
    /// Rank by meaning, from 1.
    pub(super) meaning_rank: Option<i32>,
}

impl<T> Fused<T> {
    /// Converts the item.
    pub(super) fn map<U>(self, name: impl FnOnce(T) -> U) -> Fused<U> {
        let Self { item, score, word_rank, meaning_rank } = self;
        Fused { item: name(item), score, word_rank, meaning_rank }
    }
}

/// Returns the relevant passages, best first, followed by the best of each part. The smaller of equals comes first.
pub(super) fn fuse<T: Copy + Ord + Hash>(words: &Ranked<T>, meaning: &Ranked<T>) -> Vec<Fused<T>> {
    let nothing = Fits::default();
    let of_number = |parts: &[Part<T>], number: Option<usize>| parts.iter().position(|part| part.number == number);
    let mut leading = Vec::new();
    for part in &words.parts {
        let same = part.number.and_then(|number| of_number(&meaning.parts, Some(number)));
        leading.push(joined(&part.fits, same.map_or(&nothing, |place| &meaning.parts[place].fits)));
    }
    for part in meaning.parts.iter().filter(|part| of_number(&words.parts, part.number).is_none()) {
        leading.push(joined(&nothing, &part.fits));
    }
    let leading: Vec<_> =
        leading.iter().filter_map(|part| part.iter().find(|one| one.bears)).map(|one| one.item).collect();
    let whole = joined(&words.whole, &meaning.whole);
    let bears = |one: &&Joined<T>| one.bears || leading.contains(&one.item);
    let of_item = |item: &T| whole.iter().find(|one| one.item == *item);
    let order = whole.iter().take(1).chain(leading.iter().filter_map(of_item)).chain(&whole).filter(bears);
    let (words, meaning) = (ranks(&words.order), ranks(&meaning.order));
    let mut known = BTreeSet::new();
    let fused = order.filter(|one| known.insert(one.item)).map(|one| Fused {
        item: one.item,
        score: one.score.clamp(0.0, 1.0),
        word_rank: words.get(&one.item).copied(),
        meaning_rank: meaning.get(&one.item).copied(),
    });
    descending(fused.collect())
}

/// A passage with its relevance by both methods.
struct Joined<T> {
    item: T,
    /// The combined relevance, relative to a passage that matches by both.
    score: f64,
    bears: bool,
}

/// Returns the passages of both methods, best first.
fn joined<T: Copy + Ord + Hash>(words: &Fits<T>, meaning: &Fits<T>) -> Vec<Joined<T>> {
    let weight = if meaning.fit.is_empty() { 0.0 } else { MEANING };
    let items: BTreeSet<T> = words.fit.keys().chain(meaning.fit.keys()).copied().collect();
    let join = |item| {
        let near = meaning.fit.get(&item).copied();
        let by_words = words.fit.get(&item).copied().unwrap_or(0.0);
        let is_far = words.unsure.contains(&item) && near.is_some_and(|near| near < FAR);
        Joined {
            item,
            score: weight.mul_add(near.unwrap_or(0.0), by_words) / (1.0 + weight),
            bears: (words.bearing.contains(&item) && !is_far) || meaning.bearing.contains(&item),
        }
    };
    let mut joined: Vec<_> = items.into_iter().map(join).collect();
    joined.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.item.cmp(&b.item)));
    joined
}

fn ranks<T: Copy + Eq + Hash>(order: &[T]) -> HashMap<T, i32> {
    order.iter().copied().zip(1..).collect()
}

/// Raises the score of a passage that leads for a part of the question to that of its successor.
fn descending<T>(mut fused: Vec<Fused<T>>) -> Vec<Fused<T>> {
    let mut least = 0.0_f64;
    for one in fused.iter_mut().rev() {
        least = least.max(one.score);
        one.score = least;
    }
    fused
}

#[cfg(test)]
mod tests;
