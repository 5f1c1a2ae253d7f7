//! Text normalization for storage, comparison and search.

use unicode_normalization::UnicodeNormalization;

pub use migration::folding::{audit_words, fold, identity_key, is_invisible};

/// Returns a name in stored form: composed (NFC), trimmed, without invisible characters, except the joiners and
/// variation selectors of Persian, Indic scripts and emoji.
pub fn clean(text: &str) -> String {
    let is_kept = |c: char| !is_invisible(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
    let kept: String = text.nfc().filter(|c| is_kept(*c)).collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_composed_and_without_what_nobody_sees() {
        assert_eq!(clean("  Zoe\u{308}\u{200b} M\u{202e}\u{feff} "), "Zoë M");
        assert_eq!(clean("\u{200b}\u{2060}"), "");
        let family = "👨\u{200d}👩\u{200d}👧";
        assert_eq!(clean(family), family);
    }
}
