//! Download links. Their hashes are in a separate table that no GraphQL type can reach.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use super::entity;
use crate::{
    db::{Id, Identified},
    domains::identity::User,
    graphql::{Timestamp, plain_fields},
};

/// Link by which whoever has it can download one file for some minutes.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "download_links")]
#[graphql(name = "DownloadLink", complex)]
pub struct Model {
    /// The id, beginning with `dlink_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub file_id: Id<entity::Model>,
    #[graphql(skip)]
    pub owner_id: Id<User>,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// Expiry time.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub expires_at: DateTimeUtc,
    /// Time of the last download; null if never used.
    #[graphql(skip, derived(name = "last_used_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub last_used_at: Option<DateTimeUtc>,
    /// Revocation time; null unless revoked.
    #[graphql(skip, derived(name = "revoked_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub revoked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "dlink";
    const NOUN: &'static str = "download link";
}

plain_fields!(Model => id, created_at, expires_at, last_used_at, revoked_at);

/// The SHA-256 hash of a link's token in hexadecimal.
pub(super) mod secret {
    use sea_orm::entity::prelude::*;

    use crate::db::Id;

    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "download_link_secrets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub download_link_id: Id<super::Model>,
        pub hash: String,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("DownloadLinkSecret")
                .field("download_link_id", &self.download_link_id)
                .finish_non_exhaustive()
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
