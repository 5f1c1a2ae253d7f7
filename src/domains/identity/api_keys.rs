//! Creation, lookup, authentication and revocation of API keys.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use secrecy::SecretString;

use super::{
    Identity,
    api_key::{ActiveModel, Column, Entity, Model as ApiKey, secret},
    input::CreateApiKeyInput,
    proof, standing,
    user::{self, Status},
};
use crate::{
    app::App,
    auth::{Credential, Permission, Permissions, Session, TokenError, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{AuditAction, Audited, Entry, Write},
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::{Listed, Timestamp},
    text::fold,
};

/// Prefix of all keys, by which people and secret scanners recognize them.
const PREFIX: &str = "rap_";
/// Number of characters of a key that are shown.
const SHOWN: usize = 12;
/// Maximum number of valid keys per user.
const MAX_KEYS: u64 = 100;
/// Minimum interval between updates of the last use, so that not every request writes.
const USE_INTERVAL: TimeDelta = TimeDelta::seconds(60);

/// Returns true if a token has the form of an API key.
pub fn is_api_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

impl Audited for ApiKey {
    fn called(&self) -> &str {
        &self.name
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "name": self.name,
            "prefix": self.prefix,
            "scopes": self.permissions().names(),
            "expiresAt": self.expires_at,
            "revokedAt": self.revoked_at,
        }))
    }
}

impl Identity {
    /// Creates a key of the viewer, and returns it with its secret, which is not stored.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for API keys and impersonators, [`Error::Forbidden`] for scopes that the viewer lacks.
    pub(super) async fn create_api_key(
        &self,
        viewer: &Viewer,
        input: CreateApiKeyInput,
    ) -> Result<(ApiKey, SecretString)> {
        let owner = viewer.in_person()?.user_id;
        viewer.need(Permission::ApiKeysManage)?;
        let ambient = &self.app().ambient;
        let mut problems = Problems::default();
        let name = fields::name(&mut problems, "input.name", &input.name, 100);
        let scopes: Permissions = input.scopes.into_iter().collect();
        let expires_at = input.expires_at.map(|Timestamp(time)| time);
        if expires_at.is_some_and(|end| end <= ambient.now()) {
            problems.add("input.expiresAt", "Give a time in the future, or leave it out.");
        }
        problems.into_result()?;
        viewer.need_all(&scopes)?;
        let text = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(ambient.bytes::<32>()));
        let key = ApiKey {
            id: Id::new(ambient),
            owner_id: Id::from_uuid(owner),
            name_folded: fold(&name),
            name,
            prefix: text.chars().take(SHOWN).collect(),
            scopes: serde_json::to_string(&scopes.names())?,
            expires_at,
            last_used_at: None,
            revoked_at: None,
            created_at: ambient.now(),
        };
        let write = Write::begin(self.app(), viewer).await?;
        write.lock(&format!("api_keys:{owner}")).await?;
        let good = Entity::find().filter(Column::OwnerId.eq(owner)).filter(Column::RevokedAt.is_null());
        if good.count(&**write).await? >= MAX_KEYS {
            return Err(Error::Conflict(format!("You have {MAX_KEYS} API keys; revoke one first.")));
        }
        write.create(AuditAction::ApiKeyCreated, &key).await?;
        write.insert(&secret::Model { api_key_id: key.id, hash: proof::fingerprint(&text) }).await?;
        write.commit().await?;
        Ok((key, SecretString::from(text)))
    }

    /// Revokes a key: the viewer's own, or any with `api_keys:manage_all`. A revoked one stays unchanged.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for a key that the viewer may not see.
    pub(super) async fn revoke_api_key(&self, viewer: &Viewer, id: Id<ApiKey>) -> Result<ApiKey> {
        viewer.in_person()?;
        Entity::check_listing(viewer)?;
        let write = Write::begin(self.app(), viewer).await?;
        write.lock(&format!("api_key:{id}")).await?;
        let key = Entity::visible_to(viewer)?.filter(Column::Id.eq(id)).one(&**write).await?;
        let key = key.ok_or(Error::NotFound("API key"))?;
        if key.revoked_at.is_some() {
            return Ok(key);
        }
        let after = revoke(&write, &key, None).await?;
        write.commit().await?;
        self.forget_standing();
        Ok(after)
    }
}

/// Revokes a valid key, and records it in the audit log.
///
/// # Errors
/// When the database fails.
pub(super) async fn revoke(write: &Write, key: &ApiKey, reason: Option<String>) -> Result<ApiKey> {
    let revoked_at = Set(Some(write.ambient().now()));
    let change = ActiveModel { id: Set(key.id), revoked_at, ..Default::default() };
    let after = Entity::update(change).exec(&***write).await?;
    let entry = Entry::of(AuditAction::ApiKeyRevoked, key.id, &key.name);
    let entry = entry.between(key.state(write).await?, after.state(write).await?);
    write.record(entry.because(reason)).await?;
    Ok(after)
}

/// Returns the session of a key, read from the database each time, so that a revocation takes effect at once.
pub(super) async fn authenticate(app: &App, text: &str) -> Result<Session, TokenError> {
    let unavailable = |error: sea_orm::DbErr| TokenError::Unavailable(error.into());
    let reader = app.db.reader();
    let of_text = secret::Entity::find().filter(secret::Column::Hash.eq(proof::fingerprint(text)));
    let kept = of_text.one(reader).await.map_err(unavailable)?.ok_or(TokenError::Invalid)?;
    let found = Entity::find_by_id(kept.api_key_id).find_also_related(user::Entity).one(reader).await;
    let Some((key, Some(owner))) = found.map_err(unavailable)? else { return Err(TokenError::Invalid) };
    let now = app.ambient.now();
    if key.revoked_at.is_some() || owner.status != Status::Active {
        return Err(TokenError::Invalid);
    }
    if key.expires_at.is_some_and(|end| end <= now) {
        return Err(TokenError::Expired);
    }
    let given = standing::given_by(&app.db, owner.role_id).await?;
    let standing = standing::Standing {
        user_id: owner.id.uuid(),
        impersonator: None,
        role_id: owner.role_id.uuid(),
        given: given.ok_or(TokenError::Invalid)?,
        expires_at: key.expires_at,
        tokens_from: None,
    };
    if key.last_used_at.is_none_or(|last| now - last >= USE_INTERVAL)
        && let Err(error) = note_use(app, &key, now).await
    {
        // A request must not fail because of a date that is only shown.
        tracing::warn!(?error, key = %key.id, "the last use of an API key could not be written down");
    }
    let scopes = key.permissions();
    standing.session(Credential::ApiKey { key: key.id.uuid() }, Some(scopes), key.expires_at)
}

async fn note_use(app: &App, key: &ApiKey, now: DateTime<Utc>) -> Result<()> {
    let tx = app.db.begin().await?;
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .filter(Column::Id.eq(key.id))
        .exec(&*tx)
        .await?;
    Ok(tx.commit().await?)
}
