//! Creation, lookup, authentication and revocation of API keys.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use secrecy::SecretString;

use super::{
    Identity,
    api_key::{ActiveModel, Column, Entity, Model as ApiKey, secret},
    fields, proof, standing,
    user::{self, Status},
};
use crate::{
    ambient::Ambient,
    app::App,
    auth::{Credential, Permission, Permissions, Session, TokenError, Viewer},
    db::{Id, WriteTx},
    domains::audit::{self, Entry},
    error::{Error, Problems, Result},
    graphql::Listed,
    text::fold,
};

/// Prefix of all keys, by which people and secret scanners recognize them.
pub(super) const PREFIX: &str = "rap_";
/// Number of characters of a key that are shown.
const SHOWN: usize = 12;
/// Maximum number of valid keys per user.
const MAX_KEYS: u64 = 100;
/// Minimum interval between updates of the last use, so that not every request writes.
const USE_INTERVAL: TimeDelta = TimeDelta::seconds(60);

/// Settings of a new key.
#[derive(Debug)]
pub(super) struct ApiKeyDraft {
    pub(super) name: String,
    pub(super) scopes: Vec<Permission>,
    pub(super) expires_at: Option<DateTime<Utc>>,
}

fn audited(key: &ApiKey) -> serde_json::Value {
    serde_json::json!({
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.permissions().names(),
        "expiresAt": key.expires_at,
        "revokedAt": key.revoked_at,
    })
}

impl Identity {
    /// Creates a key of the viewer, and returns it with its secret, which is not stored.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for API keys and impersonators, [`Error::Forbidden`] for scopes that the viewer lacks.
    pub(super) async fn create_api_key(&self, viewer: &Viewer, draft: ApiKeyDraft) -> Result<(ApiKey, SecretString)> {
        let owner = viewer.in_person()?.user_id;
        viewer.need(Permission::ApiKeysManage)?;
        let ambient = &self.app().ambient;
        let mut problems = Problems::default();
        let name = fields::name(&mut problems, "input.name", &draft.name, 100);
        let scopes: Permissions = draft.scopes.into_iter().collect();
        if draft.expires_at.is_some_and(|end| end <= ambient.now()) {
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
            expires_at: draft.expires_at,
            last_used_at: None,
            revoked_at: None,
            created_at: ambient.now(),
        };
        let tx = self.app().db.begin().await?;
        tx.lock(&format!("api_keys:{owner}")).await?;
        let good = Entity::find().filter(Column::OwnerId.eq(owner)).filter(Column::RevokedAt.is_null());
        if good.count(&*tx).await? >= MAX_KEYS {
            return Err(Error::Conflict(format!("You have {MAX_KEYS} API keys; revoke one first.")));
        }
        Entity::insert(key.clone().into_active_model()).exec_without_returning(&*tx).await?;
        let kept = secret::Model { api_key_id: key.id, hash: proof::fingerprint(&text) };
        secret::Entity::insert(kept.into_active_model()).exec_without_returning(&*tx).await?;
        let entry = Entry::of("api_key.created", key.id, &key.name).after(audited(&key));
        audit::record(&tx, ambient, viewer, entry).await?;
        tx.commit().await?;
        Ok((key, SecretString::from(text)))
    }

    /// Revokes a key: the viewer's own, or any with `api_keys:manage_all`. A revoked one stays unchanged.
    ///
    /// # Errors
    /// [`Error::NotFound`] also for a key that the viewer may not see.
    pub(super) async fn revoke_api_key(&self, viewer: &Viewer, id: Id<ApiKey>) -> Result<ApiKey> {
        viewer.in_person()?;
        Entity::check_listing(viewer)?;
        let ambient = &self.app().ambient;
        let tx = self.app().db.begin().await?;
        tx.lock(&format!("api_key:{id}")).await?;
        let key =
            Entity::visible_to(viewer)?.filter(Column::Id.eq(id)).one(&*tx).await?.ok_or(Error::NotFound("API key"))?;
        if key.revoked_at.is_some() {
            return Ok(key);
        }
        let after = revoke(&tx, ambient, viewer, &key, None).await?;
        tx.commit().await?;
        self.forget_standing();
        Ok(after)
    }
}

/// Revokes a valid key, and records it in the audit log.
///
/// # Errors
/// When the database fails.
pub(super) async fn revoke(
    tx: &WriteTx,
    ambient: &Ambient,
    viewer: &Viewer,
    key: &ApiKey,
    reason: Option<String>,
) -> Result<ApiKey> {
    let change = ActiveModel { id: Set(key.id), revoked_at: Set(Some(ambient.now())), ..Default::default() };
    let after = Entity::update(change).exec(&**tx).await?;
    let entry = Entry::of("api_key.revoked", key.id, &key.name).between(audited(key), audited(&after));
    audit::record(tx, ambient, viewer, entry.because(reason)).await?;
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
