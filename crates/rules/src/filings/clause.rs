//! Analysis of the clause around a potential event: its subject, modality and time.
//!
//! Rules look for words. Whether these state the company's own news is the same question for every kind: the subject
//! must not be a customer, vendor or former subsidiary, the clause neither negated nor hypothetical, and the event not
//! an old one. All of this is read from the words around a match, within its clause.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::{Regex, escape};

use super::dates::{DATE, date};
use super::sentences::pattern;

/// Days before a report after which an event is old.
const OLD_DAYS: i64 = 100;
/// Maximum length of a text searched for names of a company, in bytes.
const LONGEST_NAME: usize = 120;

/// The reporting company, with the names that its report uses.
#[derive(Debug)]
pub(super) struct Registrant {
    names: Option<Regex>,
}

/// Reason why a clause with the words of an event does not state one of the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// The words do not occur.
    Absent,
    /// The words name a topic or a policy.
    Topic,
    /// Hypothetical or only offered.
    Hypothetical,
    /// Negated or revoked.
    Denied,
    /// Old or reported before.
    Old,
    /// Concerns another company.
    OfOthers,
}

/// A sentence of a report, in its original and normalized forms.
#[derive(Debug)]
pub(super) struct Clause<'a> {
    /// The sentence, word for word.
    pub(super) sentence: &'a str,
    /// The sentence with "the Company" in place of the company's names.
    pub(super) full: String,
    /// The sentence without text in brackets.
    pub(super) text: String,
    filed: NaiveDate,
}

static LEGAL_FORM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:,?\s+(?:inc|incorporated|corp|corporation|company|co|ltd|limited|llc|l\.l\.c|lp|l\.p|plc|n\.a|s\.a|ab|ag",
        r"|bv|nv|se|trust|holdings?|group)\.?)+$"
    ))
});
/// Pattern of a name defined to be the company.
static DEFINED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:(?:\p{Lu}|\d\p{Lu})[\p{L}\d&.’'!-]*,?\s+(?:&\s+)?){1,8}(?:an?\s[^(;]{3,60}\s)?",
        r"\([^()]{0,60}[“\x22]\s*(?:Company|Registrant|Corporation)\s*,?[”\x22][^()]{0,60}\)"
    ))
});
static ASIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*\([^()]{5,}\)"));
/// First words of company names that have many other meanings.
const COMMON: [&str; 22] = [
    "american",
    "united",
    "first",
    "national",
    "general",
    "international",
    "global",
    "north",
    "south",
    "east",
    "west",
    "western",
    "eastern",
    "northern",
    "southern",
    "pacific",
    "atlantic",
    "central",
    "universal",
    "standard",
    "digital",
    "summit",
];

