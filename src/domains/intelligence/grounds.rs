//! Verification that a text is grounded: it contains no names, numbers, amounts or dates that were not given.
//!
//! A text is checked word by word. A capitalized word must be in the input, be an ordinary word (by a list), or be in
//! lower case elsewhere in the answer, as names never are; at the start of a sentence the ending of an ordinary word
//! suffices. A number must be given with the same value, and as money or percentage only if given so. A date must agree
//! with a given one. The check is strict: a wrong rejection only replaces the model by a template. It cannot detect a
//! false statement that consists of given words. Callers add the required form ([`form`]), and further checks.

mod dates;
pub(super) mod form;
pub(super) mod given;
mod numbers;
mod objection;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::domains::intelligence::filings::pattern;
use dates::PartialDate;
use numbers::{Found, Number};
pub(super) use objection::Objection;

/// The facts that a text may use.
#[derive(Debug, Default)]
pub(super) struct Grounds {
    /// Words in lower case, without `'s`; also initials of names and titles (`cfo` for a given `Chief Financial
    /// Officer`), and number words with the preceding word (`two million`).
    words: HashSet<String>,
    numbers: HashSet<Number>,
    dates: Vec<PartialDate>,
}

/// Returns the words of a text in lower case and without `'s`; hyphenated ones also in parts.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> {
    WORD.find_iter(text).flat_map(|word| {
        let whole = folded(word.as_str());
        let parts: Vec<_> = whole.split(['-', '‑']).map(str::to_owned).collect();
        if parts.len() > 1 { [vec![whole], parts].concat() } else { vec![whole] }
    })
}

