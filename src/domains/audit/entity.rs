//! Entries of the audit log.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::person_key::Model as PersonKey;
use crate::{
    db::{Id, Identified},
    domains::identity::{ApiKey, User},
    graphql::{Timestamp, plain_fields},
};

/// Audit log entry: one change by a user or by the server.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "audit_log")]
#[graphql(name = "AuditEntry", complex)]
pub struct Model {
    /// The id, beginning with `aud_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// Time of the change.
    #[graphql(skip, derived(name = "occurred_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    #[sea_orm(column_name = "at")]
    pub occurred_at: DateTimeUtc,
    #[graphql(skip)]
    pub action: String,
    #[graphql(skip)]
    pub actor_id: Option<Id<User>>,
    #[graphql(skip)]
    pub on_behalf_of_id: Option<Id<User>>,
    #[graphql(skip)]
    pub api_key_id: Option<Id<ApiKey>>,
    #[graphql(skip)]
    pub subject_type: String,
    #[graphql(skip)]
    pub subject_id: String,
    #[graphql(skip)]
    pub subject_name: String,
    #[graphql(skip)]
    pub before: Option<String>,
    #[graphql(skip)]
    pub after: Option<String>,
    /// Reason given by the actor; null if none was given.
    pub reason: Option<String>,
    #[graphql(skip)]
    pub words: String,
    /// The values of a person, sealed by their key; `[erased]` stands in place of each in the columns above.
    #[graphql(skip)]
    pub sealed: Option<String>,
    #[graphql(skip)]
    pub person_key_id: Option<Id<PersonKey>>,
    /// Id of the request, as in the server's log; empty for changes by the server itself.
    pub request_id: String,
    /// IP address of the client; null if unknown.
    pub address: Option<String>,
    /// User agent of the client; null if unknown.
    pub user_agent: Option<String>,
    #[graphql(skip)]
    pub via: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "aud";
    const NOUN: &'static str = "audit entry";
}

plain_fields!(Model => id, occurred_at, reason, request_id, address, user_agent);
