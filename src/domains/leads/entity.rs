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
};

/// A person who may become a customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "leads")]
#[graphql(name = "Lead", complex)]
pub struct Model {
    /// The id, beginning with `lead_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The name, as the person gave it.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// The mail address, as it was given; null when not known.
    pub email: Option<String>,
    #[graphql(skip)]
    pub email_folded: Option<String>,
    /// The telephone number, as it was given; null when not known.
    pub phone: Option<String>,
    /// How we came to know of the person.
    pub source: Source,
    /// How far it has come with the person.
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
    /// Goes up with every change.
    pub version: i32,
    /// When we first knew of the person.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// When something of the lead was last changed.
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

plain_fields!(Model => id, name, email, phone, source, status, version, created_at, updated_at);

impl Model {
    /// What the person earns, where they said it.
    pub fn income(&self) -> Option<Income> {
        Some(Income { minor: self.income_minor?, currency: self.income_currency.clone()?, period: self.income_period? })
    }

    /// What else the person told, in the order in which they did.
    pub fn facts(&self) -> Vec<Fact> {
        serde_json::from_str(&self.details).unwrap_or_default()
    }

    /// What the audit log keeps of a lead.
    pub(super) fn audited(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "source": self.source,
            "status": self.status,
            "assignedTo": self.assigned_to_id,
        })
    }
}

/// Something that a person told of themselves.
#[derive(SimpleObject, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[graphql(name = "LeadFact")]
pub struct Fact {
    /// What it is, for a person, such as `Household size`.
    pub label: String,
    /// What they said.
    pub value: String,
}

/// How we came to know of a lead.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "LeadSource")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Source {
    /// They talked to us in a chat.
    Chat,
    /// Somebody of the team entered them.
    Manual,
}

impl PlainValue for Source {}

/// How far it has come with a lead.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "LeadStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Nobody of the team has talked to them.
    New,
    /// Somebody has.
    Contacted,
    /// They fit, and are interested.
    Qualified,
    /// They became a customer.
    Won,
    /// They will not become one.
    Lost,
}

impl PlainValue for Status {}
