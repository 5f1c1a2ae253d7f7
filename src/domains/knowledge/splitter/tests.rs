use proptest::prelude::*;

use super::{super::document::Format, super::outline::sections, *};

fn pieces(content: &str) -> Vec<Piece> {
    split(&sections(Format::Markdown, content))
}

/// Returns a sentence of this many words.
fn sentence(words: usize) -> String {
    format!("{}end.", "Word ".repeat(words - 1))
}

#[test]
fn a_short_section_is_one_passage_with_its_paragraphs() {
    let [piece] = &pieces("# Fees\nOne is small. Two is large.\n\n- a\n- b")[..] else { panic!() };
    assert_eq!((piece.heading.as_str(), piece.words, piece.overlap), ("Fees", 10, 0));
    assert_eq!(piece.text, "One is small. Two is large.\n\n- a\n- b");
}

#[test]
fn a_long_section_is_split_evenly_at_sentences_and_the_last_one_is_repeated() {
    let content = (0..12).map(|n| format!("Number{n} {}", sentence(29))).collect::<Vec<_>>().join(" ");
    let pieces = pieces(&format!("# Long\n{content}"));
    assert_eq!(pieces.len(), 3, "{pieces:#?}");
    for (before, after) in pieces.iter().zip(&pieces[1..]) {
        let repeated = &after.text[..after.overlap];
        assert!(before.text.ends_with(repeated) && repeated.starts_with("Number"), "{repeated}");
        assert!(after.text.ends_with("end."));
    }
    assert!(pieces.iter().all(|piece| piece.heading == "Long" && (80..=MAX_WORDS).contains(&piece.words)));
}

#[test]
fn a_sentence_without_an_end_is_cut_and_so_is_a_word() {
    let pieces = pieces(&format!("{} {}", "word ".repeat(1000), "x".repeat(100_000)));
    assert!(pieces.iter().all(|piece| piece.words <= MAX_WORDS && piece.text.chars().count() < 6000));
    let text: String = pieces.iter().map(|piece| &piece.text[piece.overlap..]).collect();
    assert_eq!(text.matches('x').count(), 100_000);
    assert_eq!(text.matches("word").count(), 1000);
}

#[test]
fn a_text_without_spaces_is_split_at_its_sentences() {
    let content: String =
        (0..60).map(|number| format!("第{number}条：客户可以在五天之内申请退款并保留发票。")).collect();
    let pieces = pieces(&content);
    assert!(pieces.len() >= 3, "{}", pieces.len());
    assert!(pieces.iter().all(|piece| piece.text.ends_with('。') && piece.text.chars().count() < 500), "{pieces:#?}");
}

#[test]
fn abbreviations_and_numbers_within_a_sentence_end_none() {
    assert!(!is_end("approx.", "three"));
    assert!(!is_end("3.5", "Percent"));
    assert!(is_end("(so.)", "“Now"));
}

/// Returns a text without spaces, to check that nothing is lost.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_is_lost_and_the_bounds_are_kept(
        text in proptest::collection::vec("[A-Za-z.!?é¿]{0,9}|\\PC{0,30}|\n\n|\n|[a-z]{380,900}", 0..300),
    ) {
        let content = text.join(" ");
        let pieces = split(&sections(Format::Text, &content));
        let whole: String = pieces.iter().map(|piece| letters(&piece.text[piece.overlap..])).collect();
        prop_assert_eq!(whole, letters(&super::super::outline::cleaned(&content)));
        for (place, piece) in pieces.iter().enumerate() {
            prop_assert!(piece.words > 0 && piece.words <= MAX_WORDS);
            prop_assert!(piece.text.chars().count() <= MAX_WORDS * (LONG_WORD + 1) + MAX_WORD);
            prop_assert!(piece.text[..piece.overlap].split_whitespace().count() <= MAX_OVERLAP);
            prop_assert!(place == 0 || pieces[place - 1].text.ends_with(&piece.text[..piece.overlap]));
        }
    }
}
