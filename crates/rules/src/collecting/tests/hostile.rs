//! Whatever is said: no panic, honest quotes, and nothing changes twice.

use proptest::prelude::*;

use super::fields;
use crate::collecting::{Collected, MAX_UTTERANCE, clean, collect};

/// Pieces of talk that the rules listen to, in any order.
const PIECES: [&str; 40] = [
    "I'm",
    "Dana",
    "dana@example.com",
    "120k",
    "no,",
    "sorry",
    "not",
    "my name is",
    "van der",
    "a",
    "month",
    "£85,000",
    ".",
    ",",
    "?",
    "and",
    "@",
    "at",
    "dot",
    "com",
    "between",
    "80",
    "hundred",
    "thousand",
    "I make",
    "lost",
    "Müller",
    "+49 30 901820",
    "call me",
    "it's",
    "O'Neill",
    "\u{200b}",
    "\n",
    "I'd rather not say",
    "email",
    "%",
    "(",
    "J.",
    "is",
    "it's about",
];

fn utterance() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.join(" "));
    prop_oneof![3 => pieces, 1 => "\\PC{0,200}", 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn quotes_stand_in_the_utterance_and_the_same_again_changes_nothing(
        said in prop::collection::vec(utterance(), 1..4),
        asked in prop::option::of(prop::sample::select(&["name", "email", "phone", "income", "topic", "other"][..])),
    ) {
        let (fields, mut known) = (fields(), Collected::default());
        for utterance in &said {
            let changes = collect(&fields, &known, asked, utterance);
            for change in &changes {
                prop_assert!(clean(utterance).contains(&change.quote), "{change:?}");
                prop_assert!(!change.quote.is_empty());
            }
            known.apply(&changes);
            let again = collect(&fields, &known, asked, utterance);
            prop_assert!(again.iter().all(|change| change.value.is_none()), "{again:?} after {changes:?}");
        }
    }
}

#[test]
fn a_megabyte_is_cut_and_read() {
    for piece in ["a@b.cc ", "I'm Dana ", "1,", "hundred ", "((((", "dot ", "@", "I make 5k and ", "\u{300}"] {
        let utterance = piece.repeat(1_000_000 / piece.len());
        for change in collect(&fields(), &Collected::default(), Some("name"), &utterance) {
            assert!(change.quote.len() <= MAX_UTTERANCE);
        }
    }
}
