//! The forms of texts in which rows are searched and told apart. Rows written before are brought into them by a migration and
//! others by whoever writes them, so they live where both can reach them. A change here needs a migration of all rows.

use std::borrow::Cow;

use idna::{
    AsciiDenyList,
    uts46::{DnsLength, Hyphens, Uts46},
};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Folds a text for searching: upper and lower case, accents, compatibility forms (`ﬁ`, full width) and composed or decomposed
/// writing are alike, and characters that nobody sees are left out.
///
/// After the Unicode Standard, section 3.13 (compatibility caseless matching, D146); on top of it the accents of Latin, Greek
/// and Cyrillic letters go, so that `Muller` finds `Müller`.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    // By single characters: the lower case of a whole text writes a final sigma as another letter. Lower case first, for the
    // capital ẞ is its own upper case.
    let cased = text
        .nfkd()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect::<String>();
    cased.nfkd().filter(|c| !is_accent(*c) && !is_invisible(*c)).collect()
}

/// Returns the form in which a name is compared with others: one name however its characters are composed, in upper or lower
/// case, with any number of spaces, and whatever invisible stands in it (Unicode Standard, section 3.13, D147).
#[must_use]
pub fn identity_key(text: &str) -> String {
    let visible = text.nfkd().filter(|c| !is_invisible(*c));
    let cased = visible
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect::<String>();
    cased.nfkc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the form under which a mail address is unique: what stands before the `@` in lower case, composed and without
/// characters that nobody sees, and the domain as the DNS knows it. What is no address is brought into lower case.
#[must_use]
pub fn mail_key(address: &str) -> String {
    let address = address.trim();
    let Some((local, domain)) = address.rsplit_once('@') else { return address.to_lowercase() };
    let local: String = local.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect();
    let domain = ascii_domain(domain).map_or_else(|| domain.to_lowercase(), Cow::into_owned);
    format!("{}@{domain}", local.nfkc())
}

/// Returns a domain as the DNS knows it, in lower case and with A-labels (UTS #46, RFC 5890); `None` for what can be no domain.
#[must_use]
pub fn ascii_domain(domain: &str) -> Option<Cow<'_, str>> {
    let deny = AsciiDenyList::STD3;
    Uts46::new().to_ascii(domain.as_bytes(), deny, Hyphens::CheckFirstLast, DnsLength::Verify).ok()
}

/// Returns a domain with the letters that its A-labels stand for, in lower case; `None` for what can be no domain.
#[must_use]
pub fn unicode_domain(domain: &str) -> Option<Cow<'_, str>> {
    let (domain, result) = Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    result.is_ok().then_some(domain)
}

/// Returns what the audit log is searched for of an entry, folded: what is `said` of it, and the names and values in its
/// `states`.
#[must_use]
pub fn audit_words(said: &[&str], states: &[Option<&Value>]) -> String {
    let mut words: Vec<String> = said.iter().filter(|text| !text.is_empty()).map(|text| fold(text)).collect();
    for state in states.iter().flatten() {
        add_words(state, &mut words);
    }
    words.join("\n")
}

fn add_words(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::String(text) => words.push(fold(text)),
        Value::Bool(_) | Value::Number(_) => words.push(value.to_string()),
        Value::Array(items) => items.iter().for_each(|item| add_words(item, words)),
        Value::Object(fields) => {
            for (name, value) in fields {
                words.push(fold(name));
                add_words(value, words);
            }
        }
    }
}

/// Returns the words of texts that a row has, folded.
#[must_use]
pub fn text_words(texts: &[Option<String>]) -> String {
    texts.iter().flatten().filter(|text| !text.is_empty()).map(|text| fold(text)).collect::<Vec<_>>().join("\n")
}

/// Returns the words of the inputs of a job, which are JSON, folded.
#[must_use]
pub fn input_words(inputs: &[Option<String>]) -> String {
    let mut words = Vec::new();
    inputs.iter().for_each(|input| add_texts(&read(input), &mut words));
    words.join("\n")
}

