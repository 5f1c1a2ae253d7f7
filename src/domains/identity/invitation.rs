//! Invitations. The link carries a proof made with the server's key, so no stored value could be used to accept one.

use sea_orm::entity::prelude::*;

use super::user::{self, Status};
use crate::{
    db::{Id, Identified},
    error::Result,
};

/// A one-time invitation, valid until it expires or is replaced.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub user_id: Id<user::Model>,
    pub invited_by: Id<user::Model>,
    pub expires_at: DateTimeUtc,
    /// Time at which it was accepted or withdrawn.
    pub closed_at: Option<DateTimeUtc>,
    /// Idempotency key, unique per inviter.
    pub idempotency_key: Option<String>,
    /// SHA-256 hash of the inviter's input.
    pub input_hash: String,
    pub created_at: DateTimeUtc,
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
    const PREFIX: &'static str = "inv";
    const NOUN: &'static str = "invitation";
}

/// Returns the invitation if it is valid at `now`, and its user.
pub(super) async fn open_invitation(
    db: &impl ConnectionTrait,
    id: Id<Model>,
    now: DateTimeUtc,
) -> Result<Option<(Model, user::Model)>> {
    let open = Entity::find_by_id(id).filter(Column::ClosedAt.is_null());
    let found = open.find_also_related(user::Entity).one(db).await?;
    Ok(found.and_then(|(row, user)| {
        let user = user.filter(|user| user.status == Status::Invited && row.expires_at > now)?;
        Some((row, user))
    }))
}
