//! Customers.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::status::{Lifecycle, Status};
use crate::{
    db::{Id, Identified},
    domains::{
        identity::User,
        intelligence::{Company, MatchMethod},
    },
    error::{Error, Result},
    graphql::{PlainValue, Timestamp, plain_fields},
};

/// Customer, found by research or entered by hand.
#[derive(Clone, Default, Debug, PartialEq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "customers")]
#[graphql(name = "Customer", complex)]
pub struct Model {
    /// The id, beginning with `cus_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub company_id: Option<Id<Company>>,
    /// Name, as people entered it or as the page writes it that names the customer.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    #[graphql(skip)]
    pub name_folded: String,
    /// Industry; null if no source states it.
    pub industry: Option<String>,
    #[graphql(skip)]
    pub industry_folded: Option<String>,
    /// Size segment.
    pub segment: Segment,
    /// Stock exchange listing status.
    pub listing: Listing,
    /// Ticker of the main share class, as spelled by the SEC; null unless listed.
    pub ticker: Option<String>,
    #[graphql(skip)]
    pub cik: Option<i64>,
    /// Exchange of the ticker; null if unlisted or unknown.
    pub exchange: Option<String>,
    /// Rule that matched the ticker; null unless listed.
    pub match_method: Option<MatchMethod>,
    /// Confidence of the ticker match, 0–1, where 1 is an exact name match; null unless listed.
    pub match_confidence: Option<f64>,
    #[graphql(skip)]
    pub source_url: Option<String>,
    #[graphql(skip)]
    pub source_title: Option<String>,
    #[graphql(skip)]
    pub source_quote: Option<String>,
    #[graphql(skip)]
    pub account_manager_id: Option<Id<User>>,
    #[graphql(skip)]
    pub lifecycle: Lifecycle,
    #[graphql(skip)]
    pub risk_reason: Option<String>,
    #[graphql(skip)]
    pub risk_flagged_by_id: Option<Id<User>>,
    #[graphql(skip)]
    pub risk_flagged_at: Option<DateTimeUtc>,
    /// Time zone of the customer, by its name in the IANA database, such as `Europe/Berlin`; null for that of the
    /// business.
    pub account_time_zone: Option<String>,
    /// The latest term, whose figures stand here so that lists are filtered and sorted by them.
    #[graphql(skip)]
    pub contract_id: Option<Uuid>,
    #[graphql(skip)]
    pub contract_ends_on: Option<NaiveDate>,
    #[graphql(skip)]
    pub contract_value_minor: Option<i64>,
    #[graphql(skip)]
    pub contract_currency: Option<String>,
    /// Time of the last interaction in which somebody was reached; null if there was none.
    #[graphql(skip, derived(name = "last_contact_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub last_contact_at: Option<DateTimeUtc>,
    /// True if a person changed what research would otherwise set.
    #[graphql(skip)]
    pub is_edited: bool,
    /// Version, incremented by every change by a user. Pass it as `expectedVersion` to update the customer.
    pub version: i32,
    /// True for sample data.
    pub is_sample: bool,
    /// Time at which research first found the customer; null if it never did.
    #[graphql(skip, derived(name = "first_seen_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub first_seen_at: Option<DateTimeUtc>,
    /// Time at which research last found the customer; null if it never did.
    #[graphql(skip, derived(name = "last_seen_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub last_seen_at: Option<DateTimeUtc>,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
    /// Deletion time; null unless the customer was deleted.
    #[graphql(skip, derived(name = "deleted_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "cus";
    const NOUN: &'static str = "customer";
}

plain_fields!(Model => id, name, industry, segment, listing, ticker, exchange, match_method, match_confidence, account_time_zone, last_contact_at, version, is_sample, first_seen_at, last_seen_at, created_at, deleted_at);

impl Model {
    /// Returns the status.
    pub fn status(&self) -> Status {
        Status::of(self.lifecycle, self.risk_flagged_at.is_some())
    }

    /// Returns an error if the customer was deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn check_present(&self) -> Result<()> {
        if self.deleted_at.is_some() { Err(Error::NotFound(Self::NOUN)) } else { Ok(()) }
    }
}

/// Size segment of a customer.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "CustomerSegment")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Segment {
    /// At least 1,000 employees.
    Enterprise,
    /// 100 to 999 employees.
    MidMarket,
    /// Fewer than 100 employees.
    Small,
    /// Neither stated nor obvious.
    #[default]
    Unknown,
}

impl PlainValue for Segment {}

/// Stock exchange listing status of a customer.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "CustomerListing")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Listing {
    /// Listed; `ticker` holds its symbol.
    Listed,
    /// Private, or not in the SEC's list.
    NotListed,
    /// Unknown: the list was unavailable, or several companies match.
    #[default]
    Unknown,
}

impl PlainValue for Listing {}
