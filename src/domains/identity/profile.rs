//! What users change of themselves.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter};

use super::{
    Identity, password, password_rules, refresh,
    service::email_key,
    session,
    user::{self, Model as User},
};
use crate::{
    auth::Viewer,
    db::Id,
    error::{Error, Problems, Result},
};

/// What is to be changed; what is left out stays.
#[derive(Debug, Default)]
pub(super) struct ProfileChange {
    pub(super) full_name: Option<String>,
    pub(super) email: Option<String>,
}

impl Identity {
    /// Changes the viewer's name and mail address.
    ///
    /// # Errors
    /// [`Error::BadInput`], or [`Error::AlreadyExists`] when the address is somebody else's.
    pub(super) async fn update_profile(&self, viewer: &Viewer, change: ProfileChange) -> Result<User> {
        let id = Id::<User>::from_uuid(viewer.user_id()?);
        let change = check(change)?;
        let tx = self.app().db.begin().await?;
        let mut row =
            user::ActiveModel { id: Set(id), updated_at: Set(self.app().ambient.now()), ..Default::default() };
        if let Some(name) = change.full_name {
            row.full_name = Set(name);
        }
        if let Some(email) = change.email {
            let key = email_key(&email);
            tx.lock(&format!("email:{key}")).await?;
            let taken = user::Entity::find().filter(user::Column::EmailKey.eq(&key)).filter(user::Column::Id.ne(id));
            if taken.one(&*tx).await?.is_some() {
                return Err(Error::AlreadyExists("Another user has this mail address.".to_owned()));
            }
            row.email = Set(email);
            row.email_key = Set(key);
        }
        let user = user::Entity::update(row).exec(&*tx).await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Changes the viewer's password and ends their other sessions: whoever knew the old one is out.
    ///
    /// # Errors
    /// [`Error::BadInput`] when the present password is wrong or the new one is not good enough.
    pub(super) async fn change_password(&self, viewer: &Viewer, present: String, new: String) -> Result<User> {
        let (session, app) = (viewer.session()?, self.app());
        let id = Id::<User>::from_uuid(session.user_id);
        let user = user::Entity::find_by_id(id).one(app.db.reader()).await?.ok_or(Error::NotFound("user"))?;
        let mut problems = Problems::default();
        password_rules::check(&mut problems, "input.newPassword", &new, &[&user.email, &user.full_name]);
        problems.into_result()?;
        let kept = password::Entity::find_by_id(id).one(app.db.reader()).await?.map(|row| row.hash);
        if !self.verify_again(&user, kept, present).await? {
            return Err(Error::bad_input("input.currentPassword", "This is not your present password."));
        }
        let hash = password::hash(&app.ambient, new).await?;
        let tx = app.db.begin().await?;
        let change = password::ActiveModel { user_id: Set(id), hash: Set(hash), changed_at: Set(app.ambient.now()) };
        password::Entity::update(change).exec(&*tx).await?;
        let others = session::Column::UserId.eq(id).and(session::Column::Id.ne(session.session_id));
        refresh::end(&tx, &app.ambient, others).await?;
        tx.commit().await?;
        self.forget_standing();
        Ok(user)
    }
}

fn check(change: ProfileChange) -> Result<ProfileChange> {
    let trim = |text: Option<String>| text.map(|text| text.trim().to_owned());
    let change = ProfileChange { full_name: trim(change.full_name), email: trim(change.email) };
    let mut problems = Problems::default();
    if change.full_name.as_ref().is_some_and(|name| name.is_empty() || name.chars().count() > 200) {
        problems.add("input.fullName", "Give a name of up to 200 characters.");
    }
    if change.email.as_ref().is_some_and(|email| !is_email(email)) {
        problems.add("input.email", "Give a mail address such as dana@example.com.");
    }
    problems.into_result()?;
    Ok(change)
}

/// Whether `text` can be a mail address: something, an at sign, a host with a dot. Whether mail arrives only mail tells.
fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    text.len() <= 320
        && is_plain
        && !local.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
}
