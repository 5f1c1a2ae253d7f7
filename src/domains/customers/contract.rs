//! Contract terms of customers.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::entity::Model as Customer;
use crate::{
    db::{Id, Identified},
    graphql::{Date, Timestamp, plain_fields},
    money::{Currency, Money},
};

/// Term of the contract with a customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "contracts")]
#[graphql(name = "Contract", complex)]
pub struct Model {
    /// The id, beginning with `ctr_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub customer_id: Id<Customer>,
    /// First day of the term.
    #[graphql(skip, derived(name = "starts_on", owned, into = "Date", with = "Date::of"))]
    pub starts_on: NaiveDate,
    /// Last day of the term, on which it is still in force; null if it has no end.
    #[graphql(skip, derived(name = "ends_on", owned, into = "Option<Date>", with = "Date::maybe"))]
    pub ends_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub value_minor: Option<i64>,
    #[graphql(skip)]
    pub value_currency: Option<String>,
    /// True if a term follows by itself unless notice is given.
    pub auto_renews: bool,
    /// Days before the end until which notice can be given; null if none were agreed on.
    pub notice_days: Option<i32>,
    #[graphql(skip)]
    pub renewal: Renewal,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the term.
    pub version: i32,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "ctr";
    const NOUN: &'static str = "contract";
}

plain_fields!(Model => id, starts_on, ends_on, auto_renews, notice_days, version, created_at);

impl Model {
    /// Returns the value of the term.
    pub fn value(&self) -> Option<Money> {
        let currency = Currency::parse(self.value_currency.as_deref()?).ok()?;
        Some(Money::new(self.value_minor?, currency))
    }
}

/// What is known of the renewal of a term.
#[derive(EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Renewal {
    /// Nothing yet.
    #[default]
    Open,
    /// The customer has said that they will renew.
    Committed,
    /// A term follows.
    Renewed,
    /// No term will follow.
    Lost,
}

/// Status of the renewal of a contract term.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RenewalStatus {
    /// Not due yet.
    None,
    /// The term ends within 90 days, or within the time of notice if that is longer, or has ended; nothing is agreed on.
    Due,
    /// The customer has said that they will renew.
    Committed,
    /// A term follows.
    Renewed,
    /// No term will follow.
    Lost,
}
