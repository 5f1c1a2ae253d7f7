//! Cleaning of external text for storage and display: short, in one line, without invisible characters.

use chrono::NaiveDate;
use reqwest::Url;

use rapport_toolkit::{money::Currency, web_address};

/// Maximum length of a name, in characters.
pub const NAME: usize = 200;
/// Maximum length of a summary, in characters.
pub const SUMMARY: usize = 1_500;
/// Maximum length of a list item or small field, in characters.
pub const FIELD: usize = 200;
/// Maximum length of a page title, in characters.
pub(super) const TITLE: usize = 300;
/// Maximum length of a quote, in characters.
pub(super) const QUOTE: usize = 800;
/// Maximum number of items of a list within one fact.
const LIST: usize = 20;
/// Maximum length of an address, in bytes.
const URL: usize = 2_000;

/// Returns one line of at most `limit` characters; a cut is marked by an ellipsis.
pub fn line(text: &str, limit: usize) -> String {
    let visible: String =
        text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    let kept: String = line.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Returns paragraphs cleaned like [`line`], with at most one empty line between two.
pub fn paragraphs(text: &str, limit: usize) -> String {
    let mut paragraphs = String::new();
    for line in text.lines().map(|text| line(text, limit)) {
        if !line.is_empty() || !paragraphs.ends_with("\n\n") {
            paragraphs.push_str(&line);
            paragraphs.push('\n');
        }
    }
    let paragraphs = paragraphs.trim();
    if paragraphs.chars().count() <= limit {
        return paragraphs.to_owned();
    }
    let kept: String = paragraphs.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Returns a line like [`line`], or `None` for a text without content.
pub fn optional(text: Option<&str>, limit: usize) -> Option<String> {
    text.map(|text| line(text, limit)).filter(|text| !text.is_empty())
}

/// Returns the distinct non-empty items, ignoring case.
pub(super) fn list(entries: &[String]) -> Vec<String> {
    let mut kept = Vec::new();
    extend_list(&mut kept, entries.iter().map(|entry| line(entry, FIELD)));
    kept
}

/// Adds new items, up to the maximum.
pub(super) fn extend_list(list: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for entry in more {
        let new = !list.iter().any(|known| fold(known) == fold(&entry));
        if new && !entry.is_empty() && list.len() < LIST {
            list.push(entry);
        }
    }
}

/// Returns the form in which spellings of one name are equal.
pub(super) fn fold(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Parses a public web address: `http` or `https`, with a host, without credentials. The tracking parameter of the
/// search tool is removed.
pub(super) fn web_url(text: &str) -> Option<Url> {
    let mut url = web_address::public(text.trim())?;
    let mark = ("utm_source".into(), "openai".into());
    if url.query_pairs().any(|pair| pair == mark) {
        let rest: Vec<(String, String)> =
            url.query_pairs().filter(|pair| *pair != mark).map(|(k, v)| (k.into(), v.into())).collect();
        url.set_query(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
    }
    (url.as_str().len() <= URL).then_some(url)
}

/// Returns an amount as a plain decimal, such as `49.00`. Others, such as `$49` or `1,200`, are ambiguous and dropped.
pub(super) fn decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole, 12) && digits(fraction, 6)).then(|| text.to_owned())
}

/// Parses an ISO 4217 code.
pub(super) fn currency(text: &str) -> Option<String> {
    Currency::parse(&text.trim().to_ascii_uppercase()).ok().map(String::from)
}

/// Parses a date as `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()
}

/// Returns the name of a company without legal form, case and punctuation: `Brightloom Analytics, Inc.` and `brightloom
/// analytics` are equal.
pub(super) fn company_key(name: &str) -> String {
    const LEGAL_FORMS: [&str; 17] = [
        "ab",
        "ag",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "incorporated",
        "limited",
        "llc",
        "ltd",
        "nv",
        "plc",
        "sa",
        "se",
    ];
    let lower = name.to_lowercase().replace(['.', '\''], "");
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|word| LEGAL_FORMS.contains(word)) {
        words.pop();
    }
    words.join(" ")
}

/// Returns true for invisible characters that affect display: zero-width spaces, byte order marks and direction
/// overrides.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_control_characters_and_no_overrides() {
        assert_eq!(line(" a\u{0}b\n\tc\u{202e}d\u{200b} ", 20), "a b cd");
    }

    #[test]
    fn a_long_line_is_cut_between_characters_and_marked() {
        assert_eq!(line("äöüäöü", 4), "äöü…");
        assert_eq!(line("äöüä", 4), "äöüä");
    }

    #[test]
    fn paragraphs_keep_their_lines_and_lose_the_rest() {
        assert_eq!(paragraphs("\n Hello, \r\n\n\n\ta\u{202e} b\nc \n", 20), "Hello,\n\na b\nc");
        assert_eq!(paragraphs("a\nbcd", 4), "a\nb…");
        assert_eq!(paragraphs(" \n\u{200b}\n", 4), "");
    }

    #[test]
    fn a_list_keeps_each_entry_once_and_stays_short() {
        let entries: Vec<String> = ["Retail", " retail ", "", "Media"].map(String::from).into();
        assert_eq!(list(&entries), ["Retail", "Media"]);
        let many: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        assert_eq!(list(&many).len(), LIST);
    }

    #[test]
    fn only_plain_web_addresses_are_sources() {
        assert!(web_url(" https://a.example/x?y=1#z ").is_some());
        assert!(web_url("http://a.example").is_some());
        for bad in [
            "",
            "a.example",
            "ftp://a.example",
            "javascript:alert(1)",
            "https://",
            "/x",
            "https://me:pw@a.example/",
            "https://localhost/",
        ] {
            assert!(web_url(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_mark_of_the_search_tool_is_taken_off() {
        let clean = |url| web_url(url).map(String::from);
        assert_eq!(clean("https://a.example/x?utm_source=openai").as_deref(), Some("https://a.example/x"));
        assert_eq!(clean("https://a.example/x?id=7&utm_source=openai").as_deref(), Some("https://a.example/x?id=7"));
    }

    #[test]
    fn a_price_is_a_plain_decimal_or_nothing() {
        assert_eq!(decimal(" 49.00 ").as_deref(), Some("49.00"));
        assert_eq!(decimal("1200").as_deref(), Some("1200"));
        for bad in ["", "$49", "1,200", "49.", ".5", "1.2.3", "-1", "1e3", "9999999999999"] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_currency_is_one_of_iso_4217() {
        assert_eq!(currency("usd").as_deref(), Some("USD"));
        assert_eq!(currency("$"), None);
        assert_eq!(currency("US1"), None);
        assert_eq!(currency("BTC"), None);
    }

    #[test]
    fn a_company_is_known_without_its_legal_form() {
        for name in ["Brightloom Analytics", "BRIGHTLOOM ANALYTICS, INC.", "Brightloom-Analytics Co. Ltd"] {
            assert_eq!(company_key(name), "brightloom analytics", "{name}");
        }
        assert_eq!(company_key("Co"), "co");
        assert_ne!(company_key("Brightloom"), company_key("Brightloom Analytics"));
    }
}
