//! Search of quotes in a text.
//!
//! Characters are compared as the rules read them: white space is one space, and variants of quotation marks and dashes
//! are equal. Case and words are significant, so a paraphrase is never found. The result is the text's own wording,
//! never the model's.

use std::ops::Range;

use crate::filings::sentences::sentences;

/// A text with its sentences, for searching.
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    /// The sentences with their byte ranges.
    pub(super) sentences: Vec<(Range<usize>, &'a str)>,
    folded: String,
    /// For each byte of `folded`, the start of its character in `text`.
    places: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let place = |sentence: &str| (sentence.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let sentences = sentences(text).map(|sentence| {
            let start = place(sentence);
            (start..start + sentence.len(), sentence)
        });
        let (folded, places) = fold(text);
        Self { text, sentences: sentences.collect(), folded, places }
    }

    /// Returns the first occurrence of the words; `None` if there is none.
    pub(super) fn find(&self, words: &str) -> Option<Range<usize>> {
        let words = folded(words);
        if words.is_empty() {
            return None;
        }
        let at = self.folded.find(&words)?;
        let end = self.places.get(at + words.len()).copied().unwrap_or(self.text.len());
        let start = *self.places.get(at)?;
        Some(start..start + self.text.get(start..end)?.trim_end().len())
    }

    /// Returns the indexes of the sentences that the bytes touch.
    pub(super) fn around(&self, bytes: &Range<usize>) -> Range<usize> {
        let touches = |(place, _): &(Range<usize>, &str)| place.start < bytes.end && bytes.start < place.end;
        let first = self.sentences.iter().position(touches).unwrap_or(self.sentences.len());
        let count = self.sentences[first..].iter().take_while(|sentence| touches(sentence)).count();
        first..first + count
    }

    /// Returns the sentences at these indexes.
    pub(super) fn at(&self, places: &Range<usize>) -> Vec<&'a str> {
        self.sentences[places.clone()].iter().map(|(_, sentence)| *sentence).collect()
    }

    /// Returns the text from the first of these sentences to the end of the last.
    pub(super) fn span(&self, places: &Range<usize>) -> &'a str {
        match (self.sentences.get(places.start), places.end.checked_sub(1).and_then(|last| self.sentences.get(last))) {
            (Some((first, _)), Some((last, _))) => self.text.get(first.start..last.end).unwrap_or_default(),
            _ => "",
        }
    }
}

/// Returns a text in the form for comparison, without surrounding punctuation and spaces.
pub(super) fn folded(text: &str) -> String {
    fold(text.trim()).0.trim().to_owned()
}

/// Returns true if `words` occur in `text` as whole words.
pub(super) fn holds(text: &str, words: &str) -> bool {
    let (text, words) = (folded(text).to_lowercase(), folded(words).to_lowercase());
    let is_edge = |char: Option<char>| char.is_none_or(|char| !char.is_alphanumeric());
    !words.is_empty()
        && text.match_indices(&words).any(|(at, found)| {
            is_edge(text[..at].chars().next_back()) && is_edge(text[at + found.len()..].chars().next())
        })
}

fn fold(text: &str) -> (String, Vec<usize>) {
    let (mut folded, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (at, char) in text.char_indices() {
        let char = match char {
            '’' | '‘' | '‛' | '′' | '`' => '\'',
            '“' | '”' | '„' | '″' => '"',
            '–' | '—' | '‑' | '‐' | '−' => '-',
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => continue,
            char if char.is_whitespace() => ' ',
            char => char,
        };
        if char == ' ' && folded.ends_with(' ') {
            continue;
        }
        folded.push(char);
        places.resize(folded.len(), at);
    }
    (folded, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "On May 1, the “Company” hired\nJane Roe — its first officer. It’s so. ";

    #[test]
    fn words_are_found_whatever_the_marks_and_spaces_and_given_as_they_stand() {
        let text = Text::of(TEXT);
        for (words, expected) in [
            ("the \"Company\" hired Jane   Roe", Some("the “Company” hired\nJane Roe")),
            ("Jane Roe - its first officer.", Some("Jane Roe — its first officer.")),
            ("It's so.", Some("It’s so.")),
            ("the company hired", None),
            ("the Company engaged Jane Roe", None),
            ("", None),
            ("  ", None),
        ] {
            assert_eq!(text.find(words).map(|found| &TEXT[found]), expected, "{words}");
        }
    }

    #[test]
    fn the_sentences_around_words_are_whole() {
        let text = Text::of("The Company has not filed a petition. It goes on. All is well.");
        let found = text.find("filed a petition").unwrap();
        assert_eq!(text.span(&text.around(&found)), "The Company has not filed a petition.");
        let found = text.find("a petition. It goes").unwrap();
        assert_eq!(text.span(&text.around(&found)), "The Company has not filed a petition. It goes on.");
    }

    #[test]
    fn a_value_is_held_as_whole_words_only() {
        assert!(holds("appointed Chief Financial Officer, effective", "chief financial officer"));
        assert!(!holds("the directorship", "director"));
        assert!(!holds("anything", ""));
    }
}
