//! Users.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::role;
use crate::db::{Id, Identified};
use crate::graphql::{PlainValue, Timestamp, plain_fields};

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "users")]
#[graphql(name = "User", complex)]
pub struct Model {
    /// The id, beginning with `usr_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The mail address, which is also the name to sign in with; upper and lower case alike.
    pub email: String,
    #[graphql(skip)]
    pub email_key: String,
    #[graphql(skip)]
    pub email_folded: String,
    /// Whether the user gave the address themselves, so that nobody vouches for it.
    #[graphql(skip)]
    pub email_is_claimed: bool,
    /// The name to show.
    pub full_name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// The telephone number, as it was entered; null when not known.
    pub phone: Option<String>,
    #[graphql(skip)]
    pub role_id: Id<role::Model>,
    /// Whether the user may sign in.
    pub status: Status,
    /// Goes up with every change; give it as `expectedVersion` when you change the user.
    pub version: i32,
    /// When the user last signed in; null when never.
    #[graphql(skip, derived(name = "last_login_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub last_login_at: Option<DateTimeUtc>,
    /// When the user was deleted; null unless they were.
    #[graphql(skip, derived(name = "deleted_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub deleted_at: Option<DateTimeUtc>,
    /// When the user was made.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "usr";
    const NOUN: &'static str = "user";
}

plain_fields!(Model => id, email, full_name, phone, status, version, last_login_at, deleted_at, created_at);

impl Model {
    /// What the audit log keeps of a user, whose role is called `role`.
    pub(super) fn audited(&self, role: &str) -> serde_json::Value {
        serde_json::json!({
            "email": self.email,
            "fullName": self.full_name,
            "phone": self.phone,
            "role": role,
            "status": self.status,
        })
    }
}

/// Whether a user may sign in.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "UserStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Not yet: an invitation is out.
    Invited,
    /// They may.
    Active,
    /// Not any more, until an administrator says so.
    Inactive,
    /// Never again; kept for what they did.
    Deleted,
}

impl PlainValue for Status {}
