//! Parsing of a company name into normalized words, with legal form and group words separated.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::words::{self, Forms};

/// A name as comparable words.
///
/// The words are nested: `core` (`sony`) is a prefix of `legal` (`sony group`), which is a prefix of `full` (`sony
/// group corp`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    words: Vec<String>,
    legal: usize,
    core: usize,
    /// The separated legal forms.
    pub(super) forms: Forms,
}

impl Name {
    /// Parses `text`; `None` if it contains no letter or digit.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut words = split(strip_title_marker(text));
        drop_share_class(&mut words);
        drop_article(&mut words);
        if words.is_empty() {
            return None;
        }
        let mut forms = Forms::default();
        let mut legal = words.len();
        while legal > 1 {
            if let Some(form) = words::legal_form(&words[legal - 1]) {
                forms = forms.with(form);
                legal -= 1;
            } else if is_inside_form(&words[legal - 1], words.get(legal)) {
                legal -= 1;
            } else {
                break;
            }
        }
        let mut core = legal;
        while core > 1 && is_outside_core(&words[core - 1]) {
            core -= 1;
        }
        Some(Self { words, legal, core, forms })
    }

    /// Returns all words in normalized spelling.
    pub(super) fn full(&self) -> String {
        self.words.join(" ")
    }

    /// Returns the name without the legal form.
    pub(super) fn legal(&self) -> String {
        self.words[..self.legal].join(" ")
    }

    /// Returns the name without the legal form and without `Group`, `Holdings`, `Companies`.
    pub(super) fn core(&self) -> String {
        self.core_words().join(" ")
    }

    /// Returns the words of [`Name::core`].
    pub(super) fn core_words(&self) -> &[String] {
        &self.words[..self.core]
    }

    /// Returns the words without the legal form.
    pub(super) fn legal_words(&self) -> &[String] {
        &self.words[..self.legal]
    }

    /// Returns the core as one word, so that `Exxon Mobil` matches `ExxonMobil`.
    pub(super) fn joined(&self) -> String {
        self.core_words().concat()
    }

    /// Returns the name without its legal form as one word.
    pub(super) fn legal_joined(&self) -> String {
        self.legal_words().concat()
    }

    /// Returns the group words of the name: `group` of `sony group corp`.
    pub(super) fn group_words(&self) -> &[String] {
        &self.words[self.core..self.legal]
    }

    pub(super) fn has_legal_form(&self) -> bool {
        self.legal < self.words.len()
    }

    /// Returns true if the name has a legal form or a group word, like a company's full name.
    pub(super) fn claims_to_be_complete(&self) -> bool {
        self.core < self.words.len()
    }
}

/// Returns true if `word` belongs to the legal form that begins with `next`: `S.A. de C.V.`, `Public Limited Company`.
fn is_inside_form(word: &str, next: Option<&String>) -> bool {
    matches!((word, next.map(String::as_str)), ("de", Some("cv")) | ("public", Some("ltd" | "co")))
}

fn is_outside_core(word: &str) -> bool {
    words::is_group_word(word) || words::legal_form(word).is_some() || word == "of"
}

/// Returns `text` in lower case without accents, apostrophes and trademark signs, with `&` and `+` as the word `and`,
/// and spaces for other punctuation.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let plain = text.chars().filter(|c| !matches!(c, '™' | '®' | '©' | '℠' | '\u{200b}'..='\u{200d}' | '\u{feff}'));
    for c in plain.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            '\'' | '\u{2018}' | '\u{2019}' | '\u{2032}' | '\u{2bc}' | '`' | '\u{b4}' => {}
            '&' | '+' => folded.push_str(" and "),
            'ß' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
            'ł' | 'Ł' => folded.push('l'),
            'ı' => folded.push('i'),
            'þ' | 'Þ' => folded.push_str("th"),
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            _ => folded.push(' '),
        }
    }
    folded
}

