//! Insertion of users.

use sea_orm::{EntityTrait, IntoActiveModel};

use super::{
    password, role,
    user::{self, Status},
};
use crate::{
    ambient::Ambient,
    auth::SystemRole,
    db::{Id, WriteTx},
    error::Result,
    mail_address::mail_key,
    text::fold,
};

/// A user to insert.
#[derive(Debug)]
pub(super) struct NewUser {
    pub(super) email: String,
    pub(super) full_name: String,
    pub(super) phone: Option<String>,
    pub(super) role_id: Id<role::Model>,
    pub(super) status: Status,
}

impl NewUser {
    /// Creates an active user with a system role.
    pub(super) fn active(email: &str, full_name: &str, role: SystemRole) -> Self {
        Self {
            email: email.to_owned(),
            full_name: full_name.to_owned(),
            phone: None,
            role_id: Id::from_uuid(role.uuid()),
            status: Status::Active,
        }
    }
}

/// Inserts a user, without a password if `hash` is missing. The caller has checked the permission.
pub(super) async fn insert_user(
    tx: &WriteTx,
    ambient: &Ambient,
    new: NewUser,
    hash: Option<String>,
) -> Result<user::Model> {
    let now = ambient.now();
    let email = new.email;
    let user = user::Model {
        id: Id::new(ambient),
        email_key: mail_key(&email),
        email_folded: fold(&email),
        email_is_claimed: false,
        email,
        name_key: fold(&new.full_name),
        full_name: new.full_name,
        phone: new.phone,
        role_id: new.role_id,
        status: new.status,
        version: 1,
        last_login_at: None,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    };
    user::Entity::insert(user.clone().into_active_model()).exec_without_returning(&**tx).await?;
    if let Some(hash) = hash {
        let password = password::Model { user_id: user.id, hash, changed_at: now };
        password::Entity::insert(password.into_active_model()).exec_without_returning(&**tx).await?;
    }
    Ok(user)
}
