//! Notifications.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::{
    db::{Id, Identified},
    domains::identity::User,
    graphql::{Timestamp, plain_fields},
};

/// Notification of a user about an object. Only the user sees it.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "notifications")]
#[graphql(name = "Notification", complex)]
pub struct Model {
    /// The id, beginning with `ntf_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub user_id: Id<User>,
    #[graphql(skip)]
    pub kind: String,
    #[graphql(skip)]
    pub subject_id: String,
    #[graphql(skip)]
    pub group_key: Option<String>,
    /// Number of times that this happened before the notification was read, at least 1.
    pub count: i32,
    #[graphql(skip)]
    pub event_id: i64,
    #[graphql(skip)]
    pub actor_id: Option<Id<User>>,
    /// Time at which it happened first.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// Time at which it happened last.
    #[graphql(skip, derived(name = "updated_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub updated_at: DateTimeUtc,
    /// Time at which it was seen, such as in an opened list, since it happened last; null while unseen.
    #[graphql(skip, derived(name = "seen_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub seen_at: Option<DateTimeUtc>,
    /// Time at which it was read; null while unread.
    #[graphql(skip, derived(name = "read_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub read_at: Option<DateTimeUtc>,
    /// Time at which it was archived; null unless it is archived.
    #[graphql(skip, derived(name = "archived_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub archived_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "ntf";
    const NOUN: &'static str = "notification";
}

plain_fields!(Model => id, count, created_at, updated_at, seen_at, read_at, archived_at);
