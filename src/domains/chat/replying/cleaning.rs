//! Filters the text of a model while it is streamed: removes citations of unknown passages, passage tags, invisible
//! characters and surrounding blanks.

use std::sync::LazyLock;

use regex::Regex;

use crate::domains::chat::collecting::{is_invisible, pattern};

/// Maximum length of a citation, in characters: `[passages 12, 13 and 14]`.
const LONGEST_MARK: usize = 40;
/// Maximum length of a passage tag to wait for, in characters.
const LONGEST_TAG: usize = 400;

/// Pattern of the text between the brackets of a citation.
static MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*\^?(?:(?:passages?|sources?|refs?\.?|references?|notes?|citations?|cit\.?|docs?|documents?)\b)?[\s:#]*(?:no\.?\s*)?(\d{1,9}(?:(?:\s*[,;&–-]\s*|\s+(?:and\s+)?)(?:passages?\s+|\#\s*)?\d{1,9})*)\s*(?:†.*|:\d+.*)?[,\s]*$",
    )
});

/// Receives pieces of text and returns what may be shown.
#[derive(Debug)]
pub(super) struct Cleaner {
    /// Number of passages.
    passages: usize,
    /// Blanks, followed by the start of a potential citation.
    held: String,
    has_begun: bool,
    /// A held joiner, shown only if the next character can be joined.
    joiner: Option<char>,
    last: Option<char>,
    cited: Vec<usize>,
}

impl Cleaner {
    /// Creates the filter for a text that may cite this number of passages.
    pub(super) fn new(passages: usize) -> Self {
        Self { passages, held: String::new(), has_begun: false, joiner: None, last: None, cited: Vec::new() }
    }

    /// Adds text, and returns the new part that may be shown.
    pub(super) fn push(&mut self, text: &str) -> String {
        let mut shown = String::new();
        for char in text.chars() {
            match char {
                '\r' => {}
                _ if char.is_control() && char != '\n' && char != '\t' => {}
                // They make emoji of several parts, and words in some scripts.
                '\u{200c}' | '\u{200d}' | '\u{fe0f}' if self.last.is_some_and(can_be_joined) => {
                    self.joiner = Some(char)
                }
                _ if is_invisible(char) => {}
                _ => {
                    if let Some(joiner) = self.joiner.take()
                        && (joiner == '\u{fe0f}' || can_be_joined(char))
                    {
                        self.take(joiner, &mut shown);
                    }
                    self.last = Some(char);
                    self.take(char, &mut shown);
                }
            }
        }
        shown
    }

    /// Returns the rest at the end, and the numbers of the cited passages, each once, in order.
    pub(super) fn finish(mut self) -> (String, Vec<usize>) {
        let is_half_a_mark = self.held.contains(|char: char| char.is_ascii_digit() || char == '【')
            || self.held.contains("<pass")
            || self.held.contains("</pass");
        let rest = if is_half_a_mark { "" } else { self.held.trim_end() };
        self.cited.sort_unstable();
        self.cited.dedup();
        (rest.to_owned(), self.cited)
    }

    fn take(&mut self, char: char, shown: &mut String) {
        if let Some(begin) = self.held.find(['[', '【', '<']) {
            let opened = &self.held[begin..];
            let length = opened.chars().count();
            if opened.starts_with('<') {
                if char == '>' && is_tag(opened) {
                    return self.held.clear();
                }
                if length < LONGEST_TAG && may_become_tag(opened, char) {
                    return self.held.push(char);
                }
            } else if matches!(char, ']' | '】') {
                return self.close(begin, char, shown);
            } else if length < LONGEST_MARK && !matches!(char, '[' | '【' | '<' | '\n') {
                return self.held.push(char);
            }
            self.show_held(shown);
        }
        if matches!(char, '[' | '【' | '<') || (char.is_whitespace() && self.has_begun) {
            self.held.push(char);
        } else if !char.is_whitespace() {
            self.show_held(shown);
            self.has_begun = true;
            shown.push(char);
        }
    }

    /// Completes a bracket that started at `begin`: a citation keeps the valid numbers, and is removed with the blanks
    /// before it if there are none. Anything else is text.
    fn close(&mut self, begin: usize, char: char, shown: &mut String) {
        let mut inner = self.held[begin..].chars();
        inner.next();
        let Some(mark) = MARK.captures(inner.as_str()) else {
            self.held.push(char);
            return self.show_held(shown);
        };
        let cited: Vec<usize> = mark[1]
            .split(|char: char| !char.is_ascii_digit())
            .filter_map(|number| number.parse().ok())
            .filter(|number| (1..=self.passages).contains(number))
            .collect();
        if !cited.is_empty() {
            shown.push_str(&self.held[..begin]);
            cited.iter().for_each(|number| shown.push_str(&format!("[{number}]")));
            self.has_begun = true;
            self.cited.extend(cited);
        }
        self.held.clear();
    }

