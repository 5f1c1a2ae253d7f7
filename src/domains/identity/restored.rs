//! Sign-ins after a backup was restored.

use sea_orm::{ColumnTrait, EntityTrait, QuerySelect};

use super::{refresh, service::refuse_external_tokens, session, user};
use crate::{
    ambient::Ambient,
    auth::Viewer,
    db::{Db, Id},
    domains::audit::{self, Entry},
    error::Result,
};

/// Ends all sessions, and has the tokens of external issuers refused that were given until now: what was ended after the
/// backup was made is open again in it. Says how many ended.
///
/// # Errors
/// When the database fails.
pub async fn end_all_sessions(db: &Db, ambient: &Ambient) -> Result<u64> {
    let tx = db.begin().await?;
    let mut ended = 0;
    let users: Vec<(Id<user::Model>, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .column(user::Column::Email)
        .into_tuple()
        .all(&*tx)
        .await?;
    for (user, email) in users {
        let of_user = refresh::end(&tx, ambient, session::Column::UserId.eq(user)).await?
            + refuse_external_tokens(&tx, ambient, user).await?;
        if of_user > 0 {
            let entry = Entry::of("user.signed_out", user, email).after(serde_json::json!({"sessionsEnded": of_user}));
            let entry = entry.because(Some("A backup was restored.".to_owned()));
            audit::record(&tx, ambient, &Viewer::system(), entry).await?;
        }
        ended += of_user;
    }
    tx.commit().await?;
    Ok(ended)
}
