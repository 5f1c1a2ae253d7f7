//! The rules of sign-in.

use std::{net::IpAddr, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::SimpleExpr,
};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{TokenError, TokenKey, password, refresh, session, token::Verified, user};
use crate::{
    ambient::Ambient,
    app::App,
    auth::{Role, Session, Viewer},
    config::AuthConfig,
    db::{Db, Id, WriteTx},
    error::{Error, Result},
    limiter::Rule,
};

/// How long a user's role and state are remembered: a change acts on open sessions within this time.
const STANDING_TTL: Duration = Duration::from_secs(2);

/// Failures that an account may have.
const ACCOUNT_RULE: Rule = Rule { name: "login-account", attempts: 10, window: Duration::from_secs(15 * 60) };
/// Failures that an address may have.
const ADDRESS_RULE: Rule = Rule { name: "login-address", attempts: 10, window: Duration::from_secs(15 * 60) };

/// Sign-in, and the standing of those who are signed in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Identity {
    app: App,
    key: TokenKey,
    /// The role that each session gives that was asked for lately; `None` for those that give none any more.
    standing: Cache<Uuid, Option<Role>>,
}

/// What a successful sign-in yields.
#[derive(Debug)]
pub struct SignIn {
    /// The access token.
    pub access_token: String,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// The token that yields the next access token, once.
    pub refresh_token: String,
    /// When the session ends unless it is refreshed.
    pub refresh_expires_at: DateTime<Utc>,
    /// Who signed in.
    pub user: user::Model,
}

impl Identity {
    /// The service; `key` signs its tokens.
    pub fn new(app: App, key: TokenKey) -> Self {
        Self { app, key, standing: Cache::builder().max_capacity(10_000).time_to_live(STANDING_TTL).build() }
    }

    /// Signs in by mail address and password.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], the same for an unknown address, a wrong password and a deactivated user;
    /// [`Error::RateLimited`] after too many failures.
    pub async fn login(&self, viewer: &Viewer, email: &str, password: String) -> Result<SignIn> {
        let account = email_key(email);
        let address = viewer.peer.map(|peer| peer.to_string()).unwrap_or_default();
        let throttle = &self.app.throttle;
        // Counted before the password is looked at, so that attempts made side by side count too. The address first, so
        // that one that is shut out cannot shut out accounts.
        let rules = [(ADDRESS_RULE, &address), (ACCOUNT_RULE, &account)];
        for (rule, subject) in rules {
            throttle.attempt(rule, subject).await.map_err(|retry_after| Error::RateLimited { retry_after })?;
        }
        let result = self.check_login(email, password, viewer.peer).await;
        if !matches!(result, Err(Error::Unauthenticated(_))) {
            for (rule, subject) in rules {
                throttle.undo(rule, subject).await;
            }
        }
        result
    }

    async fn check_login(&self, email: &str, password: String, peer: Option<IpAddr>) -> Result<SignIn> {
        let db = &self.app.db;
        let user = user::Entity::find().filter(user::Column::EmailKey.eq(email_key(email))).one(db.reader()).await?;
        let hash = match &user {
            Some(user) => password::Entity::find_by_id(user.id).one(db.reader()).await?.map(|row| row.hash),
            None => None,
        };
        let is_right = password::verify(hash, password).await?;
        let user = user.filter(|user| is_right && user.is_active).ok_or_else(|| {
            Error::Unauthenticated("The mail address or the password is wrong, or the user is not active.".to_owned())
        })?;
        let ambient = &self.app.ambient;
        let tx = db.begin().await?;
        let change =
            user::ActiveModel { id: Set(user.id), last_login_at: Set(Some(ambient.now())), ..Default::default() };
        let user = user::Entity::update(change).exec(&*tx).await?;
        let address = peer.map(|peer| peer.to_string());
        let issued = refresh::begin(&tx, ambient, &self.key, &user, self.refresh_ttl(), address).await?;
        tx.commit().await?;
        self.sign_in(issued, user)
    }

