//! Reports on a signal for one kind of reader at the customer: what it means to them, and what to say to them.
//!
//! A language model writes them where one is configured; else, or when what it writes cannot be used, templates do. Either
//! way a report says nothing that does not stand in the signal or in what is known of vendor and reader: the model's answer
//! is checked word for word ([`grounds`](super::grounds)), and one name or number of its own throws it away.

mod asking;
mod checking;
mod templates;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::filings::{self, Direction, Item, Opportunity, Person, SignalType, ValueEstimate};
use crate::clients::llm::LlmChain;

/// A kind of person at the customer for whom a report is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// What they are called: a role, such as `Head of Data`.
    pub name: String,
    /// What they do; may be empty.
    pub description: String,
    /// Their level, such as `Director`.
    pub seniority: Option<String>,
    /// What they want to reach.
    pub goals: Vec<String>,
    /// What keeps them from it.
    pub pain_points: Vec<String>,
}

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Occasion {
    /// The company that sells.
    pub vendor: String,
    /// What it sells: names, each with what it does. May be empty.
    pub products: Vec<(String, String)>,
    /// The company at which something happened.
    pub customer: String,
    /// What happened.
    pub kind: SignalType,
    /// What it means for the business.
    pub opportunity: Opportunity,
    /// One sentence for a person.
    pub summary: String,
    /// The sentence of the filing that proves it.
    pub sentence: String,
    /// The item under which it stands.
    pub item: Item,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
    /// Who it is about.
    pub person: Option<Person>,
    /// What may be at stake.
    pub value: Option<ValueEstimate>,
    /// How urgent it is now, 0 to 1.
    pub urgency: f64,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// One line: what happened and what it is to the reader.
    pub headline: String,
    /// Why it matters to the reader; one paragraph.
    pub why_it_matters: String,
    /// What to bring up in a talk; at least two, a line each.
    pub talking_points: Vec<String>,
    /// What the seller should do; one paragraph.
    pub recommended_action: String,
    /// A message to the reader, in paragraphs, to be read and sent by a person.
    pub draft_message: String,
    /// Who wrote it, as `provider/model`; `None` when it is from a template.
    pub model: Option<String>,
    /// Whether it stands for one that a model is to write later: none answered.
    #[serde(default)]
    pub is_provisional: bool,
}

/// The readers at a customer when none are known for the vendor: who pays, who runs it, who works with it.
pub fn default_audiences() -> Vec<Audience> {
    let audience =
        |name: &str, seniority: &str, description: &str, goals: [&str; 2], pain_points: [&str; 2]| Audience {
            name: name.to_owned(),
            description: description.to_owned(),
            seniority: Some(seniority.to_owned()),
            goals: goals.map(str::to_owned).into(),
            pain_points: pain_points.map(str::to_owned).into(),
        };
    vec![
        audience(
            "Economic Buyer",
            "Executive",
            "Holds the budget, signs the contract and answers for what it brings.",
            ["A return that can be shown", "Costs that can be planned"],
            ["Contracts nobody can say the worth of", "Money tied up in things that are little used"],
        ),
        audience(
            "Technical Lead",
            "Director",
            "Chooses the systems, connects them with the rest and keeps them safe.",
            ["Systems that work together", "Changes without surprises"],
            ["Too many tools with the same purpose", "Integrations that break when somebody leaves"],
        ),
        audience(
            "Operations Lead",
            "Manager",
            "Runs the daily work and feels first when something does not fit.",
            ["Work that flows without interruption", "People who are quickly productive"],
            ["Manual work between two systems", "Changes that come without notice"],
        ),
    ]
}

/// Whether it is about somebody's death, of which nobody makes a reason to sell.
fn is_death(occasion: &Occasion) -> bool {
    let goes = occasion.person.as_ref().is_some_and(|person| person.direction == Direction::Goes);
    goes && filings::is_death(&occasion.sentence)
}

/// Writes a report, by the first language model that answers or else by template. It never fails; why a model's answer was
/// not used stands in the log.
pub async fn write(models: &LlmChain, occasion: &Occasion, audience: &Audience) -> Draft {
    if is_death(occasion) {
        return templates::condolence(occasion, audience);
    }
    if !models.is_configured() {
        return templates::draft(occasion, audience);
    }
    match asking::ask(models, occasion, audience).await {
        Ok(draft) => draft,
        Err(reason) => {
            tracing::warn!(kind = occasion.kind.name(), %reason, "a model's report is not used, a template is");
            Draft { is_provisional: reason.is_for_now(), ..templates::draft(occasion, audience) }
        }
    }
}
