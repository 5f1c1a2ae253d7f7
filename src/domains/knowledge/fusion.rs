//! Merges lists of passages by reciprocal rank fusion (Cormack, Clarke, Büttcher: "Reciprocal Rank Fusion outperforms
//! Condorcet and individual Rank Learning Methods", SIGIR 2009): places count, not the scores, which of two ways of
//! searching cannot be compared.

use std::collections::HashMap;

/// How little the first places stand out; the value of the paper.
const K: f64 = 60.0;

/// One of the merged list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fused<T> {
    pub(super) item: T,
    /// The sum over the lists of 1 / (60 + its place there).
    pub(super) score: f64,
    /// Its place among those found by words, from 1.
    pub(super) word_rank: Option<i32>,
    /// Its place among those found by meaning, from 1.
    pub(super) meaning_rank: Option<i32>,
}

/// Merges the two lists, the best first. Among equals one that stands earlier by words comes first, then one that is less.
pub(super) fn fuse<T: Copy + Eq + Ord + std::hash::Hash>(by_words: &[T], by_meaning: &[T]) -> Vec<Fused<T>> {
    let mut fused: HashMap<T, Fused<T>> = HashMap::new();
    let mut add = |list: &[T], note: fn(&mut Fused<T>, i32)| {
        for (item, rank) in list.iter().zip(1..) {
            let empty = Fused { item: *item, score: 0.0, word_rank: None, meaning_rank: None };
            let entry = fused.entry(*item).or_insert(empty);
            entry.score += 1.0 / (K + f64::from(rank));
            note(entry, rank);
        }
    };
    add(by_words, |entry, rank| entry.word_rank = Some(rank));
    add(by_meaning, |entry, rank| entry.meaning_rank = Some(rank));
    let mut fused: Vec<_> = fused.into_values().collect();
    let place = |entry: &Fused<T>| (entry.word_rank.unwrap_or(i32::MAX), entry.item);
    fused.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| place(a).cmp(&place(b))));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(fused: &[Fused<char>]) -> String {
        fused.iter().map(|fused| fused.item).collect()
    }

    #[test]
    fn what_both_find_comes_before_what_one_finds() {
        let fused = fuse(&['a', 'b', 'c'], &['c', 'd']);
        assert_eq!(items(&fused), "cabd");
        assert_eq!((fused[0].word_rank, fused[0].meaning_rank), (Some(3), Some(1)));
        assert!((fused[0].score - (1.0 / 63.0 + 1.0 / 61.0)).abs() < 1e-12);
    }

    #[test]
    fn one_list_alone_keeps_its_order() {
        assert_eq!(items(&fuse(&['b', 'a'], &[])), "ba");
        assert_eq!(items(&fuse(&[], &['b', 'a'])), "ba");
        assert_eq!(items(&fuse::<char>(&[], &[])), "");
    }

    #[test]
    fn among_equals_words_decide() {
        assert_eq!(items(&fuse(&['b', 'a'], &['a', 'b'])), "ba");
        assert_eq!(items(&fuse(&['b'], &['a'])), "ba");
    }
}