    /// Goes on with a session by its refresh token, which is used up by it.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the token is not good any more; when it was used before, the session ends.
    pub async fn refresh(&self, refresh_token: &str) -> Result<SignIn> {
        let app = &self.app;
        let (issued, user) =
            refresh::rotate(&app.db, &app.ambient, &self.key, refresh_token, self.refresh_ttl()).await?;
        self.sign_in(issued, user)
    }

    fn sign_in(&self, issued: refresh::Issued, user: user::Model) -> Result<SignIn> {
        let now = self.app.ambient.now();
        let expires_at = now + self.app.config.auth.access_token_ttl;
        let access_token = self.key.sign(user.id.uuid(), issued.session.id.uuid(), now, expires_at)?;
        let refresh_expires_at = issued.session.expires_at;
        Ok(SignIn { access_token, expires_at, refresh_token: issued.refresh_token, refresh_expires_at, user })
    }

    fn refresh_ttl(&self) -> TimeDelta {
        TimeDelta::from_std(self.app.config.auth.refresh_token_ttl).unwrap_or(TimeDelta::MAX)
    }

    /// Ends the viewer's session, and says how many ended.
    ///
    /// # Errors
    /// When nobody is signed in, or the database fails.
    pub async fn logout(&self, viewer: &Viewer) -> Result<u64> {
        let session = viewer.session()?;
        self.end_sessions(session::Column::Id.eq(session.session_id)).await
    }

    /// Ends all sessions of the viewer, and says how many ended.
    ///
    /// # Errors
    /// When nobody is signed in, or the database fails.
    pub async fn logout_everywhere(&self, viewer: &Viewer) -> Result<u64> {
        self.end_sessions(session::Column::UserId.eq(viewer.user_id()?)).await
    }

    /// The program.
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// Forgets what is remembered of sessions: here at once; other processes forget it when it is old.
    pub(super) fn forget_standing(&self) {
        self.standing.invalidate_all();
    }

    /// Whether `password` is the viewer's, for changes that a borrowed session must not make. Wrong ones count against the
    /// account as failed sign-ins do.
    pub(super) async fn verify_again(
        &self,
        user: &user::Model,
        hash: Option<String>,
        password: String,
    ) -> Result<bool> {
        let throttle = &self.app.throttle;
        let attempt = throttle.attempt(ACCOUNT_RULE, &user.email_key).await;
        attempt.map_err(|retry_after| Error::RateLimited { retry_after })?;
        let is_right = password::verify(hash, password).await?;
        if is_right {
            throttle.undo(ACCOUNT_RULE, &user.email_key).await;
        }
        Ok(is_right)
    }

    async fn end_sessions(&self, which: SimpleExpr) -> Result<u64> {
        let tx = self.app.db.begin().await?;
        let ended = refresh::end(&tx, &self.app.ambient, which).await?;
        tx.commit().await?;
        self.forget_standing();
        Ok(ended)
    }

    /// The session of an access token.
    ///
    /// # Errors
    /// When the token is bad or expired, or the user may not act any more.
    pub async fn authenticate(&self, token: &str) -> Result<Session, TokenError> {
        let Verified { user, session, expires_at } = self.key.verify(token, self.app.ambient.now())?;
        let role = self.standing(session).await.map_err(TokenError::Unavailable)?;
        role.map(|role| Session { user_id: user, session_id: session, role, expires_at }).ok_or(TokenError::Invalid)
    }

    /// The session with the role that the user has now: asked before each event of a subscription, which may outlive a
    /// role. The expiry is not looked at: a socket may have been given a fresh token since, and closes by itself.
    ///
    /// # Errors
    /// When the user may not act any more.
    pub async fn recheck(&self, session: &Session) -> Result<Session, TokenError> {
        let role = self.standing(session.session_id).await.map_err(TokenError::Unavailable)?;
        role.map(|role| Session { role, ..session.clone() }).ok_or(TokenError::Invalid)
    }