    fn show_held(&mut self, shown: &mut String) {
        self.has_begun |= !self.held.is_empty();
        shown.push_str(&self.held);
        self.held.clear();
    }
}

/// Returns true if a joiner next to the character can be part of a word.
fn can_be_joined(char: char) -> bool {
    !char.is_ascii() && !char.is_whitespace() && !is_invisible(char) && !('\u{a0}'..'\u{250}').contains(&char)
        || char.is_ascii_digit()
}

/// Returns true if a text that begins with `<` is a passage tag, except for its last character.
fn is_tag(opened: &str) -> bool {
    ["<passage", "</passage"].iter().any(|tag| {
        let rest =
            opened.get(..tag.len()).filter(|begin| begin.eq_ignore_ascii_case(tag)).map(|_| &opened[tag.len()..]);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

/// Returns true if a text that begins with `<` may still become such a tag with `char` appended.
fn may_become_tag(opened: &str, char: char) -> bool {
    if is_tag(opened) {
        return !matches!(char, '<' | '\n');
    }
    let longer = format!("{opened}{char}").to_ascii_lowercase();
    "<passage".starts_with(&longer) || "</passage".starts_with(&longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the shown text and the cited passages, checked for all ways to cut the pieces.
    fn cleaned(text: &str, passages: usize) -> (String, Vec<usize>) {
        let chars: Vec<char> = text.chars().collect();
        let results: Vec<_> = (1..=chars.len().max(1))
            .map(|size| {
                let mut cleaner = Cleaner::new(passages);
                let pieces = chars.chunks(size).map(|piece| piece.iter().collect::<String>());
                let mut shown: String = pieces.map(|piece| cleaner.push(&piece)).collect();
                let (rest, cited) = cleaner.finish();
                shown.push_str(&rest);
                (shown, cited)
            })
            .collect();
        assert!(results.iter().all(|result| result == &results[0]), "{results:?}");
        results[0].clone()
    }

    #[test]
    fn marks_that_cite_a_passage_stay_and_others_go() {
        assert_eq!(cleaned("Sleep [1] is for the weak [3].", 2), ("Sleep [1] is for the weak.".to_owned(), vec![1]));
        assert_eq!(cleaned("Momentum works [2][1][0].", 2), ("Momentum works [2][1].".to_owned(), vec![1, 2]));
        assert_eq!(cleaned("So [1, 9,2].", 2), ("So [1][2].".to_owned(), vec![1, 2]));
        assert_eq!(cleaned("[7] So.", 2), ("So.".to_owned(), vec![]));
        assert_eq!(cleaned("No passages [1].", 0), ("No passages.".to_owned(), vec![]));
    }

    #[test]
    fn marks_in_other_writings_are_the_same_marks() {
        for text in ["So [passage 2].", "So 【2】.", "So 【2†source】.", "So [^2].", "So [Source: 2]."] {
            assert_eq!(cleaned(text, 2), ("So [2].".to_owned(), vec![2]), "{text}");
        }
        assert_eq!(cleaned("So [passages 1 and 2] 【9:3†notes】.", 2), ("So [1][2].".to_owned(), vec![1, 2]));
    }

    #[test]
    fn the_marks_around_passages_go() {
        let text = "It says:\n<passage number=\"1\" from=\"Notes › Risk\">Drawdowns hurt.</passage> So do fees.";
        assert_eq!(cleaned(text, 1).0, "It says:Drawdowns hurt. So do fees.");
        assert_eq!(cleaned("a < b and <b>c</b> and <passages>", 1).0, "a < b and <b>c</b> and <passages>");
        assert_eq!(cleaned("So.</PASSAGE>", 1).0, "So.");
        assert_eq!(cleaned("So. <passage number=\"1", 1).0, "So.");
    }

    #[test]
    fn brackets_that_are_no_marks_are_text() {
        for text in ["an array[i]", "[a] and [ ] and []", "[[1", "a [link](x)", "[1a]", "[12345678901234567890]"] {
            let (shown, _) = cleaned(text, 9);
            let expected = if text == "[[1" { "[" } else { text };
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn blanks_around_the_text_and_what_nobody_sees_go() {
        assert_eq!(cleaned(" \n A\u{0}\u{7}\r\n\tB \n ", 0).0, "A\n\tB");
        assert_eq!(cleaned("", 0), (String::new(), vec![]));
        assert_eq!(cleaned("A\u{200b}B\u{202e}C\u{200d}D\u{feff}é\u{200d}f\u{2066}\u{ad}\u{e0041}", 0).0, "ABCDéf");
    }

    #[test]
    fn what_joins_parts_of_one_sign_stays() {
        for text in ["👩\u{200d}💻", "می\u{200c}خواهم", "❤\u{fe0f} it"] {
            assert_eq!(cleaned(text, 0).0, text);
        }
        assert_eq!(cleaned("👩\u{200d} alone", 0).0, "👩 alone");
    }
}
