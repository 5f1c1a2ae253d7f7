//! Activation, deactivation and deletion of users, single or bulk.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::{
    Identity, api_key,
    editing::Editing,
    external_identity::{self, refuse_external_tokens},
    input::{SetUserActiveInput, UpdateUsersInput, UserAction},
    password, refresh, role, session,
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Permission, Viewer},
    db::Id,
    domains::{audit::AuditAction, notifications},
    error::{Error, ErrorCode, Problems, Result},
};

/// Maximum number of users of a bulk action.
const MAX_USERS: usize = 100;

impl Identity {
    /// Lets a user sign in, or no longer.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a user with permissions that the viewer lacks, [`Error::ConflictIn`] for the last active
    /// administrator.
    pub(super) async fn set_user_active(&self, viewer: &Viewer, input: SetUserActiveInput) -> Result<User> {
        let action = if input.is_active { UserAction::Activate } else { UserAction::Deactivate };
        self.act_on_user(viewer, ("input.id", input.id), action).await
    }

    /// Deletes a user.
    ///
    /// # Errors
    /// Those of [`Identity::set_user_active`].
    pub(super) async fn delete_user(&self, viewer: &Viewer, id: Id<User>) -> Result<User> {
        self.act_on_user(viewer, ("id", id), UserAction::Delete).await
    }

    async fn act_on_user(
        &self,
        viewer: &Viewer,
        (path, id): (&'static str, Id<User>),
        action: UserAction,
    ) -> Result<User> {
        viewer.need(Permission::UsersManage)?;
        let mut editing = Editing::begin(self, viewer).await?;
        let user = act(&mut editing, id, action).await?;
        editing.commit(|_| path.to_owned()).await?;
        Ok(user)
    }

    /// Performs an action on many users, all or none.
    ///
    /// # Errors
    /// [`Error::BadInput`] with each user for whom it is impossible, [`Error::ConflictIn`] with those who would have to
    /// remain as administrators.
    pub(super) async fn update_users(&self, viewer: &Viewer, input: UpdateUsersInput) -> Result<Vec<User>> {
        let UpdateUsersInput { ids, action } = input;
        viewer.need(Permission::UsersManage)?;
        if ids.is_empty() || ids.len() > MAX_USERS {
            return Err(Error::bad_input("input.ids", format!("Give 1 to {MAX_USERS} users.")));
        }
        let mut editing = Editing::begin(self, viewer).await?;
        let (mut users, mut problems) = (Vec::new(), Problems::default());
        for (index, id) in ids.iter().enumerate() {
            if ids[..index].contains(id) {
                problems.add(format!("input.ids[{index}]"), "Give each user once.");
                continue;
            }
            match act(&mut editing, *id, action).await {
                Ok(user) => users.push(user),
                Err(error) if error.code() == ErrorCode::Internal => return Err(error),
                Err(error) => problems.add(format!("input.ids[{index}]"), error.to_string()),
            }
        }
        problems.into_result()?;
        let index = |id: Id<User>| ids.iter().position(|given| *given == id).unwrap_or_default();
        editing.commit(|id| format!("input.ids[{}]", index(id))).await?;
        Ok(users)
    }
}

async fn act(editing: &mut Editing<'_>, id: Id<User>, action: UserAction) -> Result<User> {
    let (user, role) = editing.target(id).await?;
    match action {
        UserAction::Activate => activate(editing, user, role).await,
        UserAction::Deactivate => deactivate(editing, user, role).await,
        UserAction::Delete => delete(editing, user, role).await,
    }
}

async fn activate(editing: &mut Editing<'_>, user: User, role: role::Model) -> Result<User> {
    if user.status != Status::Inactive {
        return Ok(user);
    }
    // Who never had a way to sign in needs an invitation first.
    let has_password = password::Entity::find_by_id(user.id).count(&**editing.write).await? > 0;
    let identities = external_identity::Entity::find().filter(external_identity::Column::UserId.eq(user.id));
    let status =
        if has_password || identities.count(&**editing.write).await? > 0 { Status::Active } else { Status::Invited };
    let change = user::ActiveModel { status: Set(status), ..Default::default() };
    editing.save(AuditAction::UserActivated, (&user, &role), change, None).await
}

async fn deactivate(editing: &mut Editing<'_>, user: User, role: role::Model) -> Result<User> {
    if user.status == Status::Inactive {
        return Ok(user);
    }
    let change = user::ActiveModel { status: Set(Status::Inactive), ..Default::default() };
    let after = editing.save(AuditAction::UserDeactivated, (&user, &role), change, None).await?;
    // After the change, which waits for a sign-in that is under way: its session ends too.
    end_access(editing, user.id).await?;
    Ok(after)
}

async fn delete(editing: &mut Editing<'_>, user: User, role: role::Model) -> Result<User> {
    end_access(editing, user.id).await?;
    password::Entity::delete_by_id(user.id).exec(&**editing.write).await?;
    notifications::forget_user(&editing.write, user.id).await?;
    let now = editing.identity.app().ambient.now();
    api_key::Entity::update_many()
        .col_expr(api_key::Column::RevokedAt, Expr::value(now))
        .filter(api_key::Column::OwnerId.eq(user.id))
        .filter(api_key::Column::RevokedAt.is_null())
        .exec(&**editing.write)
        .await?;
    let change = user::ActiveModel {
        status: Set(Status::Deleted),
        deleted_at: Set(Some(now)),
        // The address is free for somebody else.
        email_key: Set(format!("deleted {}", user.id)),
        ..Default::default()
    };
    editing.save(AuditAction::UserDeleted, (&user, &role), change, None).await
}

/// Ends the sessions of a user, including impersonations, rejects their external tokens, and withdraws invitations.
async fn end_access(editing: &Editing<'_>, user: Id<User>) -> Result<()> {
    let ambient = &editing.identity.app().ambient;
    let theirs = session::Column::UserId.eq(user).or(session::Column::ImpersonatorId.eq(user));
    refresh::end(&editing.write, ambient, theirs).await?;
    refuse_external_tokens(&editing.write, ambient, user).await?;
    editing.close_invitations(user).await
}
