//! Visitors: people without an account, each with a token that opens one chat session and nothing else.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, IntoActiveModel, entity::prelude::*};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use super::session;
use crate::{
    app::App,
    auth::{TokenError, Visitor},
    db::{Db, Id, WriteTx},
    error::{Error, Result},
    single_flight::SingleFlightCache,
};

/// Prefix of all visitor tokens, by which people, secret scanners and the server recognize them.
const PREFIX: &str = "rvt_";
/// Time for which a visitor's expiry is cached: the deletion of a session closes open sockets within this time plus the
/// check interval.
const TTL: Duration = Duration::from_secs(1);

/// The token of a visitor, stored as its SHA-256 hash: 256 random bits need no slow hash.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_visitors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Id<session::Model>,
    pub token_hash: String,
    pub expires_at: DateTimeUtc,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChatVisitor").field("session_id", &self.session_id).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Returns true if a token has the form of a visitor token, valid or not.
pub fn is_visitor_token(token: &str) -> bool {
    token.starts_with(PREFIX)
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Creates the token of a session created in the same transaction.
///
/// # Errors
/// When the database fails.
pub(super) async fn issue(
    tx: &WriteTx,
    app: &App,
    session: Id<session::Model>,
) -> Result<(SecretString, DateTime<Utc>), DbErr> {
    let token = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(app.ambient.bytes::<32>()));
    let row = Model { session_id: session, token_hash: hash(&token), expires_at: expiry(app) };
    let expires_at = row.expires_at;
    Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    Ok((SecretString::from(token), expires_at))
}

/// Extends the token of a visitor who sends a message, and returns its new expiry.
///
/// # Errors
/// [`Error::NotFound`] if the session was deleted, or if the database fails.
pub(super) async fn prolong(tx: &WriteTx, app: &App, session: Id<session::Model>) -> Result<DateTime<Utc>> {
    let expires_at = expiry(app);
    let change = ActiveModel { session_id: Set(session), expires_at: Set(expires_at), ..Default::default() };
    match Entity::update(change).exec_without_returning(&**tx).await {
        Ok(_) => Ok(expires_at),
        Err(DbErr::RecordNotUpdated) => Err(Error::NotFound("chat session")),
        Err(error) => Err(error.into()),
    }
}

fn expiry(app: &App) -> DateTime<Utc> {
    app.ambient.now() + TimeDelta::from_std(app.config.chat.visitor_ttl).unwrap_or(TimeDelta::MAX)
}

/// A cache of the expiry of visitor tokens by session; `None` for sessions without one. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Visitors(SingleFlightCache<Id<session::Model>, Option<DateTime<Utc>>>);

impl Visitors {
    pub(super) fn new() -> Self {
        Self(SingleFlightCache::new(100_000, TTL))
    }

    /// Removes a session from the cache of this process; other processes drop it when it expires.
    pub(super) fn forget(&self, session: Id<session::Model>) {
        self.0.forget(session);
    }

    /// Returns the visitor of a token.
    ///
    /// # Errors
    /// If the token is unknown or expired.
    pub(super) async fn authenticate(&self, app: &App, token: &str) -> Result<Visitor, TokenError> {
        let found = Entity::find().filter(Column::TokenHash.eq(hash(token))).one(app.db.reader()).await;
        let row = found.map_err(Error::from)?.ok_or(TokenError::Invalid)?;
        if row.expires_at <= app.ambient.now() {
            return Err(TokenError::Expired);
        }
        Ok(Visitor { chat_session: row.session_id.uuid(), expires_at: row.expires_at })
    }

    /// Checks a visitor again.
    ///
    /// # Errors
    /// If the session was deleted or the token expired.
    pub(super) async fn recheck(&self, app: &App, visitor: Visitor) -> Result<Visitor, TokenError> {
        let session = Id::from_uuid(visitor.chat_session);
        let load = || {
            let db = app.db.clone();
            async move { expiry_of(&db, session).await }
        };
        let expires_at = self.0.get(session, load).await?;
        let expires_at = expires_at.ok_or(TokenError::Invalid)?;
        if expires_at <= app.ambient.now() {
            return Err(TokenError::Expired);
        }
        Ok(Visitor { expires_at, ..visitor })
    }
}

async fn expiry_of(db: &Db, session: Id<session::Model>) -> Result<Option<DateTime<Utc>>> {
    Ok(Entity::find_by_id(session).one(db.reader()).await?.map(|row| row.expires_at))
}
