//! Leads.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::income::{Income, IncomePeriod};
use crate::{
    db::{Id, Identified},
    domains::identity::User,
    graphql::{PlainValue, Timestamp, plain_fields},
    money::{Currency, Money},
};

/// Person who may become a customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "leads")]
#[graphql(name = "Lead", complex)]
pub struct Model {
    /// The id, beginning with `lead_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// Name, as the person gave it.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// Mail address, as given; null if unknown.
    pub email: Option<String>,
    #[graphql(skip)]
    pub email_folded: Option<String>,
    /// Telephone number, as given; null if unknown.
    pub phone: Option<String>,
    /// Kind of source of the lead.
    pub source: Source,
    /// Detail of the source, such as the persona of a chat or the name of a campaign; null if unknown.
    pub source_detail: Option<String>,
    /// Stage of the lead in the pipeline.
    pub status: Status,
    #[graphql(skip)]
    pub income_minor: Option<i64>,
    #[graphql(skip)]
    pub income_currency: Option<String>,
    #[graphql(skip)]
    pub income_period: Option<IncomePeriod>,
    #[graphql(skip)]
    pub details: String,
    #[graphql(skip)]
    pub session_id: Option<Uuid>,
    #[graphql(skip)]
    pub assigned_to_id: Option<Id<User>>,
    /// Version, incremented by every change.
    pub version: i32,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// Time of the last change.
    #[graphql(skip, derived(name = "updated_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "lead";
    const NOUN: &'static str = "lead";
}

plain_fields!(Model => id, name, email, phone, source, source_detail, status, version, created_at, updated_at);

impl Model {
    /// Returns the stated income.
    pub fn income(&self) -> Option<Income> {
        let currency = Currency::parse(self.income_currency.as_deref()?).ok()?;
        Some(Income { amount: Money::new(self.income_minor?, currency), period: self.income_period? })
    }

    /// Returns further statements of the person, in the order in which they were made.
    pub fn facts(&self) -> Vec<Fact> {
        serde_json::from_str(&self.details).unwrap_or_default()
    }

    /// Returns the audited values.
    pub(super) fn audited(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "source": self.source,
            "sourceDetail": self.source_detail,
            "status": self.status,
            "assignedTo": self.assigned_to_id,
        })
    }
}

/// Statement of a lead about themselves.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[graphql(name = "LeadFact")]
pub struct Fact {
    /// Display name, such as `Household size`.
    pub label: String,
    /// Text of the statement.
    pub value: String,
}

/// Kind of source of a lead.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "LeadSource")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// A chat session.
    Chat,
    /// Entry by a team member.
    Manual,
    /// Imported file.
    Import,
    /// Another program, by this API.
    Api,
    /// Recommendation by somebody.
    Referral,
    /// Form of a website.
    Website,
    /// Advertisement.
    Ads,
    /// Event, such as a trade fair.
    Event,
    /// Partner company.
    Partner,
    /// Another source.
    #[default]
    Other,
}

impl PlainValue for Source {}

/// Stage of a lead in the pipeline.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "LeadStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Not contacted yet.
    #[default]
    New,
    /// Contacted by a team member.
    Contacted,
    /// Suitable and interested.
    Qualified,
    /// Became a customer.
    Won,
    /// Will not become a customer.
    Lost,
}

impl PlainValue for Status {}