/// Pattern of clause boundaries.
static BORDER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[;:]\s|\b(?:announc|stat|report|disclos|determin|conclud|believ|indicat|notif|inform|confirm|learn|found|aware|said|anticipat|expect|estimat)\w*\b[^;,]{0,60}?\sthat\b|,\s(?:which|but|although|while|where|under which)\b|\bbecause\s",
    )
});
/// Pattern of a relative clause: ", in which the Company has an interest,".
static RELATIVE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i),?\s(?:(?:in|of|to|by|with)\s)?(?:which|whom|who|whose)\b[^,;]*,"));
/// Pattern of other companies as the subject of a clause.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:one of (?:its|our|the Company[’']s)|an?|its|our|the Company[’']s|the|such|certain)\s(?:[\w’'-]+\s){0,4}?",
        r"(?:customers?|tenants?|borrowers?|suppliers?|vendors?|licensees?|lessees?|competitors?|affiliates?|counterpart(?:y|ies)",
        r"|service providers?|former (?:subsidiar(?:y|ies)|parent|employer|affiliate)|(?:minority|equity)[- ](?:interest|investee)\w*)\b"
    ))
});
/// Pattern of words that give a word like customer another meaning.
static OF_OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(?:[’']s?)?\s(?:support|data|information|service|portal|lists?|relations\w*|contracts?|accounts?|records?",
        r"|credit|financing|payments?|facing)\b"
    ))
});
static SUBSIDIARY: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bsubsidiar(?:y|ies)\b"));
static COMPANY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:the (?:company|registrant|corporation|debtors)|we)\b(?:[^’'\w]|$)"));
static NO_SUBJECT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:of|to|with|for|by|against|from|in|under|between|on|at|than|through|via)\s$"));
static DENIED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:no|not|never|without|neither|nor|none|cannot|nobody|rescind\w*|withdr[ae]w\w*|revok\w+|revers(?:e|ed) its",
        r"|waived?|decided against|(?:did|was|were|has|have|had|is|are|does|do|would)n[’']t)\b(?P<rest>[^;]{0,70})$"
    ))
});
/// Pattern of words that look like negations and are none.
static NO_DENIAL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\.\s?\d|^\s(?:longer|later than|limited|only|less than|more than)\b"));
static UNDONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^[^;.]{0,90}\b(?:(?:was|were|has been|have been|had been|is|are) (?:\w+ly )?(?:rescinded|withdrawn|revoked|waived",
        r"|cured|denied|reversed|not (?:required|necessary|impaired|needed|occurred|continuing))|remains? in (?:full )?force)\b"
    ))
});
static HYPOTHETICAL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?i:if|would|could|might|unless|whether|in the event|risks?|potential|possible|prevent|avoid|threats?",
        r"|proposals?|unsolicited|non-binding|rumou?rs?|no assurance|from time to time|prior to any)\b[^;]{0,90}$|\bmay\b[^;]{0,90}$"
    ))
});
/// Pattern of words after an event that make it a topic, a policy or a plan.
static TOPIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^\W*(?:[\w-]+\W+){0,2}?(?:conference|severance|retention|polic(?:y|ies)|awareness|preparedness",
        r"|summit|webinar|forum)\b"
    ))
});
/// Pattern of a talk about something.
static TALK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:will|to) (?:speak|sponsor|host|attend|participate|present|meet with|discuss)\b|\bwebinar\b")
});
static AGAIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:as\s)?(?:previously|earlier)\s(?:disclosed|announced|reported)"));
/// Pattern of words before the date of a document, a due date or the end of a period.
static OF_SOMETHING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)\b(?:dated(?: as of)?|due(?: on)?|end(?:ed|ing)(?: on)?|through|until|matur\w+(?: on)?|expir\w+(?: on)?|filed(?: with[^,;]{0,60})?(?: on)?",
        r"|disclosed on|since|as amended(?: on)?)\s*$"
    ))
});
static IN_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^[^,;⟦]{0,40}?\b(?:in|since|during)\s(?:\w+\s)?(?:of\s)?(\d{4})\b"));

impl Registrant {
    /// Creates the registrant from its name on the cover; an empty name matches none.
    pub(super) fn of(company: &str) -> Self {
        let company = company.trim();
        if company.is_empty() || company.len() > LONGEST_NAME {
            return Self { names: None };
        }
        let core = LEGAL_FORM.replace(company, "");
        let core = core.trim_start_matches("The ").trim_end_matches(',');
        let mut names = vec![escape(company)];
        if core.chars().count() >= 4 {
            names.push(format!(
                r"{}(?:,?\s(?:Inc|Corp|Corporation|Company|Co|Ltd|Limited|LLC|L\.P|LP|plc|Holdings|Group|Trust)\b\.?)*",
                escape(core)
            ));
        }
        let first = core.split_whitespace().next().unwrap_or_default().trim_end_matches(',');
        if first.chars().count() >= 5
            && first.chars().all(char::is_alphabetic)
            && !COMMON.contains(&first.to_lowercase().as_str())
        {
            names.push(escape(first));
        }
        // A further word with a capital makes another name of it; the regex crate cannot look ahead, so the tail is given back.
        let text = format!(r"\b(?:[Tt]he\s)?(?:{})(?P<tail>[’']s|\s|$|\W)", names.join("|"));
        Self { names: Regex::new(&text).ok() }
    }

