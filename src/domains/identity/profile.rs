//! Changes of users to their own account.

use async_graphql::MaybeUndefined;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait};

use super::{
    Identity,
    editing::{difference, keep_address_unique},
    fields, password, password_rules, refresh, session,
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Credential, TokenError, Viewer},
    db::Id,
    domains::audit::{self, Entry},
    error::{Error, Problems, Result},
    graphql::unless_null,
};

/// Changes to a profile; omitted fields stay unchanged.
#[derive(Debug, Default)]
pub(super) struct ProfileChange {
    pub(super) full_name: MaybeUndefined<String>,
    pub(super) email: MaybeUndefined<String>,
    pub(super) phone: MaybeUndefined<String>,
}

/// A validated change.
struct CheckedChange {
    full_name: Option<String>,
    email: Option<String>,
    phone: MaybeUndefined<String>,
}

impl Identity {
    /// Updates the viewer's name, mail address and telephone number.
    ///
    /// # Errors
    /// [`Error::BadInput`], or [`Error::AlreadyExists`] if another user has the address.
    pub(super) async fn update_profile(&self, viewer: &Viewer, change: ProfileChange) -> Result<User> {
        let id = Id::<User>::from_uuid(viewer.in_person()?.user_id);
        let change = check(change)?;
        let ambient = &self.app().ambient;
        let tx = self.app().db.begin().await?;
        // Not beside a change by an administrator, who may have deleted the user a moment ago: the address of one who was
        // deleted must stay free.
        tx.lock("users").await?;
        if let Some(email) = &change.email {
            keep_address_unique(&tx, email, Some(id)).await?;
        }
        let user = user::Entity::find_by_id(id).one(&*tx).await?.filter(|user| user.status == Status::Active);
        let user = user.ok_or(TokenError::Invalid)?;
        let row = difference(&user, change.email, change.full_name, change.phone, true);
        if !row.is_changed() {
            return Ok(user);
        }
        let row =
            user::ActiveModel { id: Set(id), version: Set(user.version + 1), updated_at: Set(ambient.now()), ..row };
        let after = user::Entity::update(row).exec(&*tx).await?;
        let states = [&user, &after]
            .map(|user| serde_json::json!({"email": user.email, "fullName": user.full_name, "phone": user.phone}));
        let [before, now] = states;
        audit::record(&tx, ambient, viewer, Entry::of("user.updated", id, &user.email).between(before, now)).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Changes the viewer's password and ends their other sessions, which somebody with the old password may have
    /// opened.
    ///
    /// # Errors
    /// [`Error::BadInput`] if the present password is wrong or the new one too weak, [`Error::NotAllowed`] for users of
    /// external sign-in.
    pub(super) async fn change_password(&self, viewer: &Viewer, present: String, new: String) -> Result<User> {
        let (session, app) = (viewer.in_person()?, self.app());
        let Credential::SignIn { session: this } = session.credential else {
            let message = "You sign in through another service, and have no password here.";
            return Err(Error::NotAllowed(message.to_owned()));
        };
        let id = Id::<User>::from_uuid(session.user_id);
        let user = user::Entity::find_by_id(id).one(app.db.reader()).await?.ok_or(Error::NotFound("user"))?;
        let mut problems = Problems::default();
        password_rules::check(&mut problems, "input.newPassword", &new, &[&user.email, &user.full_name]);
        problems.into_result()?;
        let kept = password::Entity::find_by_id(id).one(app.db.reader()).await?.map(|row| row.hash);
        if !self.verify_again(viewer, &user, kept, present).await? {
            return Err(Error::bad_input("input.currentPassword", "This is not your present password."));
        }
        let hash = password::hash(&app.ambient, new).await?;
        let tx = app.db.begin().await?;
        let change = password::ActiveModel { user_id: Set(id), hash: Set(hash), changed_at: Set(app.ambient.now()) };
        password::Entity::update(change).exec(&*tx).await?;
        let others = session::Column::UserId.eq(id).and(session::Column::Id.ne(this));
        let ended = refresh::end(&tx, &app.ambient, others).await?;
        let entry = Entry::of("user.password_changed", id, &user.email);
        let entry = entry.after(serde_json::json!({"sessionsEnded": ended}));
        audit::record(&tx, &app.ambient, viewer, entry).await?;
        tx.commit().await?;
        self.forget_standing();
        Ok(user)
    }
}

fn check(change: ProfileChange) -> Result<CheckedChange> {
    let mut problems = Problems::default();
    let full_name = unless_null(&mut problems, "input.fullName", change.full_name);
    let email = unless_null(&mut problems, "input.email", change.email);
    let change = CheckedChange {
        full_name: full_name.map(|text| fields::name(&mut problems, "input.fullName", &text, 200)),
        email: email.map(|text| fields::email(&mut problems, "input.email", &text)),
        phone: fields::phone_change(&mut problems, "input.phone", change.phone),
    };
    problems.into_result()?;
    Ok(change)
}
