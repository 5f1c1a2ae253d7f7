//! Mail addresses in conversation.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::text::pattern;
use rapport_toolkit::mail_address;

/// An address with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) span: Range<usize>,
    /// The address; `None` if it only looks like one.
    pub(super) address: Option<String>,
    /// True if the form alone shows that an address is meant.
    pub(super) is_plain: bool,
}

/// Pattern of any text around an `@`.
static TOKEN: LazyLock<Regex> = LazyLock::new(|| pattern(r#"[^\s<>()\[\]{},;:"“”/\\|=]*@[^\s<>()\[\]{},;:"“”/\\|=]*"#));

/// Pattern of `dana @ example.com`.
static SPACED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)([\w.+-]+)\s+@\s+([\w-]+(?:\.[\w-]+)+)"));

/// Pattern of `dana dot m at example dot com`, also with brackets.
static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        (?P<local> [\w.+-]+ (?: \s+ [(\[{]? (?:dot|underscore|dash|hyphen|minus|plus) [)\]}]? \s+ [\w.+-]+ )* )
        \s* (?P<at> \( \s* at \s* \) | \[ \s* at \s* \] | \{ \s* at \s* \} | \s at \s | \s @ \s ) \s*
        (?P<host> [\w-]+ (?: (?: \s* [(\[{] \s* dot \s* [)\]}] \s* | \s+ dot \s+ | \. ) [\w-]+ )+ )",
    )
});

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\s*[(\[{]\s*(dot)\s*[)\]}]\s*|\s+[(\[{]?(dot|underscore|dash|hyphen|minus|plus)[)\]}]?\s+")
});

/// Returns the addresses in a text, in order.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> =
        TOKEN.find_iter(text).filter_map(|token| written(token.start(), token.as_str())).collect();
    for spelled in SPACED.captures_iter(text).chain(SPELLED.captures_iter(text)) {
        let Some(whole) = spelled.get(0) else { continue };
        let span = whole.range();
        if found.iter().any(|other| other.span.start < span.end && span.start < other.span.end) {
            continue;
        }
        let local = spelled.name("local").or(spelled.get(1)).map_or("", |part| part.as_str());
        let host = spelled.name("host").or(spelled.get(2)).map_or("", |part| part.as_str());
        let is_dotted = host.contains(' ') || host.contains(['(', '[', '{']);
        let is_bracketed = spelled.name("at").is_some_and(|at| at.as_str().contains(['(', '[', '{']));
        let address = normal(&format!("{}@{}", unspelled(local), unspelled(host)));
        if address.is_some() && (is_dotted || is_bracketed || spelled.name("at").is_none()) {
            found.push(Found { span, address, is_plain: is_bracketed });
        }
    }
    found.sort_by_key(|found| found.span.start);
    found
}

/// Returns the address in a word with an `@`, without surrounding punctuation; a handle (`@dana`) is ignored.
fn written(start: usize, token: &str) -> Option<Found> {
    let inner = token.trim_start_matches(['\'', '.', '*', '~', '!', '?']);
    let start = start + token.len() - inner.len();
    let inner = inner.trim_end_matches(['.', '!', '?', '\'', '*', '~', '…', '-', '_']);
    if inner.starts_with('@') || inner.len() < 2 || !inner.contains('@') {
        return None;
    }
    Some(Found { span: start..start + inner.len(), address: normal(inner), is_plain: true })
}

static HANDLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(?:(?:it's|it is|my|e-?mail|mail|address|is|ok|sure|well)\W+)*(?:[\w.+-]*\s?@\s?[\w.-]*|[\w+-]+(?:\.[\w+-]+)*\.(?:com|org|net|de|fr|es|it|uk|ch|at|io|eu))\W*$",
    )
});

/// Returns true if a text attempts to be an address but contains none: `peter@`, `@example.com`, `peter@example`,
/// `peter.example.com`.
pub(super) fn is_incomplete(text: &str) -> bool {
    let found = find(text);
    let has_none = found.iter().all(|found| found.address.is_none());
    has_none && (!found.is_empty() || HANDLE.is_match(text))
}

fn unspelled(part: &str) -> String {
    let joined = MARK.replace_all(part, |mark: &regex::Captures<'_>| {
        let word = mark.get(1).or(mark.get(2)).map_or("", |word| word.as_str());
        match word.to_lowercase().as_str() {
            "underscore" => "_",
            "dash" | "hyphen" | "minus" => "-",
            "plus" => "+",
            _ => ".",
        }
    });
    joined.into_owned()
}

/// Returns an address with its host in lower case; `None` if invalid: it must have one `@`, letters, digits and a few
/// marks before it, and a host of at least two labels, the last of letters, that is valid in the DNS (RFC 5321 allows
/// more, which nobody uses).
pub(super) fn normal(text: &str) -> Option<String> {
    let text: String = text.nfc().collect();
    let (local, host) = text.split_once('@')?;
    let is_local = !local.is_empty()
        && local.chars().count() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|char| char.is_alphanumeric() || "._+-'&%#~!$*?^".contains(char));
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.chars().count())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|char| char.is_alphanumeric() || char == '-')
    };
    let last = labels.last()?;
    let is_top = last.starts_with("xn--") || (last.chars().count() >= 2 && last.chars().all(char::is_alphabetic));
    let is_host = labels.len() >= 2 && labels.iter().all(is_label) && is_top;
    if !is_local || !is_host {
        return None;
    }
    mail_address::parse(&format!("{local}@{}", host.to_lowercase()))
}