/// Pattern of a word: letters and digits, with connecting punctuation.
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\p{L}\p{N}]+(?:['’.,\-‑&][\p{L}\p{N}]+)*"));
/// Pattern of names and titles of several words, for their initials.
static CAPITALISED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{Lu}[\p{L}]*(?:[ \-]\p{Lu}[\p{L}]*){1,5}"));

/// Words that are capitalized or begin sentences, and are no names.
static ORDINARY: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("grounds/ordinary_words.txt").split_whitespace().collect());
/// Endings of words that begin sentences and are hardly names.
const ENDINGS: [&str; 20] = [
    "ing", "tion", "tions", "sion", "sions", "ment", "ments", "ness", "able", "ible", "ive", "ous", "ful", "less",
    "ize", "ise", "ify", "ally", "ities", "ity",
];
/// Number words, which without a number before them must be given with the same preceding word.
const COUNTING: [&str; 15] = [
    "dozen",
    "dozens",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "trillions",
    "percent",
    "dollars",
    "euros",
];

impl Grounds {
    /// Collects all texts in a JSON document.
    pub(super) fn of(document: &Value) -> Self {
        let mut grounds = Self::default();
        grounds.add(document);
        grounds
    }

    fn add(&mut self, document: &Value) {
        match document {
            Value::String(text) => self.add_text(text),
            Value::Array(values) => values.iter().for_each(|value| self.add(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.add(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn add_text(&mut self, text: &str) {
        let mut before = String::new();
        for word in WORD.find_iter(text) {
            let whole = folded(word.as_str());
            self.words.extend(word.as_str().split(['-', '‑', '.', '&']).map(folded));
            if COUNTING.contains(&whole.as_str()) {
                self.words.insert(format!("{before} {whole}"));
            }
            self.words.insert(whole.clone());
            before = whole;
        }
        for name in CAPITALISED.find_iter(text) {
            let initials = name.as_str().split([' ', '-']).filter_map(|word| word.chars().next());
            self.words.insert(initials.collect::<String>().to_lowercase());
        }
        let dates: Vec<_> = dates::dates(text).collect();
        self.numbers.extend(numbers_beside(text, &dates).filter_map(|found| found.number));
        self.numbers.extend(dates.iter().filter_map(|(_, date)| date.year).map(Number::year));
        self.dates.extend(dates.into_iter().map(|(_, date)| date));
    }

    /// Checks a text that is a part of `whole`.
    pub(super) fn check(&self, text: &str, whole: &str) -> Result<(), Objection> {
        let dates: Vec<_> = dates::dates(text).collect();
        for (_, date) in &dates {
            if !self.dates.iter().any(|given| date.agrees_with(given)) {
                return Err(Objection::Date(date.to_string()));
            }
        }
        for found in numbers_beside(text, &dates) {
            // What is no plain number, such as `Q3`, must be given as a word.
            let is_given =
                found.number.as_ref().map_or_else(|| self.words.contains(&folded(found.text)), |it| self.has(it));
            if !is_given && !found.is_free {
                return Err(Objection::Number(found.text.to_owned()));
            }
        }
        let small: HashSet<&str> =
            WORD.find_iter(whole).map(|word| word.as_str()).filter(|word| !word.contains(char::is_uppercase)).collect();
        let mut before = Before { text: "", end: 0 };
        for word in WORD.find_iter(text) {
            let place =
                Place { begins: before.ends_sentence(&text[before.end..word.start()]), after: &text[word.end()..] };
            self.check_word(word.as_str(), before.text, &place, &small)?;
            before = Before { text: word.as_str(), end: word.end() };
        }
        Ok(())
    }

    /// Returns true if the lower-case word is in the input, or is the initials of something in it.
    pub(super) fn has_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    /// Returns true if the number is given. An amount may lose its currency, but a plain number cannot become an
    /// amount.
    fn has(&self, number: &Number) -> bool {
        self.numbers.contains(number) || number.as_money().is_some_and(|money| self.numbers.contains(&money))
    }

    fn check_word(&self, word: &str, before: &str, place: &Place<'_>, small: &HashSet<&str>) -> Result<(), Objection> {
        if !word.contains(char::is_uppercase) {
            let counts = COUNTING.contains(&word) && !before.contains(|char: char| char.is_ascii_digit());
            let is_given = !counts || self.words.contains(&format!("{} {word}", folded(before)));
            return if is_given { Ok(()) } else { Err(Objection::Number(format!("{before} {word}"))) };
        }
        let whole = folded(word);
        if self.words.contains(&whole) || ORDINARY.contains(whole.as_str()) {
            return Ok(());
        }
        let parts: Vec<&str> =
            word.split(['-', '‑', '.', '&']).filter(|part| part.contains(char::is_uppercase)).collect();
        for (at, part) in parts.iter().enumerate() {
            let lower = folded(part);
            let is_known =
                self.words.contains(&lower) || ORDINARY.contains(lower.as_str()) || small.contains(lower.as_str());
            let is_plain = at == 0 && place.begins && place.after.starts_with(' ') && has_plain_ending(part);
            // Numbers with letters, as in "Q3", were checked as numbers.
            if !is_known && !is_plain && !part.contains(|char: char| char.is_ascii_digit()) {
                return Err(Objection::Name((*part).to_owned()));
            }
        }
        Ok(())
    }
}

/// The preceding word.
struct Before<'a> {
    text: &'a str,
    end: usize,
}

impl Before<'_> {
    /// Returns true if a sentence begins after this word and the characters in `gap`.
    fn ends_sentence(&self, gap: &str) -> bool {
        let is_title = matches!(self.text, "Mr" | "Mrs" | "Ms" | "Dr" | "Prof") || self.text.chars().count() == 1;
        self.text.is_empty() || gap.contains('\n') || gap.contains(['.', '!', '?', ':']) && !is_title
    }
}

/// The position of a word.
struct Place<'a> {
    begins: bool,
    after: &'a str,
}

/// Returns the numbers that are no part of a date.
fn numbers_beside<'a>(text: &'a str, dates: &[(Range<usize>, PartialDate)]) -> impl Iterator<Item = Found<'a>> {
    let is_beside = |found: &Found<'_>| !dates.iter().any(|(place, _)| place.contains(&found.at));
    numbers::numbers(text).into_iter().filter(is_beside)
}

/// Returns a word in lower case, without `'s`.
pub(super) fn folded(word: &str) -> String {
    let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    bare.to_lowercase().replace('’', "'")
}

fn has_plain_ending(word: &str) -> bool {
    word.len() >= 6 && word.chars().skip(1).all(char::is_lowercase) && ENDINGS.iter().any(|end| word.ends_with(end))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn objection(text: &str) -> Option<Objection> {
        let given = json!({
            "customer": "Bluefen Energy Corp", "vendor": "Copperline Security", "reader": "Head of Data-Platforms",
            "sentence": "On May 4, 2026, Ms. Jane Roe was appointed Chief Financial Officer; revenue grew 12.5% to \
                $1.25 billion, and 40 sites were closed in January 2026.",
            "list": ["USD 25,000 to USD 150,000", "3 plants"],
        });
        Grounds::of(&given).check(text, text).err()
    }

    #[test]
    fn what_was_given_may_be_said_in_other_words() {
        for text in [
            "Jane Roe becomes CFO of Bluefen Energy. Bluefen's new Chief Financial Officer may look at Copperline Security.",
            "Revenue of $1,250 million, or 1.25 billion, is up 12.5 percent; 40 sites and 3 plants.",
            "The change of 4 May 2026 follows January. A 20-minute call, or 30 minutes, would do.",
            "It is worth between 25,000 and USD 150,000, says the 8-K of 2026.",
            "Hello,\n\nCongratulations on the appointment. Ms. Roe will ask IT and HR first.\n\nKind regards,\nCopperline Security",
            "New Leader at Bluefen Energy: what the new leader wants",
        ] {
            assert_eq!(objection(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_were_not_given_are_found() {
        for (text, name) in [
            ("Ask Bob about it.", "Bob"),
            ("Ask Ms. Kelly about it.", "Kelly"),
            ("Bob Roe will ask.", "Bob"),
            ("As at Salesforce, it helps.", "Salesforce"),
            ("Dear Peter,\nwe read your report.", "Peter"),
            ("We know it from iPhones.", "iPhones"),
            ("Our site in Austin-based hands.", "Austin"),
            ("Élodie has resigned.", "Élodie"),
            ("As J. Sterling said, it helps.", "J"),
            ("Congratulations to Sterling on it.", "Sterling"),
        ] {
            assert_eq!(objection(text), Some(Objection::Name(name.to_owned())), "{text}");
        }
    }

    #[test]
    fn numbers_that_were_not_given_are_found() {
        for (text, number) in [
            ("It saves 30% of the time.", "30"),
            ("It costs $40 a month.", "40"),
            ("A share of 40 percent.", "40"),
            ("It costs 1.5 billion.", "1.5"),
            ("It is worth $1.25 million.", "1.25"),
            ("All in Q3.", "Q3"),
            ("In FY27 it ends.", "FY27"),
            ("The 2nd site.", "2nd"),
            ("In 90 minutes.", "90"),
            ("Two million users.", "Two million"),
            ("It costs ten dollars.", "ten dollars"),
            ("Some 13-14 sites.", "13"),
            ("Two billion users.", "Two billion"),
            ("The 4 plants.", "4"),
        ] {
            assert_eq!(objection(text), Some(Objection::Number(number.to_owned())), "{text}");
        }
    }

    #[test]
    fn dates_made_of_given_parts_are_found() {
        for text in [
            "On 12 May 2026 it began.",
            "On May 3 it began.",
            "In January 4 it began.",
            "Since 2026-05-12.",
            "By 5/4/2027.",
        ] {
            assert!(matches!(objection(text), Some(Objection::Date(_))), "{text}: {:?}", objection(text));
        }
        for text in ["On May 4 it began.", "On 2026-05-04 it began.", "Since May 2026."] {
            assert_eq!(objection(text), None, "{text}");
        }
    }
}
