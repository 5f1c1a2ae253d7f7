//! Signing in and out.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};

use super::{
    external_identity::refuse_external_tokens,
    input::{LoginInput, RefreshTokenInput},
    password, refresh,
    service::Identity,
    session,
    sign_in_limits::SignInAttempt,
    user::{self, Status},
};
use crate::{
    auth::{Credential, Session, Viewer},
    db::{Id, without_turns},
    domains::audit::{AuditAction, Entry, Write},
    error::{Error, Problems, Result},
    mail_address::mail_key,
};

/// The result of a successful sign-in.
#[derive(Debug)]
pub struct SignIn {
    /// The access token.
    pub access_token: String,
    /// Its expiry time.
    pub expires_at: DateTime<Utc>,
    /// The one-time token for the next access token.
    pub refresh_token: String,
    /// Expiry time of the session unless refreshed.
    pub refresh_expires_at: DateTime<Utc>,
    /// The signed-in user.
    pub user: user::Model,
    /// The session with its permissions.
    pub session: Session,
}

impl Identity {
    /// Signs in with mail address and password.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], identical for an unknown address, a wrong password and a deactivated user;
    /// [`Error::RateLimited`] after too many failures from the viewer's address.
    pub async fn login(&self, viewer: &Viewer, input: LoginInput) -> Result<SignIn> {
        let LoginInput { email, password } = input;
        let mut problems = Problems::default();
        if email.trim().is_empty() || email.len() > 320 {
            problems.add("input.email", "Give the mail address you sign in with.");
        }
        if password.is_empty() || password.len() > 1024 {
            problems.add("input.password", "Give your password.");
        }
        problems.into_result()?;
        // Before the password is looked at, so that attempts made side by side count too.
        let attempt = SignInAttempt::begin(&self.app().throttle, viewer, &mail_key(&email)).await?;
        // However busy the database is kept by those who are signed in.
        let result = without_turns(self.check_login(viewer, &email, password)).await;
        if matches!(result, Err(Error::Unauthenticated(_))) {
            attempt.fail().await;
        }
        result
    }

    async fn check_login(&self, viewer: &Viewer, email: &str, password: String) -> Result<SignIn> {
        let db = &self.app().db;
        let user = user::Entity::find().filter(user::Column::EmailKey.eq(mail_key(email))).one(db.reader()).await?;
        let hash = match &user {
            Some(user) => password::Entity::find_by_id(user.id).one(db.reader()).await?.map(|row| row.hash),
            None => None,
        };
        let is_right = password::verify(hash.clone(), password).await?;
        let refused = || {
            Error::Unauthenticated("The mail address or the password is wrong, or the user is not active.".to_owned())
        };
        let user = user.filter(|user| is_right && user.status == Status::Active).ok_or_else(refused)?;
        let write = Write::begin(self.app(), viewer).await?;
        // While the password was looked at it may have been changed, or the user deactivated, which ended the sessions
        // that there were. From here on both wait for this one.
        let kept = password::Entity::find_by_id(user.id).lock_exclusive().one(&**write).await?;
        let (issued, user) = self.begin_session(&write, user.id).await?;
        if kept.map(|row| row.hash) != hash || user.status != Status::Active {
            return Err(refused());
        }
        write.commit().await?;
        self.sign_in(issued, user).await
    }

    /// Starts a session of `user`, recorded as their action.
    pub(super) async fn begin_session(
        &self,
        write: &Write,
        user: Id<user::Model>,
    ) -> Result<(refresh::Issued, user::Model)> {
        let ambient = write.ambient();
        let last_login_at = Set(Some(ambient.now()));
        let change = user::ActiveModel { id: Set(user), last_login_at, ..Default::default() };
        let user = user::Entity::update(change).exec(&***write).await?;
        let address = write.viewer().peer.map(|peer| peer.to_string());
        let issued = refresh::begin(write, ambient, self.key(), &user, self.refresh_ttl(), address).await?;
        let entry = Entry::of(AuditAction::SessionStarted, issued.session.id, &user.email).about(user.id);
        let entry = entry.by(user.id.uuid());
        write.record(entry).await?;
        Ok((issued, user))
    }