    /// Returns a text with "the Company" in place of the company's names.
    pub(super) fn normal(&self, text: &str) -> String {
        let text = DEFINED.replace_all(text, "the Company ");
        let text = text.replace("the Company  ", "the Company ").replace("the Company ,", "the Company,");
        let Some(names) = &self.names else { return text };
        let mut normal = String::with_capacity(text.len());
        let mut end = 0;
        for found in names.captures_iter(&text) {
            let whole = found.get(0).map(|found| found.range()).unwrap_or_default();
            let tail = found.name("tail").map_or("", |tail| tail.as_str());
            let behind = text[whole.end - tail.len()..].trim_start();
            let goes_on = tail.starts_with(char::is_whitespace) && is_name_going_on(behind);
            normal.push_str(&text[end..whole.start]);
            if goes_on {
                normal.push_str(&text[whole.start..whole.end]);
            } else {
                normal.push_str("the Company");
                normal.push_str(tail);
            }
            end = whole.end;
        }
        normal.push_str(&text[end..]);
        normal
    }
}

/// Returns true if a name continues with a further word, as "Fenmore" in "Fenmore Wealth, Inc.".
fn is_name_going_on(behind: &str) -> bool {
    let word = behind.split(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
    word.starts_with(char::is_uppercase) && !matches!(word, "Board" | "Class" | "Chief" | "Series" | "Common" | "A")
}

impl<'a> Clause<'a> {
    /// Analyzes a sentence of a report filed on that day.
    pub(super) fn of(sentence: &'a str, registrant: &Registrant, filed: NaiveDate) -> Self {
        let full = registrant.normal(&sentence.replace('\t', ", "));
        // "The close of business" closes nothing.
        let text = ASIDE.replace_all(&full, "").replace("close of business", "end of the day");
        Self { sentence, full, text, filed }
    }

    /// Returns true if the words occur.
    pub(super) fn mentions(&self, words: &Regex) -> bool {
        words.is_match(&self.text)
    }

    /// Returns true if the clause states the event of the words for the company.
    pub(super) fn shows(&self, words: &Regex) -> bool {
        self.doubt(words, false).is_none()
    }

    /// Returns true if the clause states the event for the company itself and not a subsidiary.
    pub(super) fn shows_of_itself(&self, words: &Regex) -> bool {
        self.doubt(words, true).is_none()
    }

    /// Returns the reason why the clause does not state the event; `None` if it does. With `of_itself` a subsidiary's
    /// event does not count.
    pub(super) fn doubt(&self, words: &Regex, of_itself: bool) -> Option<Doubt> {
        if self.is_old() {
            return Some(Doubt::Old);
        }
        if TALK.is_match(&self.text) {
            return Some(Doubt::Topic);
        }
        let mut doubts = Doubt::Absent;
        for found in words.find_iter(&self.text) {
            doubts = doubts.max(self.doubt_at(found.range(), of_itself)?);
        }
        Some(doubts)
    }

    /// Returns true if the sentence is negated or hypothetical.
    pub(super) fn is_doubtful(&self) -> bool {
        let tail = self.text.trim_end_matches('.');
        HYPOTHETICAL.is_match(tail) || UNDONE.is_match(&self.text) || denies(tail)
    }

    /// Returns true if it repeats what was reported long before.
    pub(super) fn is_old(&self) -> bool {
        let mut dates = Vec::new();
        for found in DATE.captures_iter(&self.text) {
            let Some(at) = found.get(0) else { continue };
            if !OF_SOMETHING.is_match(before(&self.text, at.start(), 90))
                && let Some(day) = date(&found)
            {
                dates.push(day);
            }
        }
        let is_old = |day: &NaiveDate| (self.filed - *day).num_days() > OLD_DAYS;
        let retold = AGAIN.is_match(&self.text);
        if dates.is_empty() {
            return retold && self.text.trim_start().to_lowercase().starts_with("as ") && self.names_old_filing();
        }
        // What is told for the first time may have begun long ago; what is told again may not.
        dates.iter().all(is_old) && (retold || dates.iter().all(|day| (self.filed - *day).num_days() > 2 * OLD_DAYS))
    }

    /// Returns true if the report that it refers to is old.
    fn names_old_filing(&self) -> bool {
        let mut days = DATE.captures_iter(&self.text).filter_map(|found| date(&found)).peekable();
        days.peek().is_some() && days.all(|day| (self.filed - day).num_days() > OLD_DAYS)
    }

    /// Returns the reason why an event at a position is not the company's.
    fn doubt_at(&self, at: std::ops::Range<usize>, of_itself: bool) -> Option<Doubt> {
        let lead = before(&self.text, at.start, 400);
        let start = BORDER.find_iter(lead).last().map_or(0, |border| border.end());
        let lead = RELATIVE.replace_all(&lead[start..], ",");
        let behind = &self.text[at.end..];
        let is_past = IN_YEAR.captures(behind).and_then(|found| found[1].parse::<i32>().ok()).is_some_and(|year| {
            year < self.filed.year() && (self.filed.year() > year + 1 || self.filed.ordinal() > 100)
        });
        if is_past {
            Some(Doubt::Old)
        } else if denies(&lead) || UNDONE.is_match(behind) {
            Some(Doubt::Denied)
        } else if HYPOTHETICAL.is_match(&lead) {
            Some(Doubt::Hypothetical)
        } else if TOPIC.is_match(behind) {
            Some(Doubt::Topic)
        } else {
            is_of_others(&lead, of_itself).then_some(Doubt::OfOthers)
        }
    }
}

/// Returns the end of the text before a position, cut at a character boundary.
fn before(text: &str, at: usize, length: usize) -> &str {
    &text[text.floor_char_boundary(at.saturating_sub(length))..at]
}

/// Returns true if the words before an event negate it.
fn denies(lead: &str) -> bool {
    DENIED.captures(lead).and_then(|found| found.name("rest")).is_some_and(|rest| !NO_DENIAL.is_match(rest.as_str()))
}

/// Returns true if the subject of a clause is another company.
fn is_of_others(lead: &str, of_itself: bool) -> bool {
    let has_company = COMPANY.find_iter(lead).any(|found| !NO_SUBJECT.is_match(&lead[..found.start()]));
    if has_company {
        return false;
    }
    let is_subject = |found: &regex::Match<'_>| {
        !NO_SUBJECT.is_match(&lead[..found.start()]) && !OF_OTHERS.is_match(&lead[found.end()..])
    };
    OTHERS.find_iter(lead).any(|found| is_subject(&found)) || (of_itself && SUBSIDIARY.is_match(lead))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(text: &str, words: &str) -> bool {
        let registrant = Registrant::of("Osprey Drilling Corp");
        let filed = NaiveDate::from_ymd_opt(2026, 5, 15).unwrap();
        Clause::of(text, &registrant, filed).shows(&pattern(words))
    }

    #[test]
    fn the_subject_the_polarity_and_the_time_of_a_clause_decide_whether_it_tells() {
        for (text, expected) in [
            ("On May 8, 2026, the Company filed a petition.", true),
            ("On May 8, 2026, Osprey filed a petition.", true),
            ("The Company announced that its largest customer, Alden Stores, filed a petition.", false),
            ("A borrower of the bank filed a petition.", false),
            ("Tern LLC, an affiliate in which the Company holds shares, filed a petition.", false),
            ("The Company has not filed a petition.", false),
            ("The Company would have filed a petition.", false),
            ("If no agreement is reached, the Company may have filed a petition.", false),
            ("The Company filed a petition, which was withdrawn.", false),
            ("As previously disclosed, on May 3, 2025, the Company filed a petition.", false),
            ("As previously disclosed, on April 3, 2026, the Company filed a petition.", true),
            ("The Company will speak about why others filed a petition.", false),
        ] {
            assert_eq!(shows(text, "filed a petition"), expected, "{text}");
        }
    }

    #[test]
    fn names_of_the_company_are_known_and_names_that_only_begin_so_are_others() {
        let registrant = Registrant::of("Fenmore Bancshares, Inc.");
        for (text, expected) in [
            ("Fenmore Bancshares, Inc. bought it.", "the Company bought it."),
            ("Fenmore’s bank and Fenmore Wealth, Inc.", "the Company’s bank and Fenmore Wealth, Inc."),
            ("Big Parent LLC (the “Company”) bought it.", "the Company bought it."),
        ] {
            assert_eq!(registrant.normal(text), expected);
        }
    }
}