/// Returns the words of `text` in normalized spelling: without `and`, with consecutive single letters joined (`D. R.
/// Horton` is `dr horton`, `S.A.` is `sa`), and `United States` as `us`.
fn split(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> = Vec::new();
    let mut in_initials = false;
    for word in folded.split_whitespace().filter(|word| *word != "and") {
        let initial = word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
        match words.last_mut() {
            Some(last) if initial && in_initials => last.push_str(word),
            Some(last) if word == "states" && last == "united" => "us".clone_into(last),
            _ => words.push(words::spelling(word).to_owned()),
        }
        in_initials = initial;
    }
    words
}

/// Removes the SEC's markers at the end of a title: `BANK OF AMERICA CORP /DE/`, `US BANCORP \DE\`, `TOYOTA MOTOR
/// CORP/`.
fn strip_title_marker(text: &str) -> &str {
    let text = text.trim_end();
    let open = text.trim_end_matches(['/', '\\']).trim_end();
    match open.rfind(['/', '\\']) {
        Some(at) if words::is_title_marker(&open[at + 1..]) => open[..at].trim_end(),
        _ => open,
    }
}

/// Removes the share class: `Class A Common Stock`, `ADR`.
fn drop_share_class(words: &mut Vec<String>) {
    loop {
        let tail: Vec<&str> = words.iter().rev().take(3).map(String::as_str).collect();
        let cut = match tail[..] {
            [_] | [] => 0,
            ["shares" | "receipts" | "share" | "receipt", "depositary", "american"] => 3,
            ["stock" | "shares", "common" | "ordinary" | "preferred", ..] => 2,
            [class, "class" | "cl", ..] if class.len() == 1 => 2,
            ["adr" | "ads" | "gdr" | "sponsored" | "unsponsored", ..] => 1,
            _ => 0,
        };
        if cut == 0 || cut >= words.len() {
            return;
        }
        words.truncate(words.len() - cut);
    }
}

/// Removes `The` from the front, or from the end in sorted lists.
fn drop_article(words: &mut Vec<String>) {
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    if words.len() > 1 && words.last().is_some_and(|word| word == "the") {
        words.pop();
    }
}

/// Returns `text` without its possessive endings (`Kellogg’s` is `Kellogg`), or `None` if it has none.
pub(super) fn without_possessive(text: &str) -> Option<String> {
    let straight = text.replace(['\u{2019}', '\u{2018}', '`', '\u{b4}'], "'");
    let words: Vec<&str> = straight
        .split_whitespace()
        .map(|word| word.strip_suffix("'s").or_else(|| word.strip_suffix("'S")).unwrap_or(word))
        .collect();
    let cut = words.join(" ");
    (cut.len() < straight.split_whitespace().collect::<Vec<_>>().join(" ").len()).then_some(cut)
}

