//! Summary sentences of signals, which state only the contents of the signal's sentences.

use std::sync::LazyLock;

use regex::Regex;

use super::clause::Clause;
use super::item::Item;
use super::people::{Direction, Manner, Person};
use super::sentences::pattern;
use super::signal_type::SignalType;

/// Maximum number of sentences searched for the trend of results.
const TREND_WITHIN: usize = 40;

static COMPLETED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:complet(?:ed|ion)|consummat\w+|closed|closing of|acquired|sold|merged with|became a|effected)\b")
});
static PLANNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:enter(?:ed|s|ing)? into|agreed to|agreement to|will|to be|definitive|signed|plan of merger)\b")
});
static MERGES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bmerge[sdr]?\b"));
static NOUN: &str = r"(?:total |consolidated |record )*(?P<what>revenues?|net sales|sales|net income|net loss|net earnings|earnings per share|earnings)";
static TREND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        concat!(
            r"(?i)\b{noun}\b[^.;%]{{0,90}}?\b(?P<way>increas(?:ed|es|e of)|rose|grew|up|higher|widened|decreas(?:ed|es|e of)|fell",
            r"|declin(?:ed|es|e of)|down|lower|narrowed)\b(?:\s(?:by|of|approximately)){{0,2}}(?:\s(?P<share>\d+(?:\.\d+)?\s?%))?"
        ),
        noun = NOUN
    ))
});

/// Summarizes a person's signal: "Acme Inc.: Jane Roe was promoted to Chief Financial Officer, effective 2024-05-15
/// (item 5.02)."
pub fn of_person(kind: SignalType, company: &str, person: &Person, manner: Manner, item: Item) -> String {
    let role =
        person.role.as_deref().unwrap_or(if kind == SignalType::DirectorChange { "director" } else { "an executive" });
    if manner == Manner::Died {
        let on = person.effective.map_or_else(String::new, |date| format!(" on {date}"));
        return format!("{}: {}, {role}, died{on} (item {item}).", named(company), person.name);
    }
    let what = match (person.direction, manner) {
        (Direction::Comes, Manner::Promoted) => format!("was promoted to {role}"),
        (Direction::Comes, Manner::Interim) => format!("serves as {role}"),
        (Direction::Comes, _) if kind == SignalType::DirectorChange => format!("joins the board as {role}"),
        (Direction::Comes, _) => format!("becomes {role}"),
        (Direction::Goes, Manner::Dismissed) => format!("was removed as {role}"),
        (Direction::Goes, Manner::Retires) => format!("retires as {role}"),
        (Direction::Goes, Manner::Resigns) => format!("resigns as {role}"),
        (Direction::Goes, _) => format!("leaves as {role}"),
    };
    let from = person.effective.map_or_else(String::new, |date| format!(", effective {date}"));
    format!("{}: {} {what}{from} (item {item}).", named(company), person.name)
}

/// Summarizes another signal: "Acme Inc. agreed to be acquired (item 1.01)."
pub fn of_company(company: &str, happening: &str, item: Item) -> String {
    format!("{} {happening} (item {item}).", named(company))
}

fn named(company: &str) -> &str {
    if company.is_empty() { "The company" } else { company }
}

/// Returns the event as a phrase after the company's name, from the sentence that proves it and the following ones.
pub(super) fn happening_in(kind: SignalType, told: &[Clause<'_>]) -> String {
    let Some(clause) = told.first() else { return happening(kind).to_owned() };
    let is_done = clause.mentions(&COMPLETED) && !clause.mentions(&PLANNED);
    let text = match (kind, is_done) {
        (SignalType::ChangeOfControl, true) => "has a new owner",
        (SignalType::ChangeOfControl, false) if clause.mentions(&MERGES) && clause.mentions(&PLANNED) => {
            "agreed to merge into another company"
        }
        (SignalType::ChangeOfControl, false) if clause.mentions(&PLANNED) => "agreed to be acquired",
        (SignalType::Acquisition, true) => "completed an acquisition",
        (SignalType::Acquisition, false) if clause.mentions(&PLANNED) => "agreed to make an acquisition",
        (SignalType::Divestiture, true) => "completed the sale or separation of a business",
        (SignalType::Divestiture, false) if clause.mentions(&PLANNED) => "agreed to sell a business",
        (SignalType::Results, _) => {
            let texts = told.iter().take(TREND_WITHIN).map(|clause| clause.sentence);
            return with_trend(trend(texts));
        }
        _ => happening(kind),
    };
    text.to_owned()
}

/// Returns the phrase for results, with their trend if known.
pub fn with_trend(trend: Option<String>) -> String {
    trend.map_or_else(|| happening(SignalType::Results).to_owned(), |trend| format!("reports results: {trend}"))
}

/// Returns the trend of results from the first sentence that states it: "revenue up 12%".
pub fn trend<'a>(mut texts: impl Iterator<Item = &'a str>) -> Option<String> {
    texts.find_map(|text| {
        let found = TREND.captures(text)?;
        let way = found["way"].to_lowercase();
        let is_down =
            ["decreas", "fell", "declin", "down", "lower", "narrowed"].iter().any(|word| way.starts_with(word));
        let share = found.name("share").map_or_else(String::new, |share| format!(" {}", share.as_str()));
        Some(format!("{} {}{share}", found["what"].to_lowercase(), if is_down { "down" } else { "up" }))
    })
}

/// Returns the default phrase of a kind after the company's name.
pub fn happening(kind: SignalType) -> &'static str {
    match kind {
        SignalType::ExecutiveHire => "has a new executive",
        SignalType::ExecutiveDeparture => "loses an executive",
        SignalType::DirectorChange => "has a change on its board",
        SignalType::Acquisition => "makes an acquisition",
        SignalType::Divestiture => "sells a business",
        SignalType::Restructuring => "is restructuring",
        SignalType::MaterialAgreement => "made a material agreement",
        SignalType::AgreementEnded => "ended a material agreement",
        SignalType::CyberIncident => "reports a cyber incident",
        SignalType::Bankruptcy => "is in bankruptcy proceedings",
        SignalType::DebtOrFinancing => "raises debt or equity",
        SignalType::DebtDefault => "faces early repayment of a debt",
        SignalType::Impairment => "writes down assets",
        SignalType::Restatement => "withdraws reliance on financial statements",
        SignalType::AuditorChange => "changes its auditor",
        SignalType::DelistingNotice => "has a notice about its listing",
        SignalType::ChangeOfControl => "comes under new control",
        SignalType::Litigation => "reports a legal proceeding",
        SignalType::Disruption => "lost the use of a site",
        SignalType::Results => "reports results",
        SignalType::Other => "reports other news",
    }
}
