//! Weights of words in questions, and synonyms.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
};

const SYNONYMS: &str = include_str!("../../../assets/words/synonyms.txt");
const COMMON: &str = include_str!("../../../assets/words/common.txt");
const FUNCTION: &str = include_str!("../../../assets/words/function.txt");
const NEIGHBOURS: &str = include_str!("../../../assets/words/near.txt");

/// Weight of another form of the same word.
const FORM: f64 = 0.9;
/// Weight of a synonym.
const NEAR: f64 = 0.55;
/// Weight of the words of the long list, multiplied by their similarity.
const NEIGHBOUR: f64 = 0.5;

/// Word lists in indexed form: lower case, without accents, stemmed.
#[derive(Debug)]
pub(super) struct Vocabulary {
    near: HashMap<String, Vec<(String, f64)>>,
    common: HashSet<String>,
    /// Common words that may be the topic of a question.
    alone: HashSet<String>,
    function: HashSet<String>,
    /// Words of everyday use.
    ordinary: HashSet<String>,
}

impl Vocabulary {
    /// Returns the vocabulary of the process, read once. See [`Self::new`].
    pub(super) fn shared(stems: impl Fn(&str) -> Vec<String>, folds: impl Fn(&str) -> Vec<String>) -> Arc<Self> {
        static SHARED: OnceLock<Arc<Vocabulary>> = OnceLock::new();
        SHARED.get_or_init(|| Arc::new(Self::new(stems, folds))).clone()
    }

    /// Reads the bundled lists. `stems` returns the indexed words of a text, `folds` those without stemming.
    fn new(stems: impl Fn(&str) -> Vec<String>, folds: impl Fn(&str) -> Vec<String>) -> Self {
        let mut near: HashMap<String, Vec<(String, f64)>> = HashMap::new();
        let lines = |text: &'static str| text.lines().filter(|line| !line.starts_with('#'));
        for line in lines(SYNONYMS) {
            let (line, factor) = line.strip_prefix('=').map_or((line, NEAR), |forms| (forms, FORM));
            let words = stems(line);
            for word in &words {
                let others = words.iter().filter(|other| *other != word).map(|other| (other.clone(), factor));
                near.entry(word.clone()).or_default().extend(others);
            }
        }
        let mut ordinary: HashSet<String> = near.keys().cloned().collect();
        for line in lines(NEIGHBOURS) {
            let mut words = line.split(' ');
            let Some(word) = words.next() else { continue };
            let of_word = near.entry(word.to_owned()).or_default();
            while let (Some(other), Some(hundredths)) =
                (words.next(), words.next().and_then(|number| number.parse().ok()))
            {
                let hundredths: f64 = hundredths;
                of_word.push((other.to_owned(), hundredths / 100.0 * NEIGHBOUR));
                ordinary.insert(other.to_owned());
            }
            ordinary.insert(word.to_owned());
        }
        for others in near.values_mut() {
            others.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            others.dedup_by(|later, first| later.0 == first.0);
        }
        let common: HashSet<String> = lines(COMMON).flat_map(&stems).collect();
        let alone = lines(COMMON).filter_map(|line| line.strip_prefix('+')).flat_map(&stems).collect();
        ordinary.extend(common.iter().cloned());
        let function = lines(FUNCTION).flat_map(folds).collect();
        Self { near, common, alone, function, ordinary }
    }

    /// Returns the alternatives of a word with their weights.
    pub(super) fn near(&self, stem: &str) -> &[(String, f64)] {
        self.near.get(stem).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns true if a word is insignificant for the topic of a question.
    pub(super) fn is_common(&self, stem: &str) -> bool {
        self.common.contains(stem)
    }

    /// Returns true if a common word may be the topic if hardly any other word is left.
    pub(super) fn stands_alone(&self, stem: &str) -> bool {
        self.alone.contains(stem)
    }

    /// Returns true if a word is common in texts. Others are names, terms or misspelled.
    pub(super) fn is_ordinary(&self, stem: &str) -> bool {
        self.ordinary.contains(stem)
    }

    /// Returns true if the word is a function word in a known language.
    pub(super) fn is_function(&self, folded: &str) -> bool {
        self.function.contains(folded)
    }

    /// Returns true if a word in ideographs is a function word, or consists of one and another character.
    pub(super) fn is_nearly_function(&self, word: &str) -> bool {
        let length = word.chars().count();
        let is_within = |known: &String| {
            let known_length = known.chars().count();
            known_length >= 2 && known_length + 1 >= length && word.contains(known.as_str())
        };
        self.is_function(word) || self.function.iter().any(is_within)
    }
}
