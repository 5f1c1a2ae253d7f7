//! Users.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::{
    auth::Role,
    db::{Id, Identified},
};

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "users")]
#[graphql(name = "User")]
pub struct Model {
    /// The id, beginning with `usr_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The mail address, which is also the name to sign in with; upper and lower case alike.
    pub email: String,
    #[graphql(skip)]
    pub email_key: String,
    /// The name to show.
    pub full_name: String,
    /// What the user is in the company, which decides what they may do.
    pub role: Role,
    /// Whether the user may sign in.
    pub is_active: bool,
    /// When the user last signed in; null when never.
    pub last_login_at: Option<DateTimeUtc>,
    /// When the user was made.
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
