use super::*;

fn fits(fit: &[(char, f64)], bearing: &str, unsure: &str) -> Fits<char> {
    Fits { fit: fit.iter().copied().collect(), bearing: bearing.chars().collect(), unsure: unsure.chars().collect() }
}

fn ranked(whole: Fits<char>) -> Ranked<char> {
    let mut order: Vec<_> = whole.fit.iter().map(|(item, fit)| (*item, *fit)).collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    Ranked { order: order.into_iter().map(|(item, _)| item).collect(), whole, parts: Vec::new() }
}

fn items(words: &Ranked<char>, meaning: &Ranked<char>) -> String {
    fuse(words, meaning).iter().map(|fused| fused.item).collect()
}

#[test]
fn what_fits_by_both_comes_before_what_fits_by_one() {
    let words = ranked(fits(&[('a', 0.8), ('b', 0.7), ('c', 0.1)], "abc", ""));
    let meaning = ranked(fits(&[('a', 0.0), ('b', 0.9), ('c', 0.2), ('d', 1.0)], "bd", ""));
    let fused = fuse(&words, &meaning);
    assert_eq!(fused.iter().map(|fused| fused.item).collect::<String>(), "badc");
    assert_eq!((fused[0].word_rank, fused[0].meaning_rank), (Some(2), Some(2)));
    assert_eq!((fused[2].word_rank, fused[2].meaning_rank), (None, Some(1)));
    assert!((fused[0].score - (0.7 + 0.75 * 0.9) / 1.75).abs() < 1e-9);
    assert!(fused.is_sorted_by(|before, after| before.score >= after.score));
}

#[test]
fn one_way_alone_keeps_its_order_and_its_scores() {
    let nothing = Ranked::default();
    let words = ranked(fits(&[('b', 0.9), ('a', 0.4), ('c', 0.2)], "ab", ""));
    assert_eq!(items(&words, &nothing), "ba");
    assert!((fuse(&words, &nothing)[0].score - 0.9).abs() < 1e-9);
    assert_eq!(items(&nothing, &ranked(fits(&[('b', 0.9), ('a', 0.4)], "ab", ""))), "ba");
    assert_eq!(items(&nothing, &nothing), "");
}

#[test]
fn what_is_far_by_meaning_needs_more_than_some_of_the_words() {
    let words = ranked(fits(&[('a', 0.9), ('b', 0.8), ('c', 0.7)], "abc", "bc"));
    let meaning = ranked(fits(&[('a', -1.0), ('b', -1.0), ('c', 0.1)], "", ""));
    assert_eq!(items(&words, &meaning), "ca");
    // Of one without a vector nothing is known.
    assert_eq!(items(&words, &ranked(fits(&[('z', -1.0)], "", ""))), "abc");
}

#[test]
fn the_best_of_each_part_stands_behind_the_best_of_all() {
    let mut words = ranked(fits(&[('a', 1.0), ('b', 0.9), ('c', 0.8), ('d', 0.3)], "abc", ""));
    words.parts = vec![
        Part { number: Some(0), fits: fits(&[('a', 1.0), ('b', 0.9)], "ab", "") },
        Part { number: Some(1), fits: fits(&[('c', 0.5), ('d', 0.4)], "cd", "") },
    ];
    assert_eq!(items(&words, &Ranked::default()), "acb");
    // By both ways together another one is the best of the second part.
    let mut meaning = ranked(fits(&[('a', 0.5), ('b', 0.5), ('c', 0.0), ('d', 0.2)], "", ""));
    meaning.parts = vec![Part { number: Some(1), fits: fits(&[('c', 0.0), ('d', 0.9)], "d", "") }];
    let fused = fuse(&words, &meaning);
    assert_eq!(fused.iter().map(|fused| fused.item).collect::<String>(), "adbc");
    assert!(fused.is_sorted_by(|before, after| before.score >= after.score));
}

#[test]
fn among_equals_the_first_comes_first() {
    let words = ranked(fits(&[('b', 0.5), ('a', 0.5)], "ab", ""));
    assert_eq!(items(&words, &Ranked::default()), "ab");
}
