//! Access to chat sessions, and the side on which a viewer speaks.

use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use super::session::{Column, Entity, Model as Session};
use crate::{
    app::App,
    auth::{Caller, Permission, Viewer},
    db::{Id, WriteTx},
    domains::identity::{active_user, is_given},
    error::{Error, Result},
    graphql::Listed,
};

/// Returns true if `viewer` may see a session that was already read, by the rule of [`Listed::visible_to`].
/// `was_handed_over` is true if a person was ever requested in it.
pub(super) fn may_see(
    viewer: &Viewer,
    session: Id<Session>,
    (owner, was_handed_over): (Option<Uuid>, bool),
) -> Result<bool> {
    Ok(match viewer.caller() {
        Caller::Visitor(visitor) => visitor.chat_session == session.uuid(),
        _ => {
            viewer.may(Permission::ChatsReadAll)
                || owner == Some(viewer.user_id()?)
                || (was_handed_over && viewer.may(Permission::ChatsAnswer))
        }
    })
}

/// Returns true if the session is the viewer's own.
pub(super) fn is_own(viewer: &Viewer, session: &Session) -> bool {
    match viewer.caller() {
        Caller::Visitor(visitor) => visitor.chat_session == session.id.uuid(),
        Caller::User(user) => session.owner_id == Some(user.user_id),
        Caller::Nobody => false,
    }
}

/// A speaker in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// The owner: a user or visitor.
    Owner,
    /// A team member.
    Staff(Uuid),
}

/// Returns the speaker that the viewer is in a session.
///
/// # Errors
/// [`Error::NotFound`] for a session that the viewer may not see, [`Error::NotAllowed`] for one that they may only
/// read.
pub(super) async fn speaker(app: &App, viewer: &Viewer, id: Id<Session>) -> Result<Speaker> {
    let found = Entity::visible_to(viewer)?.filter(Column::Id.eq(id)).one(app.db.reader()).await?;
    let session = found.ok_or(Error::NotFound("chat session"))?;
    if is_own(viewer, &session) {
        return Ok(Speaker::Owner);
    }
    if viewer.may(Permission::ChatsAnswer) {
        return Ok(Speaker::Staff(viewer.user_id()?));
    }
    Err(Error::NotAllowed(
        "Only the owner of a chat session and team members with `chats:answer` can write in it.".to_owned(),
    ))
}

/// Returns an error unless the session is the viewer's own.
///
/// # Errors
/// [`Error::NotFound`] for a session that the viewer may not see, [`Error::NotAllowed`] for one that they may only
/// read.
pub(super) async fn own(app: &App, viewer: &Viewer, id: Id<Session>) -> Result<()> {
    match speaker(app, viewer, id).await? {
        Speaker::Owner => Ok(()),
        Speaker::Staff(_) => Err(Error::NotAllowed("Only the owner of the chat session can do this.".to_owned())),
    }
}

/// Returns an error unless `user` may answer at this moment. Until the transaction ends nobody's permissions change, so a
/// concurrent revocation is handled after it. Call it after locking the topic of the session.
///
/// # Errors
/// [`Error::Forbidden`] for a user who is inactive or lacks `chats:answer`.
pub(super) async fn still_answers(tx: &WriteTx, user: Uuid) -> Result<()> {
    tx.lock("users").await?;
    match is_gone(tx, Some(user)).await? {
        true => Err(Error::Forbidden(Permission::ChatsAnswer.name())),
        false => Ok(()),
    }
}

/// Returns true if the assignee may no longer answer: they are inactive, or lack the permission.
pub(super) async fn is_gone(tx: &WriteTx, assignee: Option<Uuid>) -> Result<bool> {
    let Some(assignee) = assignee else { return Ok(true) };
    match active_user(&**tx, Id::from_uuid(assignee)).await? {
        Some(user) => Ok(!is_given(&**tx, &user, Permission::ChatsAnswer).await?),
        None => Ok(true),
    }
}
