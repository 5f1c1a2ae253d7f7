//! Signals proposed by a language model, verified against the report. Pure computation.
//!
//! A model may find what the rules miss, and may hallucinate. It therefore quotes the report for each value, and
//! [`prove`] verifies everything: the quotes must be in the report; the whole sentences around them are parsed by the
//! rules for the company, the modality and the time; and kind, name, role, amount and date must equal what the rules'
//! parsers find there. [`unite`] merges the signals of rules and model, and records the disagreements.

mod person_details;
mod proving;
mod quotes;
mod union;

use async_graphql::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::parse::Filing;
use super::people::Direction;
use super::rules::{is_read, note_of};
use super::sentences::sentences;
use super::signal_type::SignalType;
use rapport_toolkit::graphql::PlainValue;

pub use proving::{Proved, Refused, prove};
pub use union::{Added, Disagreement, Merged, Union, unite};

/// Maximum length of one part of a report passed to a model, in bytes.
const LONGEST_SOURCE: usize = 12_000;
/// Maximum length of a whole report passed to a model, in bytes.
const LONGEST_REPORT: usize = 30_000;

/// A part of a report, or the start of a press release it refers to, as read by rules and model.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The item of the form.
    pub item: Item,
    /// The text, one paragraph per line.
    pub text: String,
    /// The URL of the document.
    pub url: String,
}

/// Returns the parts of a report that the rules read, shortened to the limits of a model; `releases` are the press
/// releases it refers to. Text beyond the limits is cut from the end of the parts, in whole sentences.
pub fn sources(filing: &Filing, url: &str, releases: Vec<Source>) -> Vec<Source> {
    let mut sources = Vec::new();
    for section in filing.items.iter().filter(|section| is_read(section.item)) {
        let texts = [Some(section.text.as_str()), note_of(section, filing)];
        let source = |text: &str| Source { item: section.item, text: text.to_owned(), url: url.to_owned() };
        sources.extend(texts.into_iter().flatten().map(source));
    }
    sources.extend(releases);
    let mut room = LONGEST_REPORT;
    for source in &mut sources {
        let length = kept(&source.text, LONGEST_SOURCE.min(room));
        source.text.truncate(length);
        room -= length;
    }
    sources.retain(|source| !source.text.is_empty());
    sources
}

/// Returns the length of the text up to the last sentence that ends within `limit` bytes.
fn kept(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    let end = |sentence: &str| sentence.as_ptr() as usize + sentence.len() - text.as_ptr() as usize;
    sentences(text).map(end).take_while(|end| *end <= limit).last().unwrap_or_default()
}

/// A signal proposed by a model.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Proposal {
    /// The kind of event.
    pub kind: SignalType,
    /// The item of the form, such as `5.02`.
    pub item: String,
    /// The quote that states the event.
    pub quote: String,
    /// The words that name the company concerned.
    pub subject: String,
    /// The person who takes or leaves a role.
    pub person: Option<ProposedPerson>,
    /// The amount of the event, such as `1250000000 USD`.
    pub amount: Option<Claim>,
}

/// A person in a proposal.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ProposedPerson {
    /// The name.
    pub name: Claim,
    /// Taking or leaving the role.
    pub direction: Direction,
    /// The role.
    pub role: Option<Claim>,
    /// The effective date, such as `2024-05-31`.
    pub effective: Option<Claim>,
}

/// A value with the quote that proves it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Claim {
    /// The value.
    pub value: String,
    /// The quote.
    pub quote: String,
}

/// Reason for rejecting a model's proposal.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ExtractionRefusal")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Refusal {
    /// The report has no such item, or the item contains no signals.
    UnknownItem,
    /// The quote is shorter than 20 or longer than 1,500 characters.
    QuoteLength,
    /// The quote is not in the report word for word.
    NotInReport,
    /// The quote is in another item.
    OtherItem,
    /// The sentence is a reference or legal boilerplate and proves nothing.
    Reference,
    /// The event concerns another company, such as a customer, a borrower or a former subsidiary.
    OtherCompany,
    /// The event is denied or was revoked.
    Denied,
    /// The event is hypothetical or only offered.
    Hypothetical,
    /// The words are the topic of a talk or a policy.
    Topic,
    /// The event was disclosed before, or is long past.
    PreviouslyDisclosed,
    /// The amended report states it in the same words.
    ToldBefore,
    /// The words do not state an event of this kind.
    KindNotProved,
    /// A person is missing, or given for a kind without persons.
    PersonMismatch,
    /// The name is not in its quote, or is not a person's name.
    NameNotProved,
    /// The person does not change roles there, or in the opposite direction.
    ChangeNotProved,
    /// The role is not in its quote, or is not the person's.
    RoleNotProved,
    /// The role is incomplete.
    RoleCut,
    /// The date is not in its quote, or is not the effective date.
    DateNotProved,
    /// The amount is not in its quote, or is not the amount of the event.
    AmountNotProved,
    /// The rules find an event of a different, incompatible kind in the same sentence.
    KindContradicted,
    /// The answer exceeded the maximum number of proposals.
    TooMany,
}

impl PlainValue for Refusal {}

/// Kind of disagreement between rules and model.
#[derive(
    Enum,
    EnumIter,
    DeriveActiveEnum,
    Debug,
    Clone,
    Default,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ExtractionDisagreementKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisagreementKind {
    /// The rules found a signal that the model does not name. It is kept.
    #[default]
    RulesOnly,
    /// The model found and proved a signal that the rules missed. It is added.
    ModelOnly,
    /// Both found the signal, with different values of one field. The value of the rules is kept.
    Field,
    /// The model proposed a signal that the report does not prove. It is rejected.
    Refused,
}

impl PlainValue for DisagreementKind {}

/// Field of a signal with a quote of its own.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ExtractedField")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Field {
    /// Kind of event.
    Kind,
    /// Company concerned.
    Subject,
    /// Name of the person.
    Person,
    /// Role of the person.
    Role,
    /// Effective date.
    EffectiveOn,
    /// Amount of the event.
    Amount,
}

impl PlainValue for Field {}

/// A quote from the report that proves a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The field.
    pub field: Field,
    /// The quote, word for word.
    pub text: String,
}

macro_rules! names {
    ($($of:ty),*) => {$(
        impl $of {
            /// Returns the name used in metrics.
            pub fn name(self) -> String {
                sea_orm::ActiveEnum::to_value(&self).to_lowercase()
            }
        }
    )*};
}
names!(Refusal, DisagreementKind, Field);
