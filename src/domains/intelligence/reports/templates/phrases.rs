//! Phrases that fill the templates.

use std::collections::HashSet;

use crate::clients::research::clean::{self, FIELD, NAME};
use crate::domains::intelligence::filings::{Direction, Person, SignalType, happening};
use crate::domains::intelligence::reports::{Audience, Occasion, input};

/// Sentence parts from the occasion and the reader.
#[derive(Debug)]
pub(super) struct Phrases {
    pub(super) vendor: String,
    pub(super) customer: String,
    pub(super) reader: String,
    pub(super) filed_on: String,
    /// The event as a sentence without its full stop: "Acme is restructuring".
    pub(super) happening: String,
    /// The event within a sentence: "the appointment of Jane Roe as Chief Financial Officer".
    pub(super) news: String,
    /// The person concerned: "Jane Roe", "the executive".
    pub(super) who: String,
    /// A goal of the reader, within a sentence.
    pub(super) goal: Option<String>,
    /// A pain point of the reader, within a sentence.
    pub(super) pain: Option<String>,
    /// The products that fit the reader best, at most two.
    pub(super) products: Option<String>,
}

impl Phrases {
    /// The names permitted in braces.
    #[cfg(test)]
    pub(super) const NAMES: [&'static str; 6] = ["vendor", "customer", "reader", "filed_on", "news", "who"];

    pub(super) fn new(occasion: &Occasion, audience: &Audience) -> Self {
        let customer = named(&occasion.customer, "The customer");
        let person = occasion.person.as_ref().filter(|_| is_about_people(occasion.kind));
        let first = |texts: &[String]| texts.iter().map(|text| in_sentence(text)).find(|text| !text.is_empty());
        Self {
            vendor: named(&occasion.vendor, "The vendor"),
            reader: named(&audience.name, "reader"),
            filed_on: input::filed_on(occasion),
            happening: match person {
                Some(person) => format!("{customer}: {}", move_of(person, occasion.kind)),
                None => format!("{customer} {}", happening(occasion.kind)),
            },
            news: person.map_or_else(|| news(occasion.kind).to_owned(), |person| news_of(person, occasion.kind)),
            who: person.map_or_else(|| whoever(occasion.kind).to_owned(), |person| clean::line(&person.name, NAME)),
            goal: first(&audience.goals),
            pain: first(&audience.pain_points),
            products: products(occasion, audience),
            customer,
        }
    }

    /// Fills a template. Inserted text is not processed again.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut parts = template.split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or(("", part));
            filled.push_str(match name {
                "vendor" => &self.vendor,
                "customer" => &self.customer,
                "reader" => &self.reader,
                "filed_on" => &self.filed_on,
                "news" => &self.news,
                "who" => &self.who,
                _ => "",
            });
            filled.push_str(rest);
        }
        filled
    }
}

fn named(name: &str, otherwise: &str) -> String {
    clean::optional(Some(name), NAME).unwrap_or_else(|| otherwise.to_owned())
}

fn is_about_people(kind: SignalType) -> bool {
    matches!(kind, SignalType::ExecutiveHire | SignalType::ExecutiveDeparture | SignalType::DirectorChange)
}

/// Returns "Jane Roe joins as Chief Financial Officer".
fn move_of(person: &Person, kind: SignalType) -> String {
    let verb = match person.direction {
        Direction::Comes => "joins",
        Direction::Goes => "leaves",
    };
    format!("{} {verb}{}", clean::line(&person.name, NAME), post(person, kind, " as ", " the board"))
}

/// Returns "the departure of Jane Roe as Chief Financial Officer", with the effective date.
fn news_of(person: &Person, kind: SignalType) -> String {
    let (what, board) = match person.direction {
        Direction::Comes => ("appointment", " to the board"),
        Direction::Goes => ("departure", " from the board"),
    };
    let from = person.effective.map_or_else(String::new, |date| format!(", effective {}", date.format("%-d %B %Y")));
    format!("the {what} of {}{}{from}", clean::line(&person.name, NAME), post(person, kind, " as ", board))
}

