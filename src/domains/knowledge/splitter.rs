//! Splitting of sections into passages: short sections as a whole, others in parts of similar length that end with a
//! sentence, each beginning with the last sentence of the previous one, or in a table with its header.

use std::sync::Arc;

use super::{
    outline::Section,
    tokens::{Script, script},
};

/// Maximum number of words of a passage.
pub(super) const MAX_WORDS: usize = 200;
/// Maximum number of words that a passage repeats from the previous one.
pub(super) const MAX_OVERLAP: usize = 40;
/// Maximum number of words of a part, which leaves room for the repetition.
const MAX_PART: usize = MAX_WORDS - MAX_OVERLAP;
/// Length in characters per which a word counts once more, so that text without spaces has a length.
const LONG_WORD: usize = 20;
/// Length after which a word is cut, in characters.
const MAX_WORD: usize = 400;
/// Length after which a text without spaces is cut, in characters.
const MAX_UNSPACED: usize = 70;

/// A passage without an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The headings above it.
    pub(super) heading: String,
    /// Its text.
    pub(super) text: String,
    /// Its number of words.
    pub(super) words: usize,
    /// Number of bytes at its start that repeat the previous piece.
    pub(super) overlap: usize,
}

/// Splits the sections into passages, in order.
pub(super) fn split(sections: &[Section]) -> Vec<Piece> {
    sections.iter().flat_map(split_section).collect()
}

/// A sentence, or a part of one that is too long.
struct Sentence {
    /// The separator from the previous one.
    glue: &'static str,
    text: String,
    /// Its number of words; long ones count by their length.
    weight: usize,
    /// The header of its table.
    header: Option<Arc<str>>,
}

fn split_section(section: &Section) -> Vec<Piece> {
    let sentences = sentences(section);
    let heading = section.heading();
    let total: usize = sentences.iter().map(|sentence| sentence.weight).sum();
    if total <= MAX_WORDS {
        return vec![piece(&heading, None, &sentences)];
    }
    let target = total.div_ceil(total.div_ceil(MAX_PART));
    let mut pieces = Vec::new();
    let (mut from, mut weight) = (0, 0);
    for (place, sentence) in sentences.iter().enumerate() {
        // A paragraph's end is a better place, when it comes shortly before.
        let ends_here = weight >= target || (sentence.glue == PARAGRAPH && weight * 5 >= target * 4);
        if place > from && (ends_here || weight + sentence.weight > MAX_PART) {
            pieces.push(piece(&heading, repeated(&sentences, from), &sentences[from..place]));
            (from, weight) = (place, 0);
        }
        weight += sentence.weight;
    }
    pieces.push(piece(&heading, repeated(&sentences, from), &sentences[from..]));
    pieces
}

/// Returns the text that a piece starting at `from` repeats: the header of its table if short enough, otherwise the
/// previous sentence if that is.
fn repeated(sentences: &[Sentence], from: usize) -> Option<String> {
    let before = sentences.get(from.checked_sub(1)?)?;
    if let Some(header) = sentences.get(from).and_then(|sentence| sentence.header.as_deref()) {
        let mut weight = 0;
        let mut short = |word: &&str| {
            weight += weigh(word);
            weight <= MAX_OVERLAP
        };
        return Some(header.split(' ').take_while(|word| short(word)).collect::<Vec<_>>().join(" "));
    }
    // A row without its header would say little.
    (before.weight <= MAX_OVERLAP && before.header.is_none()).then(|| before.text.clone())
}

fn piece(heading: &str, repeated: Option<String>, sentences: &[Sentence]) -> Piece {
    let mut text = repeated.unwrap_or_default();
    let overlap = text.len();
    for sentence in sentences {
        if !text.is_empty() {
            text.push_str(sentence.glue);
        }
        text.push_str(&sentence.text);
    }
    Piece { heading: heading.to_owned(), words: text.split_whitespace().count(), text, overlap }
}

const PARAGRAPH: &str = "\n\n";

fn sentences(section: &Section) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for line in &section.lines {
        let mut glue = if line.begins_paragraph { PARAGRAPH } else { "\n" };
        let words: Vec<_> = line.text.split(' ').flat_map(cut).collect();
        let (mut from, mut weight) = (0, 0);
        for (place, word) in words.iter().enumerate() {
            let heavy = weight + weigh(word) > MAX_PART;
            if place > from && (heavy || is_end(words[place - 1], word)) {
                sentences.push(Sentence {
                    glue,
                    text: words[from..place].join(" "),
                    weight,
                    header: line.header.clone(),
                });
                (from, weight, glue) = (place, 0, " ");
            }
            weight += weigh(word);
        }
        sentences.push(Sentence { glue, text: words[from..].join(" "), weight, header: line.header.clone() });
    }
    sentences
}

/// Returns the weight of a word. Text without spaces has one word per two characters.
fn weigh(word: &str) -> usize {
    let unspaced = word.chars().filter(|c| is_unspaced(*c)).count();
    1 + (word.chars().count() - unspaced) / LONG_WORD + unspaced / 2
}

fn is_unspaced(c: char) -> bool {
    matches!(script(c), Script::Ideographic | Script::Unspaced)
}

/// Cuts a long word into parts, also at ends of sentences within it.
fn cut(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut length, mut unspaced) = (0, 0, 0);
    for (place, c) in word.char_indices() {
        length += 1;
        unspaced += usize::from(is_unspaced(c));
        let end = place + c.len_utf8();
        let is_full = length == MAX_WORD || unspaced == MAX_UNSPACED || matches!(c, '。' | '！' | '？');
        if is_full && end < word.len() {
            parts.push(&word[start..end]);
            (start, length, unspaced) = (end, 0, 0);
        }
    }
    parts.push(&word[start..]);
    parts
}

/// Returns true if a sentence ends between two words.
fn is_end(before: &str, after: &str) -> bool {
    let bare = before.trim_end_matches(['"', '\'', ')', ']', '”', '’', '*', '_']);
    let first = after.trim_start_matches(['"', '\'', '(', '[', '“', '‘', '*', '_']).chars().next();
    bare.ends_with(['.', '!', '?', '…', '。', '！', '？']) && first.is_some_and(|c| !c.is_lowercase())
}

#[cfg(test)]
mod tests;
