//! Signals.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::{entity::prelude::*, sea_query::StringLen};
use serde::Serialize;

use crate::{
    db::{Id, Identified},
    domains::{
        customers::Customer,
        intelligence::{
            Company,
            filings::{
                Direction, Evidence, Item, Opportunity, Person, Signal as Told, SignalType, ValueEstimate,
                proposals::Quote,
            },
        },
    },
    graphql::{PlainValue, Timestamp, plain_fields},
    jobs::JobRow,
    text::text_words,
};

/// Method that found a signal in a report.
#[derive(Enum, EnumIter, DeriveActiveEnum, Debug, Clone, Default, Copy, PartialEq, Eq, Hash, Serialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "SignalExtraction")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExtractedBy {
    /// Rules only.
    #[default]
    Rules,
    /// Language model only, with proof accepted by the rules.
    Model,
    /// Rules and language model.
    Both,
}

impl PlainValue for ExtractedBy {}

/// Event at a customer with its evidence: a reason to call, or a risk.
#[derive(Clone, Default, Debug, PartialEq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "signals")]
#[graphql(name = "Signal", complex)]
pub struct Model {
    /// The id, beginning with `sig_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub customer_id: Id<Customer>,
    #[graphql(skip)]
    pub company_id: Id<Company>,
    #[graphql(skip)]
    pub event_key: String,
    /// Kind of event.
    pub kind: SignalType,
    /// Business impact.
    pub opportunity: Opportunity,
    /// Urgency on the day of filing, 0–1.
    pub strength: f64,
    /// Urgency at detection, 0–1, by which lists are filtered and sorted. `currentUrgency` is the present value.
    pub urgency: f64,
    #[graphql(skip)]
    pub value_low: Option<i64>,
    #[graphql(skip)]
    pub value_high: Option<i64>,
    #[graphql(skip)]
    pub value_currency: Option<String>,
    #[graphql(skip)]
    pub value_assumption: Option<String>,
    #[graphql(skip)]
    pub person_name: Option<String>,
    #[graphql(skip)]
    pub person_role: Option<String>,
    #[graphql(skip)]
    pub person_direction: Option<Direction>,
    #[graphql(skip)]
    pub person_effective: Option<Date>,
    /// Summary in one sentence.
    pub summary: String,
    /// Language model that worded the summary, as `provider/model`; null if made from a template.
    pub summary_model: Option<String>,
    /// Method that found the signal in the report.
    pub extracted_by: ExtractedBy,
    /// Language model that found the signal, as `provider/model`; null if only the rules did.
    pub extraction_model: Option<String>,
    #[graphql(skip)]
    pub quotes: Option<String>,
    #[graphql(skip)]
    pub accession: String,
    #[graphql(skip)]
    pub item: String,
    #[graphql(skip)]
    pub sentence: String,
    #[graphql(skip)]
    pub url: String,
    #[graphql(skip)]
    pub filed_at: DateTimeUtc,
    #[graphql(skip)]
    pub amends_id: Option<Id<Model>>,
    /// True for sample data.
    pub is_sample: bool,
    #[graphql(skip)]
    pub job_id: Id<JobRow>,
    /// Detection time.
    #[graphql(skip, derived(name = "detected_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub detected_at: DateTimeUtc,
    /// The folded texts of the signal, for searches.
    #[graphql(skip)]
    pub words: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "sig";
    const NOUN: &'static str = "signal";
}

plain_fields!(Model => id, kind, opportunity, strength, urgency, summary, summary_model, extracted_by, extraction_model, is_sample, detected_at);

impl Model {
    /// Returns the signal with the words by which searches find it.
    #[must_use]
    pub fn searchable(self) -> Self {
        let texts = [
            Some(self.summary.clone()),
            self.person_name.clone(),
            self.person_role.clone(),
            Some(self.sentence.clone()),
        ];
        Self { words: text_words(&texts), ..self }
    }

    /// Returns the estimated value; `None` if there is no basis for one.
    pub(super) fn estimate(&self) -> Option<ValueEstimate> {
        Some(ValueEstimate {
            low: self.value_low?,
            high: self.value_high?,
            currency: self.value_currency.clone()?,
            assumption: self.value_assumption.clone()?,
        })
    }

    /// Returns the person concerned.
    pub(super) fn who(&self) -> Option<Person> {
        Some(Person {
            name: self.person_name.clone()?,
            role: self.person_role.clone(),
            direction: self.person_direction?,
            effective: self.person_effective,
        })
    }

    /// Returns the quotes by which a language model proved it; empty if only the rules found it.
    pub(super) fn proof(&self) -> Result<Vec<Quote>, serde_json::Error> {
        self.quotes.as_deref().map_or_else(|| Ok(Vec::new()), serde_json::from_str)
    }

    /// Returns the signal as the rules found it; `None` if the item is unknown.
    pub(super) fn told(&self) -> Option<Told> {
        Some(Told {
            key: self.event_key.clone(),
            kind: self.kind,
            opportunity: self.opportunity,
            strength: self.strength,
            urgency: self.urgency,
            value: self.estimate(),
            person: self.who(),
            evidence: Evidence {
                accession: self.accession.clone(),
                item: Item::parse(&self.item)?,
                sentence: self.sentence.clone(),
                url: self.url.clone(),
                filed_at: self.filed_at,
            },
            summary: self.summary.clone(),
        })
    }
}
