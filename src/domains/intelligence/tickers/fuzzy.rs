//! Misspelled names.
//!
//! The measure is the optimal string alignment distance (insert, delete, replace, swap neighbours) of the names written
//! as one word without legal form and group words, divided by the longer length.

use strsim::osa_distance;

use super::directory::{Directory, Rank, block};
use super::normalize::Name;
use super::words;

/// The least likeness (1 − distance / length) at which a misspelling is accepted: one wrong letter in nine, two in
/// seventeen. Below it, two real names are as likely as one misspelled name.
pub const FUZZY_THRESHOLD: f64 = 0.88;

/// A first word this long may have a wrong letter; shorter ones are within a letter of each other too often (`Enliven`,
/// `Enlivex`).
const SHORTEST_WRONG_FIRST_WORD: usize = 8;

/// The same for the words behind it.
const SHORTEST_WRONG_WORD: usize = 6;

/// The companies whose titles are most like `name`, with their likeness: none, one, or several alike.
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

/// Whether the names have the same words but for single letters in long ones. After the first word, which is the one that
/// tells companies apart, a plural is as good as the singular.
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

/// Whether `written` is `meant` but for a letter. A number is right or wrong, and a word that another title or the trade
/// has is that word and no misspelling, however like it is.
fn is_misspelling(directory: &Directory, written: &str, meant: &str, is_first: bool) -> bool {
    let shortest = if is_first { SHORTEST_WRONG_FIRST_WORD } else { SHORTEST_WRONG_WORD };
    written.len().min(meant.len()) >= shortest
        && written.chars().next() == meant.chars().next()
        && !written.chars().chain(meant.chars()).any(char::is_numeric)
        && !words::is_trade(written)
        && !directory.index.word_uses.contains_key(written)
        && osa_distance(written, meant) == 1
}
