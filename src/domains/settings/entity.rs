//! The one row of settings.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Id, Identified},
    graphql::Timestamp,
};

/// The id of the settings.
pub(super) const SETTINGS: Id<Model> = Id::from_uuid(Uuid::from_u128(1));

/// Settings of the business.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "settings")]
#[graphql(name = "Settings", complex)]
pub struct Model {
    /// The id, beginning with `set_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// Name of the business; null if nobody has given it.
    pub business_name: Option<String>,
    /// Time zone of the business, by its name in the IANA database, such as `Europe/Berlin`. Scheduled tasks follow it.
    pub time_zone: String,
    #[graphql(skip)]
    pub currency: String,
    /// First day of the week.
    pub week_start: WeekStart,
    /// Language and region of texts, numbers and dates, such as `en` or `de-AT`.
    pub locale: String,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the settings.
    pub version: i32,
    /// Time of the last change.
    #[graphql(skip, derived(name = "updated_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "set";
    const NOUN: &'static str = "settings";
}

/// First day of the week.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WeekStart {
    /// As ISO 8601 has it.
    Monday,
    /// As in much of Northern Africa and the Middle East.
    Saturday,
    /// As in America.
    Sunday,
}
