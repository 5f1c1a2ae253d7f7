//! Definitions in passages, and questions for definitions: "X is …" answers "what is X".

use super::{analysis::Analysis, outline::HEADING_SEPARATOR};

/// Words between a term and its definition.
const COPULAS: [&str; 5] = ["is", "are", "means", "was", "were"];
/// Maximum number of words of a defined term.
const MAX_SUBJECT: usize = 5;
/// Beginnings of questions for a definition.
const OPENINGS: [&str; 12] = [
    "what is meant by ",
    "what exactly is ",
    "what exactly are ",
    "what is ",
    "what are ",
    "what's ",
    "whats ",
    "what does ",
    "what do ",
    "define ",
    "definition of ",
    "meaning of ",
];

/// Returns the indexed words of a heading's innermost part that is no page number.
pub(super) fn headed(analysis: &Analysis, heading: &str) -> Vec<String> {
    let own = heading.split(HEADING_SEPARATOR).filter(|part| !is_page(part)).last().unwrap_or_default();
    unique(analysis.stems(own))
}

/// Returns true if a part of a heading is a page number, or empty.
pub(super) fn is_page(part: &str) -> bool {
    let is_number = |number: &str| number.chars().all(|character| character.is_ascii_digit());
    part.is_empty() || part.strip_prefix("Page ").is_some_and(is_number)
}

/// Returns the terms defined by the sentences of a text, as indexed words.
pub(super) fn defined(analysis: &Analysis, text: &str) -> Vec<Vec<String>> {
    let sentences = text.split(['.', '!', '?', ';', ':', '\n']);
    let subjects = sentences.filter_map(|sentence| {
        let words: Vec<_> = sentence.split_whitespace().take(MAX_SUBJECT + 1).collect();
        let copula = words.iter().position(|word| COPULAS.contains(word))?;
        Some(unique(analysis.stems(&words[..copula].join(" "))))
    });
    subjects.filter(|subject| !subject.is_empty()).collect()
}

/// Returns the fraction of the wanted term that is defined, up to 1: "short" is half of "short selling".
pub(super) fn part_defined(wanted: &[String], defined: &[Vec<String>]) -> f64 {
    let within = defined.iter().filter(|subject| subject.iter().all(|word| wanted.contains(word)));
    let words = within.map(Vec::len).max().unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "a few words are defined")]
    let part = words as f64 / wanted.len().max(1) as f64;
    part
}

/// Returns the term that a question wants defined, as indexed words; `None` for other questions.
pub(super) fn wanted(analysis: &Analysis, question: &str) -> Option<Vec<String>> {
    let question = question.trim().to_lowercase().replace('’', "'");
    let rest = OPENINGS.iter().find_map(|opening| question.strip_prefix(opening))?;
    let rest = rest.trim_end_matches(|character: char| !character.is_alphanumeric());
    let is_meant = question.starts_with("what do");
    let rest = if is_meant { rest.strip_suffix(" mean").or_else(|| rest.strip_suffix(" stand for"))? } else { rest };
    let subject = unique(analysis.stems(rest));
    (!subject.is_empty() && rest.split_whitespace().count() <= MAX_SUBJECT).then_some(subject)
}

/// Sorts and deduplicates words.
fn unique(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_for_definitions_tell_what_is_to_be_defined() {
        let analysis = Analysis::new();
        let wanted = |question| wanted(&analysis, question).map(|words| words.join(" "));
        for question in
            ["What is short selling?", "what does short selling mean", "define short selling", "What’s short selling"]
        {
            assert_eq!(wanted(question).as_deref(), Some("sell short"), "{question}");
        }
        for question in
            ["How does it work?", "what is it", "What does it cost?", "what is the gap between two prices for us"]
        {
            assert_eq!(wanted(question), None, "{question}");
        }
    }

    #[test]
    fn sentences_define_what_stands_before_their_verb() {
        let analysis = Analysis::new();
        let found =
            defined(&analysis, "A hedge fund is a pool. It is large. Correlation of all things that there are is low.");
        assert_eq!(found, [["fund", "hedg"]]);
        let wanted = ["fund", "hedg", "larg"].map(str::to_owned);
        assert!((part_defined(&wanted, &found) - 2.0 / 3.0).abs() < 1e-9);
        assert!(part_defined(&wanted[..1], &found).abs() < 1e-9);
    }

    #[test]
    fn the_heading_of_a_passage_is_its_innermost_one() {
        let analysis = Analysis::new();
        assert_eq!(headed(&analysis, "Refunds › How long it takes › Page 2"), ["long", "take"]);
        assert_eq!(headed(&analysis, ""), [""; 0]);
    }
}
