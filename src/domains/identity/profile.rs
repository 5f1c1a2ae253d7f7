//! Changes of users to their own account.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait};

use super::{
    Identity,
    editing::{ProfileChange, keep_address_unique},
    input::{ChangePasswordInput, UpdateProfileInput},
    password, password_rules, refresh, session,
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Credential, TokenError, Viewer},
    db::Id,
    domains::audit::{AuditAction, Change, Entry, Write},
    error::{Error, Problems, Result},
};

impl Identity {
    /// Updates the viewer's name, mail address and telephone number.
    ///
    /// # Errors
    /// [`Error::BadInput`], or [`Error::AlreadyExists`] if another user has the address.
    pub(super) async fn update_profile(&self, viewer: &Viewer, input: UpdateProfileInput) -> Result<User> {
        let id = Id::<User>::from_uuid(viewer.in_person()?.user_id);
        let mut problems = Problems::default();
        let profile = ProfileChange::checked(&mut problems, input.email, input.full_name, input.phone);
        problems.into_result()?;
        let write = Write::begin(self.app(), viewer).await?;
        // Not beside a change by an administrator, who may have deleted the user a moment ago: the address of one who was
        // deleted must stay free.
        write.lock("users").await?;
        if let Some(email) = &profile.email {
            keep_address_unique(&write, email, Some(id)).await?;
        }
        let user = user::Entity::find_by_id(id).one(&**write).await?.filter(|user| user.status == Status::Active);
        let user = user.ok_or(TokenError::Invalid)?;
        let set = profile.difference(&user, true);
        let user = write.save(AuditAction::UserUpdated, Change { row: user, set }).await?;
        write.commit().await?;
        Ok(user)
    }

    /// Changes the viewer's password and ends their other sessions, which somebody with the old password may have
    /// opened.
    ///
    /// # Errors
    /// [`Error::BadInput`] if the present password is wrong or the new one too weak, [`Error::NotAllowed`] for users of
    /// external sign-in.
    pub(super) async fn change_password(&self, viewer: &Viewer, input: ChangePasswordInput) -> Result<User> {
        let (session, app) = (viewer.in_person()?, self.app());
        let Credential::SignIn { session: this } = session.credential else {
            let message = "You sign in through another service, and have no password here.";
            return Err(Error::NotAllowed(message.to_owned()));
        };
        let id = Id::<User>::from_uuid(session.user_id);
        let user = user::Entity::find_by_id(id).one(app.db.reader()).await?.ok_or(Error::NotFound("user"))?;
        let mut problems = Problems::default();
        password_rules::check(&mut problems, "input.newPassword", &input.new_password, &[&user.email, &user.full_name]);
        problems.into_result()?;
        let kept = password::Entity::find_by_id(id).one(app.db.reader()).await?.map(|row| row.hash);
        if !self.verify_again(viewer, &user, kept, input.current_password).await? {
            return Err(Error::bad_input("input.currentPassword", "This is not your current password."));
        }
        let hash = password::hash(&app.ambient, input.new_password).await?;
        let write = Write::begin(app, viewer).await?;
        let change = password::ActiveModel { user_id: Set(id), hash: Set(hash), changed_at: Set(app.ambient.now()) };
        password::Entity::update(change).exec(&**write).await?;
        let others = session::Column::UserId.eq(id).and(session::Column::Id.ne(this));
        let ended = refresh::end(&write, &app.ambient, others).await?;
        let entry = Entry::of(AuditAction::UserPasswordChanged, id, &user.email);
        let entry = entry.after(serde_json::json!({"sessionsEnded": ended}));
        write.record(entry).await?;
        write.commit().await?;
        self.forget_standing();
        Ok(user)
    }
}
