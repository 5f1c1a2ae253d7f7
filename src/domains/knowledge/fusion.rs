//! Merges what was found by words and by meaning. Scores are added up, not places: that one passage is far nearer than the
//! next says much, and a place does not tell it. Both are put on one scale before: scores of words in proportion to the best,
//! cosines by the scale of their model.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    hash::Hash,
};

/// How much meaning counts beside words.
const MEANING: f64 = 0.75;
/// The nearness of meaning below which a passage that has only some of the words does not bear on the question.
const FAR: f64 = -0.3;

/// What one way of searching has found.
#[derive(Debug)]
pub(super) struct Ranked<T> {
    /// The passages by this way alone, the best first.
    pub(super) order: Vec<T>,
    /// How well passages fit the question.
    pub(super) whole: Fits<T>,
    /// The same for its parts.
    pub(super) parts: Vec<Part<T>>,
}

/// How well passages fit a part of a question.
#[derive(Debug)]
pub(super) struct Part<T> {
    /// The place of the part in the question; `None` for what is no part by its signs.
    pub(super) number: Option<usize>,
    pub(super) fits: Fits<T>,
}

/// How well passages fit a question or a part of it.
#[derive(Debug)]
pub(super) struct Fits<T> {
    /// By words from 0 to 1; by meaning 0 for what is as near as unrelated texts, 1 for what is as near as an answer.
    pub(super) fit: HashMap<T, f64>,
    /// Those that bear on it.
    pub(super) bearing: HashSet<T>,
    /// Those of them that do so by a part of the words only.
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

/// One of the merged list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fused<T> {
    pub(super) item: T,
    /// How well it fits, from 0 to 1.
    pub(super) score: f64,
    /// Its place among those found by words, from 1.
    pub(super) word_rank: Option<i32>,
    /// Its place among those found by meaning, from 1.
    pub(super) meaning_rank: Option<i32>,
}

impl<T> Fused<T> {
    /// The same of another name for the item.
    pub(super) fn map<U>(self, name: impl FnOnce(T) -> U) -> Fused<U> {
        let Self { item, score, word_rank, meaning_rank } = self;
        Fused { item: name(item), score, word_rank, meaning_rank }
    }
}

/// The passages that bear on the question, the best first, and behind it the best of each part. Among equals one that is less
/// comes first.
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

/// A passage with how well it fits by both ways.
struct Joined<T> {
    item: T,
    /// Words and meaning together, in proportion to a passage that fits by both.
    score: f64,
    bears: bool,
}

/// The passages of both ways, the best first.
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

/// Raises the score of what was put forward for a part of the question to that of what stands behind it.
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