/// Returns the role, or the board for a plain member of it.
fn post(person: &Person, kind: SignalType, before: &str, board: &str) -> String {
    match clean::optional(person.role.as_deref(), NAME) {
        Some(role) if kind != SignalType::DirectorChange || !role.eq_ignore_ascii_case("director") => {
            format!("{before}{role}")
        }
        _ if kind == SignalType::DirectorChange => board.to_owned(),
        _ => String::new(),
    }
}

fn whoever(kind: SignalType) -> &'static str {
    match kind {
        SignalType::ExecutiveHire => "the new executive",
        SignalType::DirectorChange => "the member of the board",
        _ => "the executive",
    }
}

/// Returns the event as a noun.
fn news(kind: SignalType) -> &'static str {
    match kind {
        SignalType::ExecutiveHire => "the appointment of a new executive",
        SignalType::ExecutiveDeparture => "the departure of an executive",
        SignalType::DirectorChange => "the change on your board",
        SignalType::Acquisition => "the acquisition",
        SignalType::Divestiture => "the sale of a business",
        SignalType::Restructuring => "the restructuring",
        SignalType::MaterialAgreement => "the new agreement",
        SignalType::AgreementEnded => "the end of an agreement",
        SignalType::CyberIncident => "the cyber incident",
        SignalType::Bankruptcy => "the court proceedings",
        SignalType::DebtOrFinancing => "the financing",
        SignalType::DebtDefault => "the early repayment of a debt",
        SignalType::Impairment => "the write-down",
        SignalType::Restatement => "the review of your financial statements",
        SignalType::AuditorChange => "the change of your auditor",
        SignalType::DelistingNotice => "the notice about your listing",
        SignalType::ChangeOfControl => "the change of ownership",
        SignalType::Litigation => "the legal proceeding",
        SignalType::Disruption => "the event at your site",
        SignalType::Results => "your results",
        SignalType::Other => "your news",
    }
}

/// Returns a phrase within a sentence: without a full stop, and in lower case at its start unless that is a name or an
/// abbreviation.
fn in_sentence(text: &str) -> String {
    let line = clean::line(text, FIELD);
    let line = line.trim_end_matches(['.', ' ']);
    let first = line.split(' ').next().unwrap_or_default();
    let is_plain = first.chars().skip(1).all(|char| !char.is_uppercase() && !char.is_ascii_digit()) && first.len() > 1;
    let mut chars = line.chars();
    match chars.next() {
        Some(letter) if is_plain || first == "A" => letter.to_lowercase().chain(chars).collect(),
        _ => line.to_owned(),
    }
}

/// Returns the two products whose descriptions share the most words with the reader's tasks and goals; ties are in the
/// vendor's order.
fn products(occasion: &Occasion, audience: &Audience) -> Option<String> {
    let texts = audience.goals.iter().chain(&audience.pain_points).chain([&audience.description, &audience.name]);
    let wanted: HashSet<String> = texts.flat_map(|text| weighty(text)).collect();
    let mut ranked: Vec<(usize, String)> = occasion
        .products
        .iter()
        .map(|(name, what)| (weighty(what).filter(|word| wanted.contains(word)).count(), clean::line(name, NAME)))
        .filter(|(_, name)| !name.is_empty())
        .collect();
    // Stable: the vendor's order decides between equals.
    ranked.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    let best: Vec<String> = ranked.into_iter().take(2).map(|(_, name)| name).collect();
    (!best.is_empty()).then(|| best.join(" and "))
}

/// Returns the meaningful words in lower case, shortened to a stem: `forecasts` is `forecast`.
fn weighty(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| word.chars().count() >= 5);
    words.map(|word| word.to_lowercase().trim_end_matches('s').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_begins_small_unless_it_begins_with_a_name_or_a_short_form() {
        for (text, expected) in [
            ("Fewer tickets.", "fewer tickets"),
            ("ROI in a year", "ROI in a year"),
            ("A forecast that holds", "a forecast that holds"),
            ("Überstunden", "überstunden"),
            ("24 hours", "24 hours"),
            ("", ""),
        ] {
            assert_eq!(in_sentence(text), expected);
        }
    }
}
