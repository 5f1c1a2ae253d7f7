//! Reasons.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Id, Identified},
    graphql::Timestamp,
};

/// Reason for which customers leave or leads are lost.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "reasons")]
#[graphql(name = "Reason")]
pub struct Model {
    /// The id, beginning with `rsn_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// What it is the reason for.
    pub kind: Kind,
    /// Name, such as `Price`.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// True if it can be given; one that cannot still shows where it was given before.
    pub is_active: bool,
    /// Version, incremented by every change. Pass it as `expectedVersion` to rename the reason.
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
    const PREFIX: &'static str = "rsn";
    const NOUN: &'static str = "reason";
}

/// What a reason is for.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "ReasonKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A customer leaves.
    Churn,
    /// A lead is lost.
    Lost,
}
