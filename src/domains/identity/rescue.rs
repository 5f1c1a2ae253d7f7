//! Recovery of access from the command line.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Identity,
    password::{self, readable_password},
    refresh, session,
    user::{self, Status},
};
use crate::{
    domains::audit::{AuditAction, Change, Entry, Write},
    error::{Error, Result},
    mail_address::mail_key,
};

impl Identity {
    /// Sets a new password, which is returned and not stored, activates the user, and ends their sessions. Without
    /// permission checks, for those who have access to the database anyway.
    ///
    /// # Errors
    /// [`Error::NotFound`] if no user has the address, or if the database fails.
    pub async fn reset_password(&self, email: &str) -> Result<SecretString> {
        let app = self.app();
        let new = readable_password(&app.ambient);
        let hash = password::hash(&app.ambient, new.expose_secret().to_owned()).await?;
        let write = Write::by_server(&app.db, &app.ambient).await?;
        write.lock("users").await?;
        let user = user::Entity::find().filter(user::Column::EmailKey.eq(mail_key(email))).one(&**write).await?;
        let user = user.ok_or(Error::NotFound("user"))?;
        let changed_at = Set(app.ambient.now());
        let row = password::ActiveModel { user_id: Set(user.id), hash: Set(hash), changed_at };
        let columns = [password::Column::Hash, password::Column::ChangedAt];
        let replace = OnConflict::column(password::Column::UserId).update_columns(columns).to_owned();
        password::Entity::insert(row).on_conflict(replace).exec_without_returning(&**write).await?;
        let set = user::ActiveModel { status: Set(Status::Active), ..Default::default() };
        let after = write.apply(Change { row: user.clone(), set }).await?;
        refresh::end(&write, &app.ambient, session::Column::UserId.eq(user.id)).await?;
        let [before, after] = [&user, &after].map(|user| serde_json::json!({"status": user.status}));
        let entry = Entry::of(AuditAction::UserPasswordReset, user.id, &user.email).between(before, after);
        write.record(entry).await?;
        write.commit().await?;
        Ok(new)
    }
}
