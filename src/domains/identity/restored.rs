//! Credentials after restoring a backup, in which those ended since are valid again.

use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select, sea_query::Expr};

use super::{api_key, api_keys, external_identity::refuse_external_tokens, invitation, refresh, session, user};
use crate::{
    ambient::Ambient,
    db::{Db, Id},
    domains::audit::{AuditAction, Entry, Write},
    error::Result,
};

/// Reason in the audit log.
const REASON: &str = "A backup was restored.";

/// The number of ended credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Sessions, and links to external identities whose earlier tokens are rejected.
    pub sessions: u64,
    /// Invitations, whose links may have been used since.
    pub invitations: u64,
}

/// Ends all sessions, rejects external tokens issued until now, and withdraws all invitations.
///
/// # Errors
/// When the database fails.
pub async fn end_all_sessions(db: &Db, ambient: &Ambient) -> Result<Ended> {
    let write = Write::by_server(db, ambient).await?;
    write.lock("users").await?;
    let mut sessions = 0;
    let users: Vec<(Id<user::Model>, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Email)
        .into_tuple()
        .all(&**write)
        .await?;
    for (user, email) in users {
        let of_user = refresh::end(&write, ambient, session::Column::UserId.eq(user)).await?
            + refuse_external_tokens(&write, ambient, user).await?;
        if of_user > 0 {
            let entry =
                Entry::of(AuditAction::UserSignedOut, user, email).after(serde_json::json!({"sessionsEnded": of_user}));
            write.record(entry.because(Some(REASON.to_owned()))).await?;
        }
        sessions += of_user;
    }
    let invitations = invitation::Entity::update_many()
        .col_expr(invitation::Column::ClosedAt, Expr::value(ambient.now()))
        .filter(invitation::Column::ClosedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(ambient.now()))
        .exec(&**write)
        .await?
        .rows_affected;
    write.commit().await?;
    Ok(Ended { sessions, invitations })
}

/// Revokes all valid API keys, and returns their number.
///
/// # Errors
/// When the database fails.
pub async fn revoke_all_api_keys(db: &Db, ambient: &Ambient) -> Result<u64> {
    let write = Write::by_server(db, ambient).await?;
    let keys = good_keys(ambient).all(&**write).await?;
    for key in &keys {
        api_keys::revoke(&write, key, Some(REASON.to_owned())).await?;
    }
    write.commit().await?;
    Ok(keys.len() as u64)
}

/// Returns the number of valid API keys.
///
/// # Errors
/// When the database fails.
pub async fn count_good_api_keys(db: &Db, ambient: &Ambient) -> Result<u64> {
    Ok(good_keys(ambient).count(db.reader()).await?)
}

fn good_keys(ambient: &Ambient) -> Select<api_key::Entity> {
    let ends = api_key::Column::ExpiresAt;
    let lasts = Condition::any().add(ends.is_null()).add(ends.gt(ambient.now()));
    api_key::Entity::find().filter(api_key::Column::RevokedAt.is_null()).filter(lasts)
}
