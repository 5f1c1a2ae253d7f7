//! Creation and revocation of download links.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    download_link::{ActiveModel, Column, Entity, Model as DownloadLink, secret},
    input::CreateDownloadLinkInput,
    service,
    store::store,
};
use crate::{
    app::App,
    auth::Viewer,
    db::{Id, WriteTx},
    domains::audit::{AuditAction, Audited, Entry, Write},
    error::{Error, Result},
    graphql::Listed,
};

/// Prefix of all tokens of links, by which people and secret scanners recognize them.
pub(super) const PREFIX: &str = "rdl_";
/// Maximum number of valid links of a file.
const MOST_LINKS: u64 = 20;

impl Audited for DownloadLink {
    fn called(&self) -> &str {
        "download link"
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(json!({"file": self.file_id.to_string(), "expiresAt": self.expires_at, "revokedAt": self.revoked_at}))
    }
}

/// Returns the hash of a token, as it is stored.
pub(super) fn fingerprint(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Creates a link to a file of the viewer, and returns it with its URL, which is not stored.
///
/// # Errors
/// [`Error::NotFound`] for a file that the viewer may not see, [`Error::NotAllowed`] for somebody else's.
pub(super) async fn create(
    app: &App,
    viewer: &Viewer,
    input: CreateDownloadLinkInput,
) -> Result<(DownloadLink, String)> {
    let owner = viewer.user_id()?;
    if !(1..=60).contains(&input.minutes) {
        return Err(Error::bad_input("input.minutes", "Must be from 1 to 60."));
    }
    store(app)?;
    let write = Write::begin(app, viewer).await?;
    let file = service::locked(&write, viewer, input.file_id).await?;
    if file.owner_id.uuid() != owner {
        return Err(Error::NotAllowed("A file is downloaded by its owner only.".to_owned()));
    }
    if let Some(permission) = file.purpose.permission() {
        viewer.need(permission)?;
    }
    let now = app.ambient.now();
    if file.expires_at.is_some_and(|end| end <= now) {
        return Err(Error::NotFound("file"));
    }
    let valid = Entity::find().filter(Column::FileId.eq(file.id)).filter(Column::RevokedAt.is_null());
    if valid.filter(Column::ExpiresAt.gt(now)).count(&**write).await? >= MOST_LINKS {
        return Err(Error::Conflict(format!("The file has {MOST_LINKS} download links; revoke one first.")));
    }
    let token = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(app.ambient.bytes::<32>()));
    let link = DownloadLink {
        id: Id::new(&app.ambient),
        file_id: file.id,
        owner_id: file.owner_id,
        created_at: now,
        expires_at: now + TimeDelta::minutes(input.minutes.into()),
        last_used_at: None,
        revoked_at: None,
    };
    write.create(AuditAction::DownloadLinkCreated, &link).await?;
    write.insert(&secret::Model { download_link_id: link.id, hash: fingerprint(&token) }).await?;
    write.commit().await?;
    Ok((link, format!("/files/{token}")))
}

/// Revokes a link: the viewer's own, or any with `files:manage_all`. A revoked one stays unchanged.
///
/// # Errors
/// [`Error::NotFound`] also for a link that the viewer may not see.
pub(super) async fn revoke(app: &App, viewer: &Viewer, id: Id<DownloadLink>) -> Result<DownloadLink> {
    viewer.user_id()?;
    let write = Write::begin(app, viewer).await?;
    let visible = Entity::visible_to(viewer)?.filter(Column::Id.eq(id));
    if visible.one(&**write).await?.is_none() {
        return Err(Error::NotFound("download link"));
    }
    let link = write.locked(id).await?;
    if link.revoked_at.is_some() {
        return Ok(link);
    }
    let change = ActiveModel { id: Set(id), revoked_at: Set(Some(app.ambient.now())), ..Default::default() };
    let after = Entity::update(change).exec(&**write).await?;
    let entry = Entry::of(AuditAction::DownloadLinkRevoked, id, link.called());
    write.record(entry.between(link.state(&write).await?, after.state(&write).await?)).await?;
    write.commit().await?;
    Ok(after)
}
