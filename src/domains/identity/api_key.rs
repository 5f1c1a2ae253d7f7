//! API keys. Their hashes are in a separate table that no GraphQL type can reach.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::user;
use crate::{
    auth::Permissions,
    db::{Id, Identified},
    graphql::{Timestamp, plain_fields},
};

/// API key for programs of a user, with the user's permissions restricted by its scopes.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "api_keys")]
#[graphql(name = "ApiKey", complex)]
pub struct Model {
    /// The id, beginning with `key_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub owner_id: Id<user::Model>,
    /// Name, which describes its use.
    pub name: String,
    #[graphql(skip)]
    pub name_folded: String,
    /// First characters of the key, to tell keys apart.
    pub prefix: String,
    #[graphql(skip)]
    pub scopes: String,
    /// Expiry time; null if it never expires.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub expires_at: Option<DateTimeUtc>,
    /// Time of last use, accurate to the minute; null if never used.
    #[graphql(skip, derived(name = "last_used_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub last_used_at: Option<DateTimeUtc>,
    /// Revocation time; null unless revoked.
    #[graphql(skip, derived(name = "revoked_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub revoked_at: Option<DateTimeUtc>,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "user::Entity", from = "Column::OwnerId", to = "user::Column::Id")]
    Owner,
}

impl Related<user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Owner.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "key";
    const NOUN: &'static str = "API key";
}

plain_fields!(Model => id, name, prefix, expires_at, last_used_at, revoked_at, created_at);

impl Model {
    /// Returns its scopes, without permissions that no longer exist.
    pub fn permissions(&self) -> Permissions {
        let names: Vec<String> = serde_json::from_str(&self.scopes).unwrap_or_default();
        Permissions::of_names(names.iter().map(String::as_str))
    }
}

/// The SHA-256 hash of a key in hexadecimal.
pub(super) mod secret {
    use sea_orm::entity::prelude::*;

    use crate::db::Id;

    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_key_secrets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub api_key_id: Id<super::Model>,
        pub hash: String,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("ApiKeySecret").field("api_key_id", &self.api_key_id).finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
