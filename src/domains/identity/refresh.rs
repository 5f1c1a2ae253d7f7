//! Refresh tokens: long-lived, used once each, replaced at every use (rotation).
//!
//! A token is `ses_<id>.<generation>.<proof>`, the proof an HMAC-SHA256 by the server's key. Only its hash is stored. The
//! successor of a token follows from the key, so that two requests that refresh at the same moment (two tabs, a retry
//! after a lost answer) get the same one. A token that comes back later was stolen, or its thief has used it first: the
//! whole session ends (RFC 9700, section 4.14.2).

use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};
use sha2::{Digest, Sha256};

use super::{
    TokenKey, session,
    user::{self, Model as User},
};
use crate::{
    ambient::Ambient,
    db::{Db, Id, WriteTx},
    error::{Error, Result},
};

/// How long a used token still yields its successor.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// A refresh token, taken apart.
struct Parts {
    session: Id<session::Model>,
    generation: i32,
}

/// The token of a generation of a session.
fn token(key: &TokenKey, session: Id<session::Model>, generation: i32) -> String {
    let body = format!("{session}.{generation}");
    format!("{body}.{}", proof(key, &body))
}

fn proof(key: &TokenKey, body: &str) -> String {
    let mut mac = mac(key);
    mac.update(body.as_bytes());
    hex(&mac.finalize().into_bytes())
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(key: &TokenKey) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.secret()).expect("a key of any length");
    // Keeps these proofs apart from everything else that the key signs.
    mac.update(b"rapport refresh token\0");
    mac
}

fn take_apart(key: &TokenKey, token: &str) -> Option<Parts> {
    let (body, given) = token.rsplit_once('.')?;
    let mut mac = mac(key);
    mac.update(body.as_bytes());
    mac.verify_slice(&unhex(given)?).ok()?;
    let (session, generation) = body.split_once('.')?;
    Some(Parts { session: session.parse().ok()?, generation: generation.parse().ok()? })
}

fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// A session that has begun or goes on, with the token that is good now.
pub(super) struct Issued {
    pub(super) session: session::Model,
    pub(super) refresh_token: String,
}

/// Begins a session.
pub(super) async fn begin(
    tx: &WriteTx,
    ambient: &Ambient,
    key: &TokenKey,
    user: &User,
    ttl: TimeDelta,
    address: Option<String>,
) -> Result<Issued, DbErr> {
    let (id, now) = (Id::new(ambient), ambient.now());
    let refresh_token = token(key, id, 1);
    let session = session::Model {
        id,
        user_id: user.id,
        generation: 1,
        token_hash: hash(&refresh_token),
        rotated_at: now,
        expires_at: now + ttl,
        ended_at: None,
        address,
        created_at: now,
    };
    session::Entity::insert(session.clone().into_active_model()).exec_without_returning(&**tx).await?;
    Ok(Issued { session, refresh_token })
}

/// Uses a refresh token: it yields its successor, and the session lasts on for `ttl`.
///
/// # Errors
/// [`Error::Unauthenticated`] when the token is not good, whatever the reason.
pub(super) async fn rotate(
    db: &Db,
    ambient: &Ambient,
    key: &TokenKey,
    given: &str,
    ttl: TimeDelta,
) -> Result<(Issued, User)> {
    let refused = || Error::Unauthenticated("The refresh token is not good any more; sign in again.".to_owned());
    let parts = take_apart(key, given).ok_or_else(refused)?;
    let tx = db.begin().await?;
    tx.lock(&format!("session:{}", parts.session)).await?;
    let now = ambient.now();
    let found = session::Entity::find_by_id(parts.session).find_also_related(user::Entity).one(&*tx).await?;
    let Some((session, Some(user))) = found else { return Err(refused()) };
    if session.ended_at.is_some() || session.expires_at <= now || !user.is_active {
        return Err(refused());
    }
    if parts.generation == session.generation && hash(given) == session.token_hash {
        let next = session.generation + 1;
        let refresh_token = token(key, session.id, next);
        let change = session::ActiveModel {
            id: Set(session.id),
            generation: Set(next),
            token_hash: Set(hash(&refresh_token)),
            rotated_at: Set(now),
            expires_at: Set(now + ttl),
            ..Default::default()
        };
        let session = session::Entity::update(change).exec(&*tx).await?;
        tx.commit().await?;
        return Ok((Issued { session, refresh_token }, user));
    }
    if parts.generation + 1 == session.generation && now - session.rotated_at <= GRACE {
        let refresh_token = token(key, session.id, session.generation);
        return Ok((Issued { session, refresh_token }, user));
    }
    tracing::warn!(session = %session.id, user = %user.id, "an old refresh token came back: the session ends");
    end(&tx, ambient, session::Column::Id.eq(session.id)).await?;
    tx.commit().await?;
    Err(refused())
}

/// Ends the open sessions that `which` names, and says how many.
pub(super) async fn end(tx: &WriteTx, ambient: &Ambient, which: sea_orm::sea_query::SimpleExpr) -> Result<u64, DbErr> {
    let ended = session::Entity::update_many()
        .col_expr(session::Column::EndedAt, sea_orm::sea_query::Expr::value(ambient.now()))
        .filter(which)
        .filter(session::Column::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(ended.rows_affected)
}
