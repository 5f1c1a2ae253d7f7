//! Tokenization of texts in any script.
//!
//! Runs of Chinese characters, kana and Hangul are split into pairs of adjacent characters (like Lucene's
//! `CJKAnalyzer`), so that a word is found regardless of dictionary segmentation. Thai, Lao, Khmer and Burmese, whose
//! pairs are insignificant, are segmented by a model. Everything else is letters, digits and their marks.

use std::borrow::Cow;

use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed, options::WordBreakInvariantOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Role of a character in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    /// Written without spaces, with a syllable or more per character: Chinese, Japanese, and Korean, whose endings are
    /// attached to words.
    Ideographic,
    /// Written without spaces, in letters: Thai, Lao, Khmer, Burmese.
    Unspaced,
    /// Letters, digits and marks of all other scripts.
    Spaced,
    /// No part of a word.
    None,
}

/// Returns the script of a character.
pub(super) fn script(c: char) -> Script {
    match c {
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}'..='\u{30ff}'
        | '\u{3105}'..='\u{312f}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Script::Ideographic,
        '\u{e01}'..='\u{e3a}'
        | '\u{e40}'..='\u{e4e}'
        | '\u{e81}'..='\u{ece}'
        | '\u{1000}'..='\u{1049}'
        | '\u{1050}'..='\u{109d}'
        | '\u{1780}'..='\u{17d3}' => Script::Unspaced,
        c if c.is_alphanumeric() || is_combining_mark(c) => Script::Spaced,
        _ => Script::None,
    }
}

/// Returns runs of characters of one script, with the script, without characters that are no part of a word.
pub(super) fn runs(text: &str) -> Vec<(Script, &str)> {
    let mut runs = Vec::new();
    let mut open: Option<(Script, usize)> = None;
    for (place, c) in text.char_indices() {
        let script = match (script(c), open) {
            // A mark belongs to what it stands on.
            (Script::Spaced, Some((open, _))) if is_combining_mark(c) => open,
            (script, _) => script,
        };
        if open.is_some_and(|(open, _)| open != script) {
            runs.extend(open.take().map(|(script, start)| (script, &text[start..place])));
        }
        if open.is_none() && script != Script::None {
            open = Some((script, place));
        }
    }
    runs.extend(open.map(|(script, start)| (script, &text[start..])));
    runs
}

/// Returns pairs of adjacent characters; a single one is returned as is.
pub(super) fn pairs(run: &str) -> Vec<&str> {
    let starts: Vec<_> = run.char_indices().map(|(place, _)| place).chain([run.len()]).collect();
    if starts.len() <= 3 {
        return vec![run];
    }
    starts.windows(3).map(|pair| &run[pair[0]..pair[2]]).collect()
}

/// Returns the text normalized for comparison: half and full width are equal.
pub(super) fn normalized(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let composed: String = text.nfc().collect();
    if !composed.contains(|c| matches!(c, '\u{ff01}'..='\u{ffee}')) {
        return Cow::Owned(composed);
    }
    let width = |c: char| -> Vec<char> {
        if matches!(c, '\u{ff01}'..='\u{ffee}') { c.to_string().nfkc().collect() } else { vec![c] }
    };
    Cow::Owned(composed.chars().flat_map(width).nfc().collect())
}

/// Splits texts into indexed words.
#[derive(Clone)]
pub(super) struct Words {
    segmenter: WordSegmenterBorrowed<'static>,
    found: Vec<String>,
    token: Token,
    next: usize,
}

impl Words {
    pub(super) fn new() -> Self {
        let segmenter = WordSegmenter::new_auto(WordBreakInvariantOptions::default());
        Self { segmenter, found: Vec::new(), token: Token::default(), next: 0 }
    }

    /// Returns the words of a run by a dictionary or a model.
    pub(super) fn segments<'t>(&self, run: &'t str) -> Vec<&'t str> {
        let ends: Vec<_> = self.segmenter.segment_str(run).collect();
        let words = ends.windows(2).map(|ends| &run[ends[0]..ends[1]]);
        words.filter(|word| word.contains(|c| script(c) != Script::None)).collect()
    }

    fn indexed(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (script, run) in runs(&normalized(text)) {
            match script {
                Script::Ideographic => found.extend(pairs(run).into_iter().map(str::to_owned)),
                Script::Unspaced => found.extend(self.segments(run).into_iter().map(str::to_owned)),
                Script::Spaced => found.push(run.to_owned()),
                Script::None => {}
            }
        }
        found
    }
}

impl Tokenizer for Words {
    type TokenStream<'a> = &'a mut Self;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> &'a mut Self {
        self.found = self.indexed(text);
        self.next = 0;
        self.token = Token::default();
        self
    }
}

impl TokenStream for &mut Words {
    fn advance(&mut self) -> bool {
        let Some(word) = self.found.get_mut(self.next) else { return false };
        self.token.text = std::mem::take(word);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_where_the_script_changes_and_marks_stay_with_their_letters() {
        let runs: Vec<_> = runs("don't 返金は5日, हिन्दी ค่าใช้จ่าย").into_iter().map(|(_, run)| run).collect();
        assert_eq!(runs, ["don", "t", "返金は", "5", "日", "हिन्दी", "ค่าใช้จ่าย"]);
    }

    #[test]
    fn ideographs_become_pairs_and_thai_becomes_words() {
        let words = Words::new();
        assert_eq!(words.indexed("退款需要 五"), ["退款", "款需", "需要", "五"]);
        assert_eq!(words.indexed("ค่าธรรมเนียมการถอนเงิน").concat(), "ค่าธรรมเนียมการถอนเงิน");
        assert!(words.indexed("ค่าธรรมเนียมการถอนเงิน").len() >= 3);
        assert_eq!(words.indexed("ＡＢＣ ｶﾞｲﾄﾞ"), ["ABC", "ガイ", "イド"]);
    }
}
