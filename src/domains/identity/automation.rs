//! What acts later on behalf of a user: the right to it is looked up again at each step.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::{
    Identity, api_key, standing,
    user::{self, Status},
};
use crate::{
    app::App,
    auth::{Credential, Mandate, Permissions, Session, TokenError, Viewer},
    db::Id,
    domains::audit::{AuditAction, AuditColumn, AuditEntity, Entry, Write},
    error::{Error, Result},
    request_id::RequestId,
};

const NO_USER: &str = "The user on whose behalf this runs is not active any more.";
const NO_ROLE: &str = "The user on whose behalf this runs has no role any more.";
const NO_KEY: &str = "The API key by which this was started is revoked or has expired.";
const NO_IMPERSONATOR: &str =
    "The administrator who started this in the place of the user may not act for them any more.";

/// Returns the viewer of the next step of what runs by `mandate`: user, role and API key are read from the database each
/// time, and the permissions are those of the role now, within the scopes of the mandate.
///
/// # Errors
/// [`Error::NotAllowed`] if nobody may act for the user any more, which the audit log tells; or when the database fails.
pub async fn acting(app: &App, mandate: &Mandate) -> Result<Viewer> {
    let request_id = RequestId(app.ambient.uuid().simple().to_string());
    let session = present(app, mandate).await?;
    let viewer = |session| {
        let mut viewer = Viewer::automation(session, mandate.via().clone());
        viewer.request_id = request_id;
        viewer
    };
    match session {
        Ok(session) => Ok(viewer(session)),
        Err(reason) => {
            let nothing = mandate.session(Uuid::nil(), &Permissions::default());
            note_refusal(app, &viewer(nothing), reason).await?;
            Err(Error::NotAllowed(reason.to_owned()))
        }
    }
}

/// Returns `viewer` with the rights of this moment, if it is a run that acts on behalf of a user; else as it is.
///
/// # Errors
/// Like [`acting`].
pub async fn acting_again(app: &App, viewer: &Viewer) -> Result<Viewer> {
    match viewer.via() {
        Some(via) => acting(app, &Mandate::of(viewer, via.clone())?).await,
        None => Ok(viewer.clone()),
    }
}

/// Writes into the audit log that a step on behalf of a user was refused: once for each run and reason, since a run may try
/// again and again.
///
/// # Errors
/// When the database fails.
pub async fn note_refusal(app: &App, viewer: &Viewer, reason: &str) -> Result<()> {
    let Some(via) = viewer.via() else { return Ok(()) };
    let user = Id::<user::Model>::from_uuid(viewer.user_id()?);
    let known = AuditEntity::find()
        .filter(AuditColumn::Via.eq(via.as_str()))
        .filter(AuditColumn::Action.eq(AuditAction::UserAutomationRefused.as_str()))
        .filter(AuditColumn::Reason.eq(reason));
    if known.count(app.db.reader()).await? > 0 {
        return Ok(());
    }
    let named = user::Entity::find_by_id(user).one(app.db.reader()).await?;
    let name = named.map(|user| user.email).unwrap_or_default();
    let write = Write::begin(app, viewer).await?;
    write.record(Entry::of(AuditAction::UserAutomationRefused, user, name).because(Some(reason.to_owned()))).await?;
    write.commit().await
}

impl Identity {
    /// Returns the session of a run with the present permissions.
    pub(super) async fn recheck_automation(&self, session: &Session) -> Result<Session, TokenError> {
        let Credential::Automation { key, impersonator } = session.credential else { return Err(TokenError::Invalid) };
        let given = given(self.app(), session.user_id, key, impersonator).await?;
        let (role_id, given) = given.map_err(|_| TokenError::Invalid)?;
        let permissions = session.scopes.as_ref().map_or_else(|| given.clone(), |scopes| given.within(scopes));
        Ok(Session { role_id, permissions, ..session.clone() })
    }
}

/// Returns the session of a step; within, the reason if nobody may act for the user.
async fn present(app: &App, mandate: &Mandate) -> Result<Result<Session, &'static str>> {
    let Credential::Automation { key, impersonator } = mandate.credential() else { return Ok(Err(NO_USER)) };
    let given = given(app, mandate.user(), key, impersonator).await?;
    Ok(given.map(|(role_id, given)| mandate.session(role_id, &given)))
}

/// Returns the role of a user and its permissions; within, the reason if nobody may act for them.
async fn given(
    app: &App,
    user: Uuid,
    key: Option<Uuid>,
    impersonator: Option<Uuid>,
) -> Result<Result<(Uuid, Permissions), &'static str>> {
    let (db, now) = (&app.db, app.ambient.now());
    let user = user::Entity::find_by_id(Id::<user::Model>::from_uuid(user)).one(db.reader()).await?;
    let Some(user) = user.filter(|user| user.status == Status::Active) else { return Ok(Err(NO_USER)) };
    if let Some(key) = key {
        let key = api_key::Entity::find_by_id(Id::<api_key::Model>::from_uuid(key)).one(db.reader()).await?;
        let is_good = |key: &api_key::Model| {
            key.owner_id == user.id && key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > now)
        };
        if !key.is_some_and(|key| is_good(&key)) {
            return Ok(Err(NO_KEY));
        }
    }
    let Some(given) = standing::given_by(db, user.role_id).await? else { return Ok(Err(NO_ROLE)) };
    let (user_id, role_id) = (user.id.uuid(), user.role_id.uuid());
    if let Some(impersonator) = impersonator {
        let given = given.clone();
        let target =
            standing::Standing { user_id, impersonator: None, role_id, given, expires_at: None, tokens_from: None };
        if !standing::may_impersonate(db, impersonator, &target).await? {
            return Ok(Err(NO_IMPERSONATOR));
        }
    }
    Ok(Ok((role_id, given)))
}
