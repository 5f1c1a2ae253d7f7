//! Splits sections into passages: whole sections where they are short, else parts of about the same length that end with a
//! sentence, each beginning with the last sentence of the one before, or within a table with its header.

use std::sync::Arc;

use super::{
    outline::Section,
    tokens::{Script, script},
};

/// The most words of a passage.
pub(super) const MAX_WORDS: usize = 200;
/// The most words that a passage repeats of the one before.
pub(super) const MAX_OVERLAP: usize = 40;
/// The most words of a part, so that what is repeated has its place.
const MAX_PART: usize = MAX_WORDS - MAX_OVERLAP;
/// Characters for which a word is counted once more: what has no spaces has a length too.
const LONG_WORD: usize = 20;
/// Characters after which a word is cut.
const MAX_WORD: usize = 400;
/// Characters of a text without spaces after which it is cut.
const MAX_UNSPACED: usize = 70;

/// A passage before it has an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The headings that it stands below.
    pub(super) heading: String,
    /// What it says.
    pub(super) text: String,
    /// How many words it has.
    pub(super) words: usize,
    /// How many bytes at its beginning repeat the piece before.
    pub(super) overlap: usize,
}

/// The passages of the sections, in their order.
pub(super) fn split(sections: &[Section]) -> Vec<Piece> {
    sections.iter().flat_map(split_section).collect()
}

/// A sentence, or the part of one that is too long.
struct Sentence {
    /// What stands between it and the one before.
    glue: &'static str,
    text: String,
    /// Its words, long ones counted by their length.
    weight: usize,
    /// The header of the table that it is of.
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

/// What a piece that begins at `from` repeats of what stands before it: within a table its header, as far as it is short
/// enough, else the sentence before when that is.
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

/// How many words a word counts for. What is written without spaces has a word in two characters.
fn weigh(word: &str) -> usize {
    let unspaced = word.chars().filter(|c| is_unspaced(*c)).count();
    1 + (word.chars().count() - unspaced) / LONG_WORD + unspaced / 2
}

fn is_unspaced(c: char) -> bool {
    matches!(script(c), Script::Ideographic | Script::Unspaced)
}

/// The word in parts that are not too long; a sentence that ends within it ends a part.
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

/// Whether a sentence ends between two words.
fn is_end(before: &str, after: &str) -> bool {
    let bare = before.trim_end_matches(['"', '\'', ')', ']', '”', '’', '*', '_']);
    let first = after.trim_start_matches(['"', '\'', '(', '[', '“', '‘', '*', '_']).chars().next();
    bare.ends_with(['.', '!', '?', '…', '。', '！', '？']) && first.is_some_and(|c| !c.is_lowercase())
}

#[cfg(test)]
mod tests;
