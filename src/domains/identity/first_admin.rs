//! Creation of the first administrator, and of users without checks.

use sea_orm::{EntityTrait, PaginatorTrait};
use secrecy::{ExposeSecret, SecretString};

use super::{
    new_user::{NewUser, insert_user},
    password::{self, readable_password},
    user,
};
use crate::{
    ambient::Ambient,
    auth::SystemRole,
    config::AuthConfig,
    db::Db,
    domains::audit::{AuditAction, Entry, Write},
    error::Result,
};

/// The result of [`ensure_admin`].
#[derive(Debug)]
pub enum FirstAdmin {
    /// Users exist already.
    Exists,
    /// Created with the configured password.
    Made,
    /// Created with this password, which is shown once and not stored.
    MadeWith(SecretString),
}

/// Creates the first administrator of an empty database. If several server processes start at once, one creates it.
///
/// # Errors
/// When the database fails.
pub async fn ensure_admin(db: &Db, ambient: &Ambient, config: &AuthConfig) -> Result<FirstAdmin> {
    if user::Entity::find().count(db.reader()).await? > 0 {
        return Ok(FirstAdmin::Exists);
    }
    let generated = config.admin_password.is_none();
    let password = config.admin_password.clone().unwrap_or_else(|| readable_password(ambient));
    let hash = password::hash(ambient, password.expose_secret().to_owned()).await?;
    let write = Write::by_server(db, ambient).await?;
    write.lock("first administrator").await?;
    if user::Entity::find().count(&**write).await? > 0 {
        return Ok(FirstAdmin::Exists);
    }
    let admin = NewUser::active(&config.admin_email, "Administrator", SystemRole::Admin);
    let user = insert_user(&write, admin, Some(hash)).await?;
    let entry = Entry::of(AuditAction::UserCreated, user.id, &user.email).after(user.audited("admin"));
    write.record(entry).await?;
    write.commit().await?;
    Ok(if generated { FirstAdmin::MadeWith(password) } else { FirstAdmin::Made })
}

/// Creates an active user with a password, without checks: for tests and sample data.
///
/// # Errors
/// If the address is taken, or the database fails.
pub async fn create_user(
    db: &Db,
    ambient: &Ambient,
    email: &str,
    full_name: &str,
    role: SystemRole,
    password: &str,
) -> Result<user::Model> {
    let hash = password::hash(ambient, password.to_owned()).await?;
    let write = Write::by_server(db, ambient).await?;
    let user = insert_user(&write, NewUser::active(email, full_name, role), Some(hash)).await?;
    write.commit().await?;
    Ok(user)
}