    /// Refreshes a session with its refresh token, which is used up.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] if the token is no longer valid; if it was used before, the session ends.
    pub async fn refresh(&self, viewer: &Viewer, input: RefreshTokenInput) -> Result<SignIn> {
        let (issued, user) = without_turns(refresh::rotate(self, viewer, &input.refresh_token)).await?;
        self.sign_in(issued, user).await
    }

    /// Returns the tokens of a started or refreshed session.
    pub(super) async fn sign_in(&self, issued: refresh::Issued, user: user::Model) -> Result<SignIn> {
        let now = self.app().ambient.now();
        let expires_at = now + self.app().config.auth.access_token_ttl;
        let access_token = self.key().sign(user.id.uuid(), issued.session.id.uuid(), now, expires_at)?;
        let session = self.authenticate_own(&access_token).await?;
        let refresh_expires_at = issued.session.expires_at;
        let refresh_token = issued.refresh_token;
        Ok(SignIn { access_token, expires_at, refresh_token, refresh_expires_at, user, session })
    }

    /// Ends the viewer's session, and returns the number of ended sessions. A token of an external issuer becomes
    /// invalid too.
    ///
    /// # Errors
    /// If nobody is signed in, or by an API key, which is revoked instead; or if the database fails.
    pub async fn logout(&self, viewer: &Viewer) -> Result<u64> {
        without_turns(self.end_session(viewer)).await
    }

    async fn end_session(&self, viewer: &Viewer) -> Result<u64> {
        let session = match viewer.session()?.credential {
            Credential::SignIn { session } | Credential::Impersonation { session, .. } => session,
            Credential::External { .. } => return self.end_all_sessions(viewer).await,
            Credential::Automation { .. } => {
                return Err(Error::NotAllowed("A run has no session to end.".to_owned()));
            }
            Credential::ApiKey { .. } => {
                return Err(Error::NotAllowed("An API key has no session to end; revoke the key.".to_owned()));
            }
        };
        let write = Write::begin(self.app(), viewer).await?;
        let ended = refresh::end(&write, &self.app().ambient, session::Column::Id.eq(session)).await?;
        record_sign_out(&write, ended).await?;
        write.commit().await?;
        self.forget_standing();
        Ok(ended)
    }

    /// Ends all sessions of the viewer, and returns their number.
    ///
    /// # Errors
    /// Without a personal sign-in, or if the database fails.
    pub async fn logout_everywhere(&self, viewer: &Viewer) -> Result<u64> {
        without_turns(self.end_all_sessions(viewer)).await
    }

    async fn end_all_sessions(&self, viewer: &Viewer) -> Result<u64> {
        let user = Id::from_uuid(viewer.in_person()?.user_id);
        let write = Write::begin(self.app(), viewer).await?;
        // Also those in which they act in the place of others: after a token of another issuer these have no parent.
        let theirs = session::Column::UserId.eq(user).or(session::Column::ImpersonatorId.eq(user));
        let mut ended = refresh::end(&write, &self.app().ambient, theirs).await?;
        ended += refuse_external_tokens(&write, &self.app().ambient, user).await?;
        record_sign_out(&write, ended).await?;
        write.commit().await?;
        self.forget_standing();
        Ok(ended)
    }

    /// Verifies the viewer's `password` again, for changes that a stolen session must not make. Failures count like
    /// failed sign-ins.
    pub(super) async fn verify_again(
        &self,
        viewer: &Viewer,
        user: &user::Model,
        hash: Option<String>,
        password: String,
    ) -> Result<bool> {
        let attempt = SignInAttempt::begin(&self.app().throttle, viewer, &user.email_key).await?;
        let is_right = password::verify(hash, password).await?;
        if !is_right {
            attempt.fail().await;
        }
        Ok(is_right)
    }
}

async fn record_sign_out(write: &Write, ended: u64) -> Result<()> {
    // Another request was first.
    if ended == 0 {
        return Ok(());
    }
    let user = Id::<user::Model>::from_uuid(write.viewer().user_id()?);
    let name = user::Entity::find_by_id(user).one(&***write).await?.map(|user| user.email).unwrap_or_default();
    write
        .record(Entry::of(AuditAction::UserSignedOut, user, name).after(serde_json::json!({"sessionsEnded": ended})))
        .await
}
