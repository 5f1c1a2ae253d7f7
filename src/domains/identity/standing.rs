//! Validity of credentials and their present permissions.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{
    api_key, external_identity, role, session,
    user::{self, Status},
};
use crate::{
    auth::{Credential, Permission, Permissions, Session, SystemRole, TokenError},
    db::{Db, Id},
    error::Result,
    single_flight::SingleFlightCache,
};

/// Lifetime of a cached credential: a change of the user, role or credential affects open sockets within this time plus
/// the check interval.
const TTL: Duration = Duration::from_secs(1);

/// A credential as a cache key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Known {
    Session(Uuid),
    ApiKey(Uuid),
    Identity(Uuid),
}

impl Known {
    /// Returns the key of `credential`; `None` for a run, which is not cached.
    pub(super) fn of(credential: Credential) -> Option<Self> {
        match credential {
            Credential::SignIn { session } | Credential::Impersonation { session, .. } => Some(Self::Session(session)),
            Credential::ApiKey { key } => Some(Self::ApiKey(key)),
            Credential::External { identity, .. } => Some(Self::Identity(identity)),
            Credential::Automation { .. } => None,
        }
    }
}

/// The permissions of a valid credential.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) user_id: Uuid,
    /// The impersonating administrator.
    pub(super) impersonator: Option<Uuid>,
    pub(super) role_id: Uuid,
    /// The permissions of the role.
    pub(super) given: Permissions,
    /// Expiry of the credential, if stored with it.
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// External tokens issued before this time are invalid: the user has signed out.
    pub(super) tokens_from: Option<DateTime<Utc>>,
}

impl Standing {
    /// Returns the session of `credential`, restricted to `scopes` and valid until `expires_at`.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] for a token issued before its user signed out.
    pub(super) fn session(
        &self,
        credential: Credential,
        scopes: Option<Permissions>,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<Session, TokenError> {
        if let Credential::External { issued_at, .. } = credential
            && self.tokens_from.is_some_and(|from| issued_at.is_none_or(|at| at < from))
        {
            return Err(TokenError::Invalid);
        }
        let permissions = scopes.as_ref().map_or_else(|| self.given.clone(), |scopes| self.given.within(scopes));
        Ok(Session { user_id: self.user_id, credential, role_id: self.role_id, permissions, scopes, expires_at })
    }
}

/// A cache of recently used credentials; `None` for invalid ones. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Standings(SingleFlightCache<Known, Option<Standing>>);

impl Standings {
    pub(super) fn new() -> Self {
        Self(SingleFlightCache::new(100_000, TTL))
    }

    /// Clears the cache of this process; other processes drop entries when they expire.
    pub(super) fn forget(&self) {
        self.0.forget_all();
    }

    pub(super) async fn of(&self, db: &Db, known: Known) -> Result<Option<Standing>> {
        self.0
            .get(known, || {
                let db = db.clone();
                async move { load(&db, known).await }
            })
            .await
    }
}

async fn load(db: &Db, known: Known) -> Result<Option<Standing>> {
    let reader = db.reader();
    let (mut impersonator, mut expires_at, mut tokens_from) = (None, None, None);
    let user = match known {
        Known::Session(id) => {
            let open = session::Entity::find_by_id(Id::from_uuid(id)).filter(session::Column::EndedAt.is_null());
            let Some((session, user)) = open.find_also_related(user::Entity).one(reader).await? else {
                return Ok(None);
            };
            impersonator = session.impersonator_id.map(Id::uuid);
            if impersonator.is_some() && !goes_on(db, session.parent_id).await? {
                return Ok(None);
            }
            user
        }
        Known::ApiKey(id) => {
            let live = api_key::Entity::find_by_id(Id::from_uuid(id)).filter(api_key::Column::RevokedAt.is_null());
            let Some((key, user)) = live.find_also_related(user::Entity).one(reader).await? else { return Ok(None) };
            expires_at = key.expires_at;
            user
        }
        Known::Identity(id) => {
            let identity = external_identity::Entity::find_by_id(Id::from_uuid(id));
            let Some((identity, user)) = identity.find_also_related(user::Entity).one(reader).await? else {
                return Ok(None);
            };
            tokens_from = identity.tokens_from;
            user
        }
    };
    let Some(user) = user.filter(|user| user.status == Status::Active) else { return Ok(None) };
    let Some(given) = given_by(db, user.role_id).await? else { return Ok(None) };
    let (user_id, role_id) = (user.id.uuid(), user.role_id.uuid());
    let standing = Standing { user_id, impersonator, role_id, given, expires_at, tokens_from };
    match impersonator {
        Some(impersonator) if !may_impersonate(db, impersonator, &standing).await? => Ok(None),
        _ => Ok(Some(standing)),
    }
}

/// Returns the present permissions of a role; `None` if it does not exist.
pub(super) async fn given_by(db: &Db, role: Id<role::Model>) -> Result<Option<Permissions>> {
    if let Some(role) = SystemRole::of(role.uuid()) {
        return Ok(Some(Permissions::of(role)));
    }
    Ok(role::Entity::find_by_id(role).one(db.reader()).await?.map(|role| role.given()))
}

/// Returns true if the session that started an impersonation is still open. External users have none. Checked here too,
/// because it may end while the impersonation starts.
async fn goes_on(db: &Db, parent: Option<Id<session::Model>>) -> Result<bool> {
    let Some(parent) = parent else { return Ok(true) };
    let open = session::Entity::find_by_id(parent).filter(session::Column::EndedAt.is_null());
    Ok(open.count(db.reader()).await? > 0)
}

/// Returns true if `impersonator` may still impersonate the target.
pub(super) async fn may_impersonate(db: &Db, impersonator: Uuid, target: &Standing) -> Result<bool> {
    let user = user::Entity::find_by_id(Id::from_uuid(impersonator)).one(db.reader()).await?;
    let Some(user) = user.filter(|user| user.status == Status::Active) else { return Ok(false) };
    let given = given_by(db, user.role_id).await?.unwrap_or_default();
    Ok(given.contains(Permission::UsersImpersonate)
        && target.role_id != SystemRole::Admin.uuid()
        && target.given.missing_in(&given).is_none())
}
