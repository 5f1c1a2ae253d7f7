//! Roles.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::{
    auth::{Permissions, SystemRole},
    db::{Id, Identified},
    graphql::Timestamp,
};

/// What a user is in the company, which decides what they may do.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "roles")]
#[graphql(name = "Role", complex)]
pub struct Model {
    /// The id, beginning with `rol_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The name, unique.
    pub name: String,
    #[graphql(skip)]
    pub description: String,
    #[graphql(skip)]
    pub permissions: String,
    /// Whether it is one of `admin`, `manager`, `counselor` and `viewer`, which cannot be changed or deleted.
    pub is_system: bool,
    /// Goes up with every change; give it as `expectedVersion` when you change the role.
    pub version: i32,
    /// When the role was made.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// When the role was last changed.
    #[graphql(skip, derived(name = "updated_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "rol";
    const NOUN: &'static str = "role";
}

impl Model {
    /// What the role gives.
    pub fn given(&self) -> Permissions {
        match SystemRole::of(self.id.uuid()) {
            Some(role) => Permissions::of(role),
            None => {
                let names: Vec<String> = serde_json::from_str(&self.permissions).unwrap_or_default();
                Permissions::of_names(names.iter().map(String::as_str))
            }
        }
    }

    /// What the role is for.
    pub fn purpose(&self) -> &str {
        SystemRole::of(self.id.uuid()).map_or(&self.description, |role| role.description())
    }
}
