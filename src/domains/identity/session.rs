//! Sessions: one row per sign-in, kept from the password to the last refresh.

use sea_orm::entity::prelude::*;

use super::user;
use crate::db::{Id, Identified};

/// A session. `token_hash` is the SHA-256 hash of the refresh token of this `generation`; earlier tokens are used up.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub user_id: Id<user::Model>,
    pub generation: i32,
    pub token_hash: String,
    pub rotated_at: DateTimeUtc,
    /// Times at which the last tokens were used, in milliseconds as a JSON list, the latest last.
    pub uses: String,
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub address: Option<String>,
    /// The impersonating administrator and their own session.
    pub impersonator_id: Option<Id<user::Model>>,
    pub parent_id: Option<Id<Model>>,
    pub created_at: DateTimeUtc,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "user::Entity", from = "Column::UserId", to = "user::Column::Id")]
    User,
}

impl Related<user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "ses";
    const NOUN: &'static str = "session";
}