/// Returns the words of the metadata of a chat session, and of what was collected in it, both JSON, folded.
#[must_use]
pub fn chat_words(texts: &[Option<String>]) -> String {
    let mut words = Vec::new();
    if let Some(metadata) = texts.first() {
        add_texts(&read(metadata), &mut words);
    }
    if let Some(Value::Object(collected)) = texts.get(1).map(read) {
        for known in collected.values() {
            add_texts(&known["value"]["value"], &mut words);
            add_texts(&known["quote"], &mut words);
        }
    }
    words.join("\n")
}

fn read(json: &Option<String>) -> Value {
    json.as_deref().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// Adds the texts in `value`, without names of fields.
fn add_texts(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => words.push(fold(text)),
        Value::Array(items) => items.iter().for_each(|item| add_texts(item, words)),
        Value::Object(fields) => fields.values().for_each(|value| add_texts(value, words)),
    }
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether nobody sees the character: marks of direction, joiners, soft hyphens, variation selectors and the like
/// (the format characters and others of Unicode's `Default_Ignorable_Code_Point`).
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_take_for_the_same_is_folded_alike() {
        for (one, other) in [
            ("Ärztehaus", "ärztehaus"),
            ("Ärztehaus", "A\u{308}rztehaus"),
            ("Müller", "MULLER"),
            ("Straße", "STRASSE"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("Ｒａｐｐｏｒｔ", "rapport"),
            ("ﬁliale", "Filiale"),
            ("\u{212a}im", "kim"),
            ("İzmir", "izmir"),
            ("Ёлка", "елка"),
            ("ra\u{200b}pp\u{ad}ort", "Rapport"),
            ("がく", "か\u{3099}く"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_ne!(fold("がく"), fold("かく"));
    }

    #[test]
    fn names_that_look_alike_are_one_and_accents_tell_names_apart() {
        for (one, other) in [
            ("Vertrieb Süd", "vertrieb  su\u{308}d"),
            ("Ops", "O\u{200d}ps\u{ad}"),
            ("Ops", "\u{ff2f}ps"),
            ("Großkunden", "GROSSKUNDEN"),
        ] {
            assert_eq!(identity_key(one), identity_key(other), "{one}");
        }
        assert_ne!(identity_key("résumé"), identity_key("resume"));
    }

    #[test]
    fn an_address_is_one_however_it_is_written() {
        for (one, other) in [
            ("Kim@Example.com", " kim@example.COM "),
            ("\u{212a}im@example.com", "kim@example.com"),
            ("jo\u{308}rg@example.com", "jörg@example.com"),
            ("kim@Müller.example", "kim@xn--mller-kva.example"),
            ("k\u{200b}im@example.com", "kim@example.com"),
        ] {
            assert_eq!(mail_key(one), mail_key(other), "{one}");
        }
        assert_ne!(mail_key("jörg@example.com"), mail_key("jorg@example.com"));
        assert_eq!(mail_key("DELETED 7"), "deleted 7");
    }

    #[test]
    fn an_entry_is_searched_in_all_that_it_says() {
        let state = serde_json::json!({"fullName": "Zoë \"Z\"", "tags": [1, true, null, "Ä"]});
        assert_eq!(
            audit_words(&["user.updated", ""], &[None, Some(&state)]),
            "user.updated\nfullname\nzoe \"z\"\ntags\n1\ntrue\na"
        );
    }

    #[test]
    fn what_is_folded_stays_as_it_is() {
        for text in ["Ärztehaus", "Straße", "ΣΊΣΥΦΟΣ", "ΐ", "ŉ", "İ", "ǅ", "ẞ", "日本", "ᾳ", "ﷺ", "plain"]
        {
            assert_eq!(fold(&fold(text)), fold(text), "{text}");
        }
    }
}
