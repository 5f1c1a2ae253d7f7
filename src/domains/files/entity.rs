//! Files.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::{format::Format, purpose::Purpose};
use crate::{
    db::{Id, Identified},
    domains::identity::User,
    graphql::{Timestamp, plain_fields},
};

/// File uploaded by a user, or made by the server for one.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "files")]
#[graphql(name = "File", complex)]
pub struct Model {
    /// The id, beginning with `file_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub owner_id: Id<User>,
    /// Purpose of the file.
    pub purpose: Purpose,
    /// Name, as the owner knows it; without folders.
    pub name: String,
    #[graphql(skip)]
    pub name_folded: String,
    /// Format, found by the content alone.
    pub format: Format,
    /// Size in bytes.
    pub size: i32,
    /// SHA-256 hash of the content, in hexadecimal.
    pub sha256: String,
    #[graphql(skip)]
    pub store_key: String,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// Time at which the file is deleted; null while something uses it.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub expires_at: Option<DateTimeUtc>,
    #[graphql(skip)]
    pub used_by: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "file";
    const NOUN: &'static str = "file";
}

plain_fields!(Model => id, purpose, name, format, size, sha256, created_at, expires_at);