    /// The signed-in user; `None` for an anonymous request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn me(&self, viewer: &Viewer) -> Result<Option<user::Model>> {
        match &viewer.session {
            Some(session) => {
                Ok(user::Entity::find_by_id(Id::from_uuid(session.user_id)).one(self.app.db.reader()).await?)
            }
            None => Ok(None),
        }
    }

    /// The role that a session gives now: none when it has ended or its user may not act any more.
    async fn standing(&self, session_id: Uuid) -> Result<Option<Role>> {
        let reader = self.app.db.reader();
        let load = async {
            let open =
                session::Entity::find_by_id(Id::from_uuid(session_id)).filter(session::Column::EndedAt.is_null());
            let user = open.find_also_related(user::Entity).one(reader).await?.and_then(|(_, user)| user);
            Ok::<_, sea_orm::DbErr>(user.filter(|user| user.is_active).map(|user| user.role))
        };
        self.standing.try_get_with(session_id, load).await.map_err(|error: Arc<sea_orm::DbErr>| Error::internal(error))
    }
}

/// Those of the users with these ids whom `viewer` may see: until users are managed one sees oneself, and administrators
/// see all.
///
/// # Errors
/// When nobody is signed in, or the database fails.
pub(super) async fn find_visible(db: &Db, viewer: &Viewer, ids: &[Id<user::Model>]) -> Result<Vec<user::Model>> {
    let session = viewer.session()?;
    let visible = |id: &Id<user::Model>| session.role == Role::Admin || session.user_id == id.uuid();
    let ids: Vec<_> = ids.iter().copied().filter(visible).collect();
    Ok(user::Entity::find().filter(user::Column::Id.is_in(ids)).all(db.reader()).await?)
}

/// What came of [`ensure_admin`].
#[derive(Debug)]
pub enum FirstAdmin {
    /// There are users already.
    Exists,
    /// It was made with the configured password.
    Made,
    /// It was made with this password, which is shown once and kept nowhere.
    MadeWith(SecretString),
}

/// Makes the first administrator of an empty database. When several copies of the server start at once, one makes it.
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
    let tx = db.begin().await?;
    tx.lock("first administrator").await?;
    if user::Entity::find().count(&*tx).await? > 0 {
        return Ok(FirstAdmin::Exists);
    }
    insert_user(&tx, ambient, &config.admin_email, "Administrator", Role::Admin, hash).await?;
    tx.commit().await?;
    Ok(if generated { FirstAdmin::MadeWith(password) } else { FirstAdmin::Made })
}

/// Makes a user with a password. The caller has checked that it may, and that the address is free.
///
/// # Errors
/// When the address is taken, or the database fails.
pub async fn create_user(
    db: &Db,
    ambient: &Ambient,
    email: &str,
    full_name: &str,
    role: Role,
    password: &str,
) -> Result<user::Model> {
    let hash = password::hash(ambient, password.to_owned()).await?;
    let tx = db.begin().await?;
    let user = insert_user(&tx, ambient, email, full_name, role, hash).await?;
    tx.commit().await?;
    Ok(user)
}

async fn insert_user(
    tx: &WriteTx,
    ambient: &Ambient,
    email: &str,
    full_name: &str,
    role: Role,
    hash: String,
) -> Result<user::Model> {
    let now = ambient.now();
    let user = user::Model {
        id: Id::new(ambient),
        email: email.trim().to_owned(),
        email_key: email_key(email),
        full_name: full_name.to_owned(),
        role,
        is_active: true,
        last_login_at: None,
        created_at: now,
        updated_at: now,
    };
    user::Entity::insert(user.clone().into_active_model()).exec_without_returning(&**tx).await?;
    let password = password::Model { user_id: user.id, hash, changed_at: now };
    password::Entity::insert(password.into_active_model()).exec_without_returning(&**tx).await?;
    Ok(user)
}

/// A password of 100 random bits in five groups of letters and digits that cannot be mistaken for each other.
fn readable_password(ambient: &Ambient) -> SecretString {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let letters = ambient.bytes::<20>().map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    SecretString::from(groups.join("-"))
}

/// The form under which a mail address is unique: trimmed, lower case.
pub(super) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