/// Words that cannot precede a spelled-out `at`, which is then the ordinary word.
const NOT_LOCAL: [&str; 26] = [
    "work", "works", "working", "worked", "am", "is", "me", "look", "looking", "live", "was", "be", "at", "shop", "i",
    "up", "out", "buy", "trade", "reach", "here", "home", "found", "job", "employed", "meet",
];

/// Returns true if the part before a spelled-out `at` may be a local part.
pub(super) fn can_be_local(address: &str) -> bool {
    let local = address.split('@').next().unwrap_or_default().to_lowercase();
    !NOT_LOCAL.contains(&local.as_str())
}

static THEIRS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:his|her|their|your|whose) \s+ (?:\w+\s+){0,2}? (?:e-?mail|mail|address|inbox)
        | \b(?:my|our|the|a) \s+ (?:\w+\s+){0,2}? \w+'s \s+ (?:\w+\s+){0,2}? (?:e-?mail|mail|address)?
        | \b(?:from|to|by|cc|instead\s+of|like|than|emailed|mailed|wrote|contacted|via) \s* (?:the\s+address\s+)? $
        | \b(?:my|our) \s+ (?:boss|wife|husband|partner|friend|brother|sister|mother|father|mom|dad|assistant|accountant|colleague|advisor|broker|son|daughter) \b",
    )
});

static TO_ME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:send|mail|email|forward|write|reply|get back|change|update|switch|ship|move)\b[^.]*\b(?:to|via|by)\s*$",
    )
});

static NOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:not|never|instead of|rather than|don't use|do not use|no longer|isn't|forget|old (?:one|address|e-?mail) (?:is|was))\s*:?\s*(?:use\s+)?$",
    )
});

static ACTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:sent|wrote|told|asked|emailed|mailed|said|says|called|contacted|spammed|is (?:a|my boss|my wife|my husband|not)|was|belongs|keeps|bounced|isn't)\b",
    )
});

/// Returns true if an address belongs to somebody else, or is explicitly not meant. `before` and `after` are the
/// surrounding parts of its sentence.
pub(super) fn is_not_the_visitors(before: &str, after: &str) -> bool {
    let before = before.trim_end_matches(['<', '(', '"', '“', '\'', ' ']);
    if NOT.is_match(before) || ACTS.is_match(after) {
        return true;
    }
    THEIRS.is_match(before) && !TO_ME.is_match(before)
}

static CUE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:e-?mail|mail|address|reach me|contact me|write me|write to me|send)\b"));

static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:my (?:\w+\s+){0,2}?(?:e-?mail|mail|address)|reach me|write me|contact me|email me|mail me|write to me|use|send it to)\b",
    )
});

/// Returns true if the words before an address state that it is the visitor's.
pub(super) fn is_said(before: &str) -> bool {
    SAID.is_match(before)
}

/// Returns true if a text is about mail.
pub(super) fn is_about_mail(text: &str) -> bool {
    CUE.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &str) -> Vec<String> {
        find(text).into_iter().filter_map(|found| found.address).collect()
    }

    #[test]
    fn marks_around_an_address_are_no_part_of_it() {
        assert_eq!(
            addresses("(dana@example.com). 'a+b@x.org'! <C@D.ORG>;"),
            ["dana@example.com", "a+b@x.org", "C@d.org"]
        );
    }

    #[test]
    fn an_internationalised_domain_is_taken_in_both_of_its_forms_and_no_other() {
        assert_eq!(
            addresses("Kim@Bücher.example, kim@XN--Bcher-KVA.example, kim@bu\u{308}cher.example, 用户@例え.jp"),
            ["Kim@bücher.example", "kim@xn--bcher-kva.example", "kim@bücher.example", "用户@例え.jp"]
        );
        for wrong in ["kim@xn--a.example", "kim@xn--.example", "kim@bücher-.example", "kim@bü_cher.example"] {
            assert!(normal(wrong).is_none(), "{wrong}");
        }
        let long = format!("kim@{}.example", "ü".repeat(60));
        assert!(normal(&long).is_none(), "an A-label of more than 63 characters");
    }

    #[test]
    fn what_is_no_address_is_none() {
        for wrong in ["dana@example", "a@@b.com", "a@b@c.com", "a..b@c.com", ".a@c.com", "a@-c.com", "a@c.1", "@dana"] {
            assert!(normal(wrong).is_none(), "{wrong}");
        }
        assert!(addresses("a@b@c.com and @dana and a@b").is_empty());
    }

    #[test]
    fn spelled_addresses_are_put_together() {
        assert_eq!(addresses("dana dot m at example dot co dot uk"), ["dana.m@example.co.uk"]);
        assert_eq!(addresses("dana (at) example.com"), ["dana@example.com"]);
        assert_eq!(addresses("d_s [at] example [dot] com"), ["d_s@example.com"]);
        assert!(addresses("we met at noon").is_empty());
    }
}
