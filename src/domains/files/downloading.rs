//! Downloads by links.

use std::ops::Range;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    download_link::{Column, Entity, Model as DownloadLink, secret},
    entity::{Entity as FileEntity, Model as File},
    links::{PREFIX, fingerprint},
    store::store,
};
use crate::{
    app::App,
    auth::Viewer,
    clients::files::Chunks,
    domains::{
        audit::{AuditAction, Entry, Write},
        identity::{UserEntity, UserStatus},
    },
    error::{Error, Result},
};

/// A file that may be downloaded by a valid link.
#[derive(Debug, Clone)]
pub(crate) struct Download {
    /// The file.
    pub file: File,
    link: DownloadLink,
}

/// Returns the file of a link that is neither expired nor revoked, and whose owner is active.
///
/// # Errors
/// [`Error::NotFound`] for any other, or when the database fails.
pub(crate) async fn open_link(app: &App, token: &str) -> Result<Download> {
    const GONE: Error = Error::NotFound("download link");
    if !token.starts_with(PREFIX) {
        return Err(GONE);
    }
    let reader = app.db.reader();
    let of_token = secret::Entity::find().filter(secret::Column::Hash.eq(fingerprint(token)));
    let kept = of_token.one(reader).await?.ok_or(GONE)?;
    let link = Entity::find_by_id(kept.download_link_id).one(reader).await?.ok_or(GONE)?;
    let now = app.ambient.now();
    if link.revoked_at.is_some() || link.expires_at <= now {
        return Err(GONE);
    }
    let owner = UserEntity::find_by_id(link.owner_id).one(reader).await?;
    let file = FileEntity::find_by_id(link.file_id).one(reader).await?;
    let file = file.filter(|file| file.expires_at.is_none_or(|end| end > now)).ok_or(GONE)?;
    if owner.is_none_or(|owner| owner.status != UserStatus::Active) {
        return Err(GONE);
    }
    Ok(Download { file, link })
}

/// Reads bytes of a file.
///
/// # Errors
/// If the store fails.
pub(crate) async fn content(app: &App, file: &File, range: Range<u64>) -> Result<Chunks> {
    let key = file.store_key.parse().map_err(Error::internal)?;
    Ok(store(app)?.read(key, range).await?)
}

/// Records that the file was downloaded by whoever has the link of its owner.
///
/// # Errors
/// When the database fails.
pub(crate) async fn note_download(app: &App, viewer: &Viewer, download: &Download) -> Result<()> {
    let write = Write::begin(app, viewer).await?;
    let used = Expr::value(app.ambient.now());
    let link = Entity::update_many().col_expr(Column::LastUsedAt, used).filter(Column::Id.eq(download.link.id));
    link.exec(&**write).await?;
    let entry = Entry::of(AuditAction::FileDownloaded, download.file.id, &download.file.name);
    let by_link = serde_json::json!({"downloadLink": download.link.id.to_string()});
    write.record(entry.after(by_link).by(download.link.owner_id.uuid())).await?;
    write.commit().await
}
