//! Entries of the audit log.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::{
    db::{Id, Identified},
    domains::identity::{ApiKey, User},
    graphql::{Timestamp, plain_fields},
};

/// A change that somebody made.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "audit_log")]
#[graphql(name = "AuditEntry", complex)]
pub struct Model {
    /// The id, beginning with `aud_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// When it was.
    #[graphql(skip, derived(name = "at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub at: DateTimeUtc,
    /// What was done, such as `user.updated`: the kind of thing and what happened to it.
    pub action: String,
    #[graphql(skip)]
    pub actor_id: Option<Id<User>>,
    #[graphql(skip)]
    pub on_behalf_of_id: Option<Id<User>>,
    #[graphql(skip)]
    pub api_key_id: Option<Id<ApiKey>>,
    /// What kind of thing was changed, such as `user`.
    pub subject_type: String,
    #[graphql(skip)]
    pub subject_id: String,
    /// What the thing was called then.
    pub subject_name: String,
    #[graphql(skip)]
    pub before: Option<String>,
    #[graphql(skip)]
    pub after: Option<String>,
    /// Why, as the one who did it said; null when nothing was said.
    pub reason: Option<String>,
    #[graphql(skip)]
    pub words: String,
    /// The request in which it was done, as the server's log names it; empty for work of the server itself.
    pub request_id: String,
    /// The network address the request came from; null when not known.
    pub address: Option<String>,
    /// The program that sent the request, as it calls itself; null when not known.
    pub user_agent: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "aud";
    const NOUN: &'static str = "audit entry";
}

plain_fields!(Model => id, at, action, subject_type, subject_name, reason, request_id, address, user_agent);
