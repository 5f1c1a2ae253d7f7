//! Refresh tokens: long-lived, used once, replaced at every use (rotation).
//!
//! A token is `ses_<id>.<generation>.<proof>`, with an HMAC-SHA256 proof by the server's key. Only its hash is stored.
//! The successor of a token is derived from the key, so that two concurrent refreshes (two tabs, a retry after a lost
//! answer) receive the same one: for 30 seconds a used token yields the valid one. A token reused later was stolen, or
//! its thief has used it first: the whole session ends (RFC 9700, section 4.14.2).

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    Identity, TokenKey,
    proof::{self, Purpose},
    session,
    user::{self, Model as User, Status},
};
use crate::{
    ambient::Ambient,
    auth::Viewer,
    db::{Id, WriteTx},
    domains::audit::{AuditAction, Entry, Write},
    error::{Error, Result},
};

/// Time during which a used token still yields the valid one.
const GRACE: TimeDelta = TimeDelta::seconds(30);
/// Maximum number of recorded uses per session.
const USES: usize = 32;

/// A parsed refresh token.
struct Parts {
    session: Id<session::Model>,
    generation: i32,
}

/// Returns the token of a generation of a session.
fn token(key: &TokenKey, session: Id<session::Model>, generation: i32) -> String {
    proof::sign(key, Purpose::Refresh, &format!("{session}.{generation}"))
}

fn take_apart(key: &TokenKey, token: &str) -> Option<Parts> {
    let (session, generation) = proof::open(key, Purpose::Refresh, token)?.split_once('.')?;
    Some(Parts { session: session.parse().ok()?, generation: generation.parse().ok()? })
}

/// A started or refreshed session with its valid token.
pub(super) struct Issued {
    pub(super) session: session::Model,
    pub(super) refresh_token: String,
}

/// Starts a session.
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
        token_hash: proof::fingerprint(&refresh_token),
        rotated_at: now,
        uses: "[]".to_owned(),
        expires_at: now + ttl,
        ended_at: None,
        address,
        impersonator_id: None,
        parent_id: None,
        created_at: now,
    };
    session::Entity::insert(session.clone().into_active_model()).exec_without_returning(&**tx).await?;
    Ok(Issued { session, refresh_token })
}

/// Uses a refresh token: returns its successor and extends the session.
///
/// # Errors
/// [`Error::Unauthenticated`] if the token is invalid for any reason.
pub(super) async fn rotate(identity: &Identity, viewer: &Viewer, given: &str) -> Result<(Issued, User)> {
    let refused = || Error::Unauthenticated("The refresh token is no longer valid; sign in again.".to_owned());
    let (app, key) = (identity.app(), identity.key());
    let parts = take_apart(key, given).ok_or_else(refused)?;
    let write = Write::begin(app, viewer).await?;
    write.lock(&format!("session:{}", parts.session)).await?;
    let now = app.ambient.now();
    let found = session::Entity::find_by_id(parts.session).find_also_related(user::Entity).one(&**write).await?;
    let Some((session, Some(user))) = found else { return Err(refused()) };
    if session.ended_at.is_some() || session.expires_at <= now || user.status != Status::Active {
        return Err(refused());
    }
    if parts.generation == session.generation && proof::fingerprint(given) == session.token_hash {
        let next = session.generation + 1;
        let refresh_token = token(key, session.id, next);
        let change = session::ActiveModel {
            id: Set(session.id),
            generation: Set(next),
            token_hash: Set(proof::fingerprint(&refresh_token)),
            rotated_at: Set(now),
            uses: Set(with_use(&session, now)?),
            expires_at: Set(now + identity.refresh_ttl()),
            ..Default::default()
        };
        let session = session::Entity::update(change).exec(&**write).await?;
        let entry = Entry::of(AuditAction::SessionRefreshed, session.id, &user.email).by(user.id.uuid());
        let entry = entry.about(user.id);
        write.record(entry).await?;
        write.commit().await?;
        return Ok((Issued { session, refresh_token }, user));
    }
    if used_at(&session, parts.generation).is_some_and(|at| now - at <= GRACE) {
        let refresh_token = token(key, session.id, session.generation);
        return Ok((Issued { session, refresh_token }, user));
    }
    tracing::warn!(session = %session.id, user = %user.id, "an old refresh token came back: the session ends");
    end(&write, &app.ambient, session::Column::Id.eq(session.id)).await?;
    let entry = Entry::of(AuditAction::SessionRevoked, session.id, &user.email).about(user.id);
    let entry = entry.because(Some("An old refresh token came back: it or its successor was stolen.".to_owned()));
    write.record(entry).await?;
    write.commit().await?;
    identity.forget_standing();
    Err(refused())
}

/// Returns the time at which the token of an earlier `generation` was used; `None` if that is no longer recorded.
fn used_at(session: &session::Model, generation: i32) -> Option<DateTime<Utc>> {
    let later = usize::try_from(session.generation.checked_sub(generation)?.checked_sub(1)?).ok()?;
    if later == 0 {
        return Some(session.rotated_at);
    }
    let uses: Vec<i64> = serde_json::from_str(&session.uses).unwrap_or_default();
    uses.iter().rev().nth(later).copied().and_then(DateTime::from_timestamp_millis)
}

/// Returns the recorded uses of `session`, with one at `now` added.
fn with_use(session: &session::Model, now: DateTime<Utc>) -> Result<String> {
    let mut uses: Vec<i64> = serde_json::from_str(&session.uses).unwrap_or_default();
    uses.push(now.timestamp_millis());
    uses.drain(..uses.len().saturating_sub(USES));
    Ok(serde_json::to_string(&uses)?)
}

/// Ends the open sessions that match `which`, including impersonations by their users, and returns the number of
/// matching ones.
pub(super) async fn end(tx: &WriteTx, ambient: &Ambient, which: SimpleExpr) -> Result<u64, DbErr> {
    // Locked in one order, so that of two who end the same sessions the second waits, and finds them ended.
    let open = session::Entity::find()
        .filter(which)
        .filter(session::Column::EndedAt.is_null())
        .order_by_asc(session::Column::Id)
        .lock_exclusive();
    let ids: Vec<Id<session::Model>> = open.select_only().column(session::Column::Id).into_tuple().all(&**tx).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let these = session::Column::Id.is_in(ids.iter().copied());
    let within = session::Column::ParentId.is_in(ids.iter().copied());
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(ambient.now()))
        .filter(Condition::any().add(these).add(within))
        .filter(session::Column::EndedAt.is_null())
        .exec(&**tx)
        .await?;
    Ok(ids.len() as u64)
}
