//! Impersonation of users by administrators, for a limited time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::EntityTrait;

use super::{
    Identity,
    input::ImpersonateUserInput,
    role, session,
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Credential, Permission, SystemRole, Viewer},
    db::Id,
    domains::{
        audit::{AuditAction, Entry, Write},
        shared::fields,
    },
    error::{Error, Problems, Result},
};

/// Maximum duration of an impersonation.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The credentials of an impersonation.
#[derive(Debug)]
pub(super) struct Impersonation {
    pub(super) access_token: String,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) user: User,
}

impl Identity {
    /// Impersonates a user with a token that lasts as long as an access token, at most 15 minutes, and cannot be
    /// refreshed. It ends with the session of the viewer, and when either user loses the permission or is deactivated.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for administrators, oneself and inactive users, [`Error::Forbidden`] for users with
    /// permissions that the viewer lacks.
    pub(super) async fn impersonate(&self, viewer: &Viewer, input: ImpersonateUserInput) -> Result<Impersonation> {
        let session = viewer.in_person()?.clone();
        viewer.need(Permission::UsersImpersonate)?;
        let mut problems = Problems::default();
        let reason = input.reason.map(|text| fields::text(&mut problems, "input.reason", &text, 500));
        problems.into_result()?;
        let app = self.app();
        let write = Write::begin(app, viewer).await?;
        let user = user::Entity::find_by_id(input.user_id).one(&**write).await?;
        let user = user.filter(|user| user.status != Status::Deleted).ok_or(Error::NotFound("user"))?;
        let role = role::Entity::find_by_id(user.role_id).one(&**write).await?.ok_or(Error::NotFound("role"))?;
        let refused = match () {
            () if user.id.uuid() == session.user_id => Some("You are already this user."),
            () if role.id.uuid() == SystemRole::Admin.uuid() => Some("Administrators cannot be impersonated."),
            () if user.status != Status::Active => Some("The user is not active and cannot be impersonated."),
            () => None,
        };
        if let Some(message) = refused {
            return Err(Error::NotAllowed(message.to_owned()));
        }
        viewer.need_all(&role.given())?;
        let now = app.ambient.now();
        let row = session::Model {
            id: Id::new(&app.ambient),
            user_id: user.id,
            generation: 0,
            // No refresh token has this hash.
            token_hash: String::new(),
            rotated_at: now,
            uses: "[]".to_owned(),
            expires_at: now + app.config.auth.access_token_ttl.min(LONGEST),
            ended_at: None,
            address: viewer.peer.map(|peer| peer.to_string()),
            impersonator_id: Some(Id::from_uuid(session.user_id)),
            parent_id: match session.credential {
                Credential::SignIn { session } => Some(Id::from_uuid(session)),
                _ => None,
            },
            created_at: now,
        };
        write.insert(&row).await?;
        let entry = Entry::of(AuditAction::UserImpersonated, user.id, &user.email).because(reason);
        write.record(entry).await?;
        write.commit().await?;
        let access_token = self.key().sign(user.id.uuid(), row.id.uuid(), now, row.expires_at)?;
        Ok(Impersonation { access_token, expires_at: row.expires_at, user })
    }
}
