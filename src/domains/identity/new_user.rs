//! Insertion of users.

use super::{
    password, role,
    user::{self, Status},
};
use crate::{
    auth::SystemRole,
    db::Id,
    domains::{audit::Write, shared::fields},
    error::{Problems, Result},
    mail_address::mail_key,
    text::fold,
};

/// A user to be created.
#[derive(Debug, serde::Serialize)]
pub(super) struct NewUser {
    pub(super) email: String,
    pub(super) full_name: String,
    pub(super) phone: Option<String>,
    pub(super) role_id: Id<role::Model>,
    #[serde(skip)]
    pub(super) status: Status,
}

impl NewUser {
    /// Normalizes the values of an input, and notes what is wrong with them.
    pub(super) fn checked(
        problems: &mut Problems,
        (email, full_name): (&str, &str),
        phone: Option<String>,
        (role_id, status): (Id<role::Model>, Status),
    ) -> Self {
        Self {
            email: fields::email(problems, "input.email", email),
            full_name: fields::name(problems, "input.fullName", full_name, 200),
            phone: fields::phone(problems, "input.phone", phone),
            role_id,
            status,
        }
    }

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
pub(super) async fn insert_user(write: &Write, new: NewUser, hash: Option<String>) -> Result<user::Model> {
    let now = write.ambient().now();
    let email = new.email;
    let user = user::Model {
        id: Id::new(write.ambient()),
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
    write.insert(&user).await?;
    if let Some(hash) = hash {
        write.insert(&password::Model { user_id: user.id, hash, changed_at: now }).await?;
    }
    Ok(user)
}
