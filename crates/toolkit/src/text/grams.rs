//! Trigrams: three letters in a row, by which texts with typing errors are found.
//!
//! They are made as `pg_trgm` of PostgreSQL makes them: of each word, with two blanks before it and one behind it.

use std::collections::BTreeSet;

use super::fold;

/// The trigrams of a searched text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grams {
    /// Those of each word.
    pub words: Vec<BTreeSet<String>>,
}

impl Grams {
    /// Returns the trigrams of a searched text; `None` if it has no word.
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<_> = words(text).iter().map(|word| grams_of(word)).collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// Returns the trigrams of all words, each once.
    pub fn all(&self) -> BTreeSet<&str> {
        self.words.iter().flatten().map(String::as_str).collect()
    }

    /// Returns the number of trigrams that a text must share to be found: six of ten, and at least four, for with fewer
    /// a word of four letters would find all that begin alike.
    pub fn needed(&self) -> i32 {
        i32::try_from((self.all().len() * 3).div_ceil(5).max(4)).unwrap_or(i32::MAX)
    }

    /// Returns the number of trigrams of one `word` that a text must share: half of them, so that no word is left out.
    pub fn needed_of(word: &BTreeSet<String>) -> i32 {
        i32::try_from(word.len().div_ceil(2)).unwrap_or(i32::MAX)
    }
}

/// Returns the trigrams by which a text is found, each once.
pub fn grams(text: &str) -> BTreeSet<String> {
    words(text).iter().flat_map(|word| grams_of(word)).collect()
}

/// Returns the words of a text, folded, with the letters that decompose into no other written as people type them.
fn words(text: &str) -> Vec<String> {
    let plain = |letter: char| match letter {
        'ł' => 'l',
        'ø' => 'o',
        'đ' => 'd',
        letter if letter.is_alphanumeric() => letter,
        _ => ' ',
    };
    let text: String = fold(text).chars().map(plain).collect();
    text.split_whitespace().map(str::to_owned).collect()
}

fn grams_of(word: &str) -> BTreeSet<String> {
    let letters: Vec<_> = format!("  {word} ").chars().collect();
    letters.windows(3).map(|three| three.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// True if a text is found by what was typed.
    fn is_found(text: &str, typed: &str) -> bool {
        let (text, typed) = (grams(text), Grams::of(typed).unwrap());
        let count = |number: usize| i32::try_from(number).unwrap();
        let shared = |of: &BTreeSet<String>| count(of.iter().filter(|gram| text.contains(*gram)).count());
        let all: BTreeSet<_> = typed.all().into_iter().map(str::to_owned).collect();
        shared(&all) >= typed.needed() && typed.words.iter().all(|word| shared(word) >= Grams::needed_of(word))
    }

    #[test]
    fn a_word_has_the_trigrams_of_pg_trgm() {
        let cat: BTreeSet<_> = ["  c", " ca", "cat", "at "].map(str::to_owned).into();
        assert_eq!(grams("Cat"), cat);
        assert_eq!(grams("CAT, (cat)"), cat);
        assert_eq!(grams("—"), BTreeSet::new());
        assert_eq!(Grams::of(" % "), None);
    }

    #[test]
    fn names_are_found_with_typing_errors_and_others_are_not() {
        for (name, typed) in [
            ("Jonathan Papadopoulos", "Jonathn Papadopulos"),
            ("José Fernández", "jose fernandez"),
            ("Søren Andersson", "Sorn Andresson"),
            ("Łukasz Straße", "lukas strase"),
            ("Globex", "globx"),
            ("Bluefen Energy", "Blufen Energie"),
        ] {
            assert!(is_found(name, typed), "{name} by {typed}");
        }
        for (name, typed) in [
            ("North Sea", "norg"),
            ("Norgaard Holding", "gmbh nørgaard"),
            ("Globex", "initech"),
            ("Harrowgate Financial", "Harrison Finance"),
            ("Acme", "%%%a"),
        ] {
            assert!(!is_found(name, typed), "{name} by {typed}");
        }
    }
}
