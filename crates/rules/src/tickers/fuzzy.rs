//! Matching of misspelled names.
//!
//! The measure is the optimal string alignment distance (insert, delete, replace, swap neighbors) of the names written
//! as one word without legal form and group words, divided by the longer length.

use strsim::osa_distance;

use super::directory::{Directory, Rank, block};
use super::normalize::Name;
use super::words;

/// Minimum similarity (1 − distance / length) of a misspelling: one wrong letter in nine, two in seventeen. Below it,
/// two real names are as likely as one misspelled name.
pub const FUZZY_THRESHOLD: f64 = 0.88;

/// Minimum length of a first word that may contain a wrong letter; shorter ones are too often within one letter of each
/// other (`Enliven`, `Enlivex`).
const SHORTEST_WRONG_FIRST_WORD: usize = 8;

/// Minimum length of later words that may contain a wrong letter.
const SHORTEST_WRONG_WORD: usize = 6;

/// Returns the companies with the titles most similar to `name`, and their similarity: none, one, or several equal
/// ones.
pub(super) fn best(directory: &Directory, name: &Name) -> (f64, Vec<Rank>) {
    let joined = name.joined();
    let ranks = block(&joined).and_then(|block| directory.index.fuzzy.get(block)).map_or(&[][..], Vec::as_slice);
    let mut best = (FUZZY_THRESHOLD, Vec::new());
    for &rank in ranks {
        let title = &directory.companies[rank].name;
        let other = title.joined();
        let likeness = likeness(&joined, &other);
        // The same name was refused by a stricter rule for its group words.
        if joined == other
            || likeness < best.0
            || !name.forms.agree(title.forms)
            || !words_agree(directory, name, title)
        {
            continue;
        }
        if likeness > best.0 {
            best = (likeness, Vec::new());
        }
        best.1.push(rank);
    }
    best
}

fn likeness(a: &str, b: &str) -> f64 {
    let (short, long) = {
        let (a, b) = (a.chars().count(), b.chars().count());
        (a.min(b), a.max(b))
    };
    // The distance is at least the difference in length; the real one is only worth computing above the threshold.
    let bound = ratio(long - short, long);
    if bound < FUZZY_THRESHOLD {
        return bound;
    }
    ratio(osa_distance(a, b), long)
}

#[expect(clippy::cast_precision_loss, reason = "lengths of names are far below 2^52")]
fn ratio(distance: usize, length: usize) -> f64 {
    1.0 - distance as f64 / length.max(1) as f64
}

/// Returns true if the names have the same words except for single letters in long ones. After the first, distinctive
/// word, plural and singular are equal.
fn words_agree(directory: &Directory, name: &Name, title: &Name) -> bool {
    let (written, meant) = (name.core_words(), title.core_words());
    written.len() == meant.len()
        && written.iter().zip(meant).enumerate().all(|(at, (written, meant))| {
            written == meant
                || (at > 0 && is_plural(written, meant))
                || is_misspelling(directory, written, meant, at == 0)
        })
}

fn is_plural(a: &str, b: &str) -> bool {
    a.strip_suffix('s') == Some(b) || b.strip_suffix('s') == Some(a)
}

/// Returns true if `written` is `meant` with one wrong letter. Numbers must be equal, and a word that occurs in another
/// title or is generic is no misspelling, however similar.
fn is_misspelling(directory: &Directory, written: &str, meant: &str, is_first: bool) -> bool {
    let shortest = if is_first { SHORTEST_WRONG_FIRST_WORD } else { SHORTEST_WRONG_WORD };
    written.len().min(meant.len()) >= shortest
        && written.chars().next() == meant.chars().next()
        && !written.chars().chain(meant.chars()).any(char::is_numeric)
        && !words::is_trade(written)
        && !directory.index.word_uses.contains_key(written)
        && osa_distance(written, meant) == 1
}
