//! Customers.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Id, Identified},
    domains::{
        identity::User,
        intelligence::{Company, MatchMethod},
    },
    graphql::{PlainValue, Timestamp, plain_fields},
};

/// An account: found by research as a customer of a company.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "customers")]
#[graphql(name = "Customer", complex)]
pub struct Model {
    /// The id, beginning with `cus_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub company_id: Option<Id<Company>>,
    /// The name, as the page that names the customer writes it.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    #[graphql(skip)]
    pub name_folded: String,
    /// What the customer does; null when no source says.
    pub industry: Option<String>,
    #[graphql(skip)]
    pub industry_folded: Option<String>,
    /// How large the customer is.
    pub segment: Segment,
    /// Whether the customer's shares are listed.
    pub listing: Listing,
    /// The ticker of the main share class, as the SEC spells it; null unless listed.
    pub ticker: Option<String>,
    #[graphql(skip)]
    pub cik: Option<i64>,
    /// The exchange of the ticker; null unless listed and known.
    pub exchange: Option<String>,
    /// The rule that found the ticker; null unless listed.
    pub match_method: Option<MatchMethod>,
    /// How sure the ticker is, 0 to 1, where 1 is the exact name; null unless listed.
    pub match_confidence: Option<f64>,
    #[graphql(skip)]
    pub source_url: Option<String>,
    #[graphql(skip)]
    pub source_title: Option<String>,
    #[graphql(skip)]
    pub source_quote: Option<String>,
    #[graphql(skip)]
    pub account_manager_id: Option<Id<User>>,
    /// Goes up with every change that a person makes; give it as `expectedVersion` when you change the customer.
    pub version: i32,
    /// Whether the customer is made up, for trying the product.
    pub is_sample: bool,
    /// When research first found the customer.
    #[graphql(skip, derived(name = "first_seen_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub first_seen_at: DateTimeUtc,
    /// When research last found the customer.
    #[graphql(skip, derived(name = "last_seen_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub last_seen_at: DateTimeUtc,
    /// When the row was made.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
}

impl Model {
    /// A customer of whom nothing is known.
    pub fn blank() -> Self {
        Self {
            id: Id::nil(),
            company_id: None,
            name: String::new(),
            name_key: String::new(),
            name_folded: String::new(),
            industry: None,
            industry_folded: None,
            segment: Segment::Unknown,
            listing: Listing::Unknown,
            ticker: None,
            cik: None,
            exchange: None,
            match_method: None,
            match_confidence: None,
            source_url: None,
            source_title: None,
            source_quote: None,
            account_manager_id: None,
            version: 0,
            is_sample: false,
            first_seen_at: DateTimeUtc::default(),
            last_seen_at: DateTimeUtc::default(),
            created_at: DateTimeUtc::default(),
            updated_at: DateTimeUtc::default(),
        }
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "cus";
    const NOUN: &'static str = "customer";
}

plain_fields!(Model => id, name, industry, segment, listing, ticker, exchange, match_method, match_confidence, version, is_sample, first_seen_at, last_seen_at, created_at);

/// How large a customer is.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "CustomerSegment")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Segment {
    /// A thousand employees or more.
    Enterprise,
    /// A hundred to a thousand employees.
    MidMarket,
    /// Fewer than a hundred employees.
    Small,
    /// Not stated and not obvious.
    Unknown,
}

impl PlainValue for Segment {}

/// Whether a customer's shares are listed.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "CustomerListing")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Listing {
    /// They are; `ticker` names them.
    Listed,
    /// They are not: the customer is private, or not in the SEC's list.
    NotListed,
    /// Not known: the list could not be read, or more than one company fits.
    Unknown,
}

impl PlainValue for Listing {}
