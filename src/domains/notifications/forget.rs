//! Deletion of a user's notifications.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::entity::{Column, Entity};
use crate::{
    db::{Id, WriteTx},
    domains::identity::User,
    error::Result,
};

/// Deletes the notifications of a user, in the transaction in which the user is deleted.
///
/// # Errors
/// When the database fails.
pub(crate) async fn forget_user(tx: &WriteTx, user: Id<User>) -> Result<()> {
    Entity::delete_many().filter(Column::UserId.eq(user)).exec(&**tx).await?;
    Ok(())
}
