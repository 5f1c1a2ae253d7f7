//! Entries of the timeline.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Id, Identified},
    domains::{
        activity::subject::{SubjectKind, SubjectRef},
        identity::User,
    },
    graphql::{PlainValue, Timestamp, plain_fields},
};

/// Something that happened with a lead or a customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "timeline_entries")]
#[graphql(name = "TimelineEntry", complex)]
pub struct Model {
    /// The id, beginning with `tle_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub subject_kind: SubjectKind,
    #[graphql(skip)]
    pub subject_id: Uuid,
    /// Time at which it happened.
    #[graphql(skip, derived(name = "occurred_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub occurred_at: DateTimeUtc,
    /// Kind of entry.
    pub kind: Kind,
    #[graphql(skip)]
    pub ref_id: Uuid,
    #[graphql(skip)]
    pub actor_id: Option<Id<User>>,
    /// Time at which what it points to was deleted; null unless it was.
    #[graphql(skip, derived(name = "deleted_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "tle";
    const NOUN: &'static str = "timeline entry";
}

plain_fields!(Model => id, occurred_at, kind, deleted_at);

impl Model {
    /// Returns the lead or customer.
    pub fn subject(&self) -> SubjectRef {
        SubjectRef { kind: self.subject_kind, id: self.subject_id }
    }
}

/// Kind of an entry of the timeline.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TimelineEntryKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// An interaction took place.
    #[default]
    Interaction,
    /// A task was created.
    TaskCreated,
    /// A task was completed.
    TaskCompleted,
    /// A note was written.
    Note,
    /// A contract term was added.
    ContractAdded,
    /// The customer left.
    Churned,
    /// The customer came back.
    Reactivated,
    /// A report of the customer was filed in which there is a signal.
    Signal,
}

impl PlainValue for Kind {}
