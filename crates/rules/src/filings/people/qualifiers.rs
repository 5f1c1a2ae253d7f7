//! Qualifiers of a role: "of its retail unit", ", EMEA". Without it the role would seem to be for the whole company.

use std::sync::LazyLock;

use regex::Regex;

use crate::filings::sentences::pattern;

/// Maximum length of a qualifier, in bytes.
const LONGEST: usize = 90;

/// Fields, regions and the like that are parts of titles.
const FIELDS: &str = "finance financial technology security operations operational sales marketing human resources people legal \
    americas america europe asia pacific apac emea latam africa north south east west latin middle china india japan canada mexico \
    international global worldwide domestic regional corporate development business strategy strategic supply chain \
    procurement engineering product products research manufacturing quality regulatory medical clinical commercial \
    government public affairs relations investor communications compliance risk audit tax treasury accounting reporting \
    controllership administration information digital data analytics services solutions systems customer client success \
    revenue growth retail wholesale consumer industrial enterprise markets capital investments investment real estate \
    property facilities logistics distribution transportation transformation innovation science merchandising design \
    creative brand brands stores e-commerce ecommerce online partnerships licensing alliances planning integration shared \
    talent culture safety sustainability environmental energy power gas oil exploration production upstream downstream \
    midstream mining region division unit segment group team department programs projects investigative sciences";

static OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^ (?:of|for) (?P<what>(?:(?:its|our|the|the Company[’']s|the Bank[’']s)\s)?(?:[\p{L}\d][\p{L}\d&.’'-]*\s?(?:(?:and|&|of)\s)?){1,7})",
    )
});
static PART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:unit|division|segment|business(?:es)?|subsidiary|region|group|operations|department|area|brands?)\b",
    )
});
static COMPANY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:the|its|our) )?(?:company|registrant|corporation|bank|partnership|trust|general partner|board|directors?)\b(?:$|[^’'\p{L}])",
    )
});
/// Words that end a qualifier.
const ENDS: [&str; 26] = [
    "effective",
    "on",
    "to",
    "in",
    "from",
    "with",
    "who",
    "until",
    "upon",
    "since",
    "has",
    "have",
    "had",
    "will",
    "was",
    "were",
    "is",
    "would",
    "by",
    "at",
    "as",
    "following",
    "succeeding",
    "replacing",
    "notified",
    "for",
];

/// Returns the length of a qualifier at the start of the text after a role; 0 if there is none.
pub(super) fn length(behind: &str, is_officer: bool) -> usize {
    let length = of(behind);
    if length > 0 {
        return length;
    }
    let mut end = 0;
    while end < LONGEST {
        let Some(part) = field(&behind[end..], is_officer) else { break };
        end += part;
    }
    end
}

/// Returns the length of ` of its retail unit`, ` of Sales`.
fn of(behind: &str) -> usize {
    let Some(found) = OF.captures(behind) else { return 0 };
    let Some(what) = found.name("what") else { return 0 };
    if COMPANY.is_match(what.as_str()) {
        return 0;
    }
    let mut end = what.start();
    let mut has_name = false;
    for word in what.as_str().split_inclusive(' ') {
        let bare = word.trim_end();
        if ENDS.contains(&bare) || (bare == "and" && !goes_on(&behind[end + word.len()..])) {
            break;
        }
        has_name |= bare.starts_with(char::is_uppercase);
        end += word.len();
        if word.ends_with(". ") || bare.ends_with('.') {
            break;
        }
    }
    let text = behind[what.start()..end].trim_end_matches([' ', '.']);
    let text = text.strip_suffix(" and").unwrap_or(text);
    let is_qualifier = !text.is_empty() && text.len() <= LONGEST && (PART.is_match(text) || has_name);
    if is_qualifier { what.start() + text.len() } else { 0 }
}

fn goes_on(behind: &str) -> bool {
    is_field(behind.split([' ', ',', '.']).next().unwrap_or_default())
}

/// Returns the length of `, EMEA`, `, Technology`, ` and Operations`.
fn field(behind: &str, is_officer: bool) -> Option<usize> {
    let lead = [", and ", ", ", " and ", " & ", " – ", " - "].into_iter().find(|lead| behind.starts_with(lead))?;
    let rest = &behind[lead.len()..];
    let end = rest.find([',', '.', ';', '(', '⟦', '\n']).unwrap_or(rest.len());
    let mut length = 0;
    for (words, word) in rest[..end].split_inclusive(' ').enumerate() {
        let bare = word.trim();
        let small = matches!(bare, "and" | "of" | "&") && words > 0;
        if small && !goes_on(&rest[length + word.len()..end]) {
            break;
        }
        if !small && !(bare.starts_with(char::is_uppercase) && (is_field(bare) || is_acronym(bare) || words > 0)) {
            break;
        }
        length += word.len();
    }
    let text = rest[..length].trim_end();
    let text = text
        .strip_suffix(" and")
        .or_else(|| text.strip_suffix(" of"))
        .or_else(|| text.strip_suffix(" &"))
        .unwrap_or(text);
    let all: Vec<&str> = text.split(' ').filter(|word| !matches!(*word, "and" | "of" | "&" | "")).collect();
    let fields = all.iter().filter(|word| is_field(word) || is_acronym(word)).count();
    // After a title of its own a lone "and Finance" is more than a name only where most words are fields.
    let is_qualifier = !all.is_empty() && all.len() <= 6 && fields * 2 >= all.len() && (fields > 0);
    (is_qualifier && (!lead.contains("and") || !is_officer)).then_some(lead.len() + text.len())
}

fn is_field(word: &str) -> bool {
    let word = word.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    !word.is_empty() && FIELDS.split_whitespace().any(|field| field == word)
}

/// Returns true for `EMEA`, `U.S.`, `TechnoLogic`.
fn is_acronym(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|char| char.is_alphabetic()).collect();
    const OTHERS: [&str; 9] = ["III", "II", "IV", "CPA", "Jr", "LLP", "CEO", "CFO", "COO"];
    letters.len() > 1
        && !OTHERS.contains(&word)
        && (letters.iter().all(|char| char.is_uppercase())
            || letters.windows(2).filter(|pair| pair[0].is_lowercase() && pair[1].is_uppercase()).count() == 1
                && !word.starts_with("Mc")
                && !word.starts_with("Mac")
                && !word.starts_with("De")
                && !word.starts_with("O’"))
}
