//! Roles.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::{
    auth::{Permissions, SystemRole},
    db::{Id, Identified},
    graphql::Timestamp,
};

/// Role of a user, which grants permissions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "roles")]
#[graphql(name = "Role", complex)]
pub struct Model {
    /// The id, beginning with `rol_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// Unique name.
    pub name: String,
    #[graphql(skip)]
    pub description: String,
    #[graphql(skip)]
    pub permissions: String,
    /// True for the system roles `admin`, `manager`, `counselor` and `viewer`, which cannot be changed or deleted.
    pub is_system: bool,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the role.
    pub version: i32,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// Time of the last change.
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
    /// Returns the permissions that the role grants.
    pub fn given(&self) -> Permissions {
        match SystemRole::of(self.id.uuid()) {
            Some(role) => Permissions::of(role),
            None => {
                let names: Vec<String> = serde_json::from_str(&self.permissions).unwrap_or_default();
                Permissions::of_names(names.iter().map(String::as_str))
            }
        }
    }

    /// Returns the description of the role.
    pub fn purpose(&self) -> &str {
        SystemRole::of(self.id.uuid()).map_or(&self.description, |role| role.description())
    }
}