/// Returns the normalized form of a company's name: without case, accents, punctuation and legal form.
pub fn name_key(name: &str) -> String {
    Name::new(name).map_or_else(|| name.trim().to_lowercase(), |name| name.legal())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> (String, String, String) {
        let name = Name::new(text).unwrap();
        (name.full(), name.legal(), name.core())
    }

    fn legal(text: &str) -> String {
        keys(text).1
    }

    #[test]
    fn accents_case_and_punctuation_are_folded() {
        assert_eq!(legal("Nestlé, S.A."), "nestle");
        assert_eq!(legal("ØRSTED A/S"), "orsted");
        assert_eq!(legal("Straße Łódź"), "strasse lodz");
        assert_eq!(legal("Ｓｏｎｙ"), "sony");
    }

    #[test]
    fn apostrophes_of_every_shape_join_their_word() {
        for text in ["Lowe's", "Lowe’s", "Lowe`s", "LOWES"] {
            assert_eq!(legal(text), "lowes", "{text}");
        }
    }

    #[test]
    fn hyphens_of_every_shape_separate_words() {
        for text in ["Coca-Cola", "Coca\u{2011}Cola", "Coca–Cola", "COCA COLA CO"] {
            assert_eq!(legal(text), "coca cola", "{text}");
        }
    }

    #[test]
    fn trademark_signs_vanish() {
        assert_eq!(legal("Intel®"), "intel");
        assert_eq!(legal("Sherwin-Williams™ Co"), "sherwin williams");
    }

    #[test]
    fn ampersand_and_the_word_and_are_the_same() {
        assert_eq!(keys("Eli Lilly and Company"), keys("ELI LILLY & Co"));
    }

    #[test]
    fn initials_are_joined_however_they_are_written() {
        for text in ["D.R. Horton", "D. R. Horton, Inc.", "DR Horton"] {
            assert_eq!(legal(text), "dr horton", "{text}");
        }
        assert_eq!(keys("BP p.l.c.").0, "bp plc");
        assert_eq!(legal("U.S. Steel"), legal("UNITED STATES STEEL CORP"));
    }

    #[test]
    fn legal_forms_are_set_aside_in_turn() {
        for text in [
            "Acme Inc",
            "Acme, Inc.",
            "Acme Corporation",
            "Acme Co., Ltd.",
            "Acme PLC",
            "Acme N.V.",
            "Acme S.A. de C.V.",
            "Acme AG",
            "Acme SE",
            "Acme LLC",
            "Acme L.P.",
            "The Acme Company",
            "Acme Company (The)",
        ] {
            assert_eq!(legal(text), "acme", "{text}");
        }
    }

    #[test]
    fn group_words_stay_in_the_legal_key_and_leave_the_core() {
        let sony = keys("Sony Group Corp");
        assert_eq!(sony, ("sony group corp".into(), "sony group".into(), "sony".into()));
        assert_eq!(keys("LOWES COMPANIES INC").2, "lowes");
        assert_eq!(keys("Interpublic Group of Companies, Inc.").2, "interpublic");
    }

    #[test]
    fn a_name_is_never_stripped_to_nothing() {
        for text in ["Co", "Inc.", "The", "SE", "Group Holdings Inc", "Class A", "ADR"] {
            assert!(!keys(text).2.is_empty(), "{text}");
        }
    }

    #[test]
    fn state_and_marker_suffixes_of_sec_titles_go() {
        for text in [
            "MOODYS CORP /DE/",
            "MOODYS CORP/DE",
            "MOODYS CORP \\DE\\",
            "MOODYS CORP /NEW/",
            "MOODYS CORP / DE",
            "MOODYS CORP/",
            "MOODYS CORP/ CAN",
            "Moodys Corp/ADR",
            "Moodys, Inc. / Delaware",
        ] {
            assert_eq!(legal(text), "moodys", "{text}");
        }
    }

    #[test]
    fn a_slash_that_belongs_to_the_name_stays() {
        assert_eq!(legal("M/I HOMES, INC."), "mi homes");
        assert_eq!(legal("CULLEN/FROST BANKERS, INC."), "cullen frost bankers");
        assert_eq!(legal("GENMAB A/S"), "genmab");
    }

    #[test]
    fn share_classes_are_no_part_of_the_name() {
        for text in [
            "Alphabet Inc. Class A",
            "Alphabet Inc. - Class C Common Stock",
            "Alphabet Inc ADR",
            "Alphabet Inc. American Depositary Shares",
            "Alphabet Cl A",
            "Alphabet Ordinary Shares",
        ] {
            assert_eq!(legal(text), "alphabet", "{text}");
        }
    }

    #[test]
    fn text_without_letters_or_digits_is_no_name() {
        for text in ["", "   ", "—/—", "🦀🦀", "\u{0}\u{7}", "™", "&"] {
            assert_eq!(Name::new(text), None, "{text:?}");
        }
    }

    #[test]
    fn possessives_can_be_taken_off() {
        assert_eq!(without_possessive("Kellogg’s").as_deref(), Some("Kellogg"));
        assert_eq!(without_possessive("Kellogg"), None);
    }
}
