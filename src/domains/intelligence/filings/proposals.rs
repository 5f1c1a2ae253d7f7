//! What a language model proposes as the signals of a report, proved by the report itself. Pure computation.
//!
//! A model may find what the rules miss, and may invent. So it gives with each value the words of the report that prove it,
//! and [`prove`] takes no word for granted: the quotes must stand in the report; the whole sentences around them are read as
//! the rules read them, whose they are, whether it happened, and when; kind, name, role, amount and day must be what the
//! rules' own parsers find there. [`unite`] puts together what rules and model have found, and keeps where they differ.

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
use crate::graphql::PlainValue;

pub use proving::{Proved, Refused, prove};
pub use union::{Added, Disagreement, Merged, Union, unite};

/// The most of a part of a report that a model is given, in bytes.
const LONGEST_SOURCE: usize = 12_000;
/// The most of a whole report that a model is given, in bytes.
const LONGEST_REPORT: usize = 30_000;

/// A part of a report, or the beginning of a release to which it points, as rules and model read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The item under which it stands.
    pub item: Item,
    /// Its text: a paragraph a line.
    pub text: String,
    /// The address of its document.
    pub url: String,
}

/// The parts of a report that the rules read, each as far as a model is given it; `releases` are those to which the report
/// points. What is beyond the limits is left out from the end of the parts, in whole sentences.
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

/// The length of a text up to the end of the last sentence that ends within `limit` bytes.
fn kept(text: &str, limit: usize) -> usize {
    if text.len() <= limit {
        return text.len();
    }
    let end = |sentence: &str| sentence.as_ptr() as usize + sentence.len() - text.as_ptr() as usize;
    sentences(text).map(end).take_while(|end| *end <= limit).last().unwrap_or_default()
}

/// A signal as a model proposes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Proposal {
    /// What happened.
    pub kind: SignalType,
    /// The item under which it stands, `5.02`.
    pub item: String,
    /// The words of the report that tell it.
    pub quote: String,
    /// The words for the company whose news it is.
    pub subject: String,
    /// Who comes or goes.
    pub person: Option<ProposedPerson>,
    /// The amount of the event, such as `1250000000 USD`.
    pub amount: Option<Claim>,
}

/// Who comes or goes, as a model proposes it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ProposedPerson {
    /// The name.
    pub name: Claim,
    /// Which way.
    pub direction: Direction,
    /// The role taken or left.
    pub role: Option<Claim>,
    /// From when, as `2024-05-31`.
    pub effective: Option<Claim>,
}

/// A value with the words of the report that prove it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Claim {
    /// The value.
    pub value: String,
    /// The words.
    pub quote: String,
}

/// Why a proposal of a model is not taken.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ExtractionRefusal")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Refusal {
    /// The report has no such item, or none that tells of signals.
    UnknownItem,
    /// The quote is shorter than 20 characters or longer than 1,500.
    QuoteLength,
    /// The quote does not stand in the report word for word.
    NotInReport,
    /// The quote stands under another item.
    OtherItem,
    /// The sentence refers elsewhere, or is a lawyer's: it proves nothing.
    Reference,
    /// It is the news of another company, such as a customer, a borrower or a former subsidiary.
    OtherCompany,
    /// It is denied, or was taken back.
    Denied,
    /// It may happen, or was offered.
    Hypothetical,
    /// The words are the topic of a talk or a policy.
    Topic,
    /// It was disclosed before, or is long past.
    PreviouslyDisclosed,
    /// The report that is amended told it in the same words.
    ToldBefore,
    /// The words do not tell of an event of this kind.
    KindNotProved,
    /// A person is missing, or given where the kind has none.
    PersonMismatch,
    /// The name does not stand in its quote, or is no person's.
    NameNotProved,
    /// The person neither comes nor goes there, or the other way.
    ChangeNotProved,
    /// The role does not stand in its quote, or is not the person's.
    RoleNotProved,
    /// What the role is of, or a part of it, was cut off.
    RoleCut,
    /// The day does not stand in its quote, or is not the one from when it counts.
    DateNotProved,
    /// The amount does not stand in its quote, or is not that of the event.
    AmountNotProved,
    /// The rules take the same sentence for an event of another kind that excludes this one.
    KindContradicted,
    /// The answer held more proposals than are read.
    TooMany,
}

impl PlainValue for Refusal {}

/// In what rules and model differ.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ExtractionDisagreementKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DisagreementKind {
    /// The rules found a signal that the model does not name. It stands.
    RulesOnly,
    /// The model found a signal that the rules did not, and proved it. It is added.
    ModelOnly,
    /// Both found the signal, with another value of one field. That of the rules stands.
    Field,
    /// The model proposed what the report does not prove. It is not taken.
    Refused,
}

impl PlainValue for DisagreementKind {}

/// A field of a signal that has words of its own to prove it.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ExtractedField")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Field {
    /// What happened.
    Kind,
    /// Whose news it is.
    Subject,
    /// The person's name.
    Person,
    /// The role.
    Role,
    /// From when it counts.
    EffectiveOn,
    /// The amount of the event.
    Amount,
}

impl PlainValue for Field {}

/// The words of the report that prove a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Which field.
    pub field: Field,
    /// The words, as they stand in the report.
    pub text: String,
}

macro_rules! names {
    ($($of:ty),*) => {$(
        impl $of {
            /// The name in metrics.
            pub fn name(self) -> String {
                sea_orm::ActiveEnum::to_value(&self).to_lowercase()
            }
        }
    )*};
}
names!(Refusal, DisagreementKind, Field);
