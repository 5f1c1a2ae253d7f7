//! Users.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::role;
use crate::db::{Id, Identified};
use crate::graphql::{PlainValue, Timestamp, plain_fields};

/// User account of a person.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "users")]
#[graphql(name = "User", complex)]
pub struct Model {
    /// The id, beginning with `usr_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// Mail address, which is also the sign-in name; case is ignored.
    pub email: String,
    #[graphql(skip)]
    pub email_key: String,
    #[graphql(skip)]
    pub email_folded: String,
    /// True if the user entered the address themselves, so that it is unverified.
    #[graphql(skip)]
    pub email_is_claimed: bool,
    /// Display name.
    pub full_name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// Telephone number, as entered; null if unknown.
    pub phone: Option<String>,
    #[graphql(skip)]
    pub role_id: Id<role::Model>,
    /// Account status.
    pub status: Status,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the user.
    pub version: i32,
    /// Time of the last sign-in; null if never.
    #[graphql(skip, derived(name = "last_login_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub last_login_at: Option<DateTimeUtc>,
    /// Deletion time; null unless deleted.
    #[graphql(skip, derived(name = "deleted_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub deleted_at: Option<DateTimeUtc>,
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
    const PREFIX: &'static str = "usr";
    const NOUN: &'static str = "user";
}

plain_fields!(Model => id, email, full_name, phone, status, version, last_login_at, deleted_at, created_at);

impl Model {
    /// Returns the user's audited values; `role` is the name of their role.
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

/// Account status of a user.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "UserStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Invited; cannot sign in until the invitation is accepted.
    #[default]
    Invited,
    /// Active; can sign in.
    Active,
    /// Deactivated; cannot sign in until an administrator activates the account.
    Inactive,
    /// Deleted permanently; kept for references from past changes.
    Deleted,
}

impl PlainValue for Status {}
