//! Keeping of files: their content is hashed, counted and checked while it streams into the store.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::{Stream, StreamExt};
use rapport_rules::file_types::{FileType, Sniffer};
use sea_orm::prelude::Uuid;
use sha2::{Digest, Sha256};

use super::{
    entity::Model as File,
    format::Format,
    names::file_name,
    purpose::Purpose,
    quota,
    store::{delete_quietly, store},
    upload::Model as Upload,
    upload_error::UploadError,
};
use crate::{
    app::App,
    auth::Viewer,
    clients::files::{FileKey, FileStore, FileWriter},
    db::Id,
    domains::audit::{AuditAction, Write},
    error::Error,
    text::fold,
};

/// Time for which a file is kept unless something uses it.
pub(super) const UNUSED: TimeDelta = TimeDelta::hours(24);
/// Maximum duration of an upload.
pub const LONGEST_UPLOAD: Duration = Duration::from_mins(15);

/// A file to be kept.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// The purpose.
    pub purpose: Purpose,
    /// The name, as it came.
    pub name: String,
}

/// Keeps a file that the viewer uploads, of which `announced` bytes are announced.
///
/// # Errors
/// If it is not kept; then nothing of it is left.
pub async fn receive<C>(
    app: &App,
    viewer: &Viewer,
    new: NewFile,
    announced: Option<u64>,
    content: C,
) -> Result<File, UploadError>
where
    C: Stream<Item = Result<Bytes, UploadError>> + Send + Unpin,
{
    let user = viewer.user_id()?;
    let Some(permission) = new.purpose.permission() else {
        return Err(Error::bad_input("purpose", "Files of this purpose are made by the server.").into());
    };
    viewer.need(permission)?;
    let most = app.config.files.max_bytes;
    if announced.is_some_and(|size| size > most) {
        return Err(UploadError::TooLarge(most));
    }
    let store = store(app)?;
    let key = FileKey::new(&app.ambient);
    let upload = quota::reserve(app, user, key, announced.unwrap_or(most)).await?;
    let result = keep(app, viewer, new, (store, key), &upload, most, content).await;
    if result.is_err() {
        clear(app, store, key, &upload).await;
    }
    result
}

/// Keeps a file that the server made for `owner`, whose allowance is not charged.
///
/// # Errors
/// If it is not kept; then nothing of it is left.
pub async fn keep_made<C>(app: &App, owner: Uuid, new: NewFile, content: C) -> Result<File, UploadError>
where
    C: Stream<Item = Result<Bytes, UploadError>> + Send + Unpin,
{
    let store = store(app)?;
    let key = FileKey::new(&app.ambient);
    let upload = Upload {
        id: app.ambient.uuid(),
        owner_id: owner,
        // No day: nothing is counted.
        day: String::new(),
        bytes: 0,
        store_key: key.to_string(),
        created_at: app.ambient.now(),
    };
    let write = Write::by_server(&app.db, &app.ambient).await?;
    write.insert(&upload).await?;
    write.commit().await?;
    let result = keep(app, &Viewer::system(), new, (store, key), &upload, i32::MAX as u64, content).await;
    if result.is_err() {
        clear(app, store, key, &upload).await;
    }
    result
}

/// Deletes what is left of an upload that failed.
async fn clear(app: &App, store: &Arc<dyn FileStore>, key: FileKey, upload: &Upload) {
    delete_quietly(&**store, key).await;
    if let Err(error) = quota::give_back(app, upload).await {
        tracing::warn!(%error, "what a failed upload reserved is left for the sweep");
    }
}

async fn keep<C>(
    app: &App,
    viewer: &Viewer,
    new: NewFile,
    (store, key): (&Arc<dyn FileStore>, FileKey),
    upload: &Upload,
    most: u64,
    content: C,
) -> Result<File, UploadError>
where
    C: Stream<Item = Result<Bytes, UploadError>> + Send + Unpin,
{
    let mut writer = store.create(key).await?;
    let written = match write_content(&mut *writer, new.purpose, most, content).await {
        Ok(written) => written,
        Err(error) => {
            writer.discard().await;
            return Err(error);
        }
    };
    writer.finish().await?;
    let now = app.ambient.now();
    let name = file_name(&new.name);
    let file = File {
        id: Id::new(&app.ambient),
        owner_id: Id::from_uuid(upload.owner_id),
        purpose: new.purpose,
        name_folded: fold(&name),
        name,
        format: written.format,
        size: i32::try_from(written.size).unwrap_or(i32::MAX),
        sha256: written.sha256,
        store_key: key.to_string(),
        created_at: now,
        expires_at: Some(now + UNUSED),
        used_by: None,
    };
    let write = Write::begin(app, viewer).await?;
    if !quota::settle(&write, upload, written.size).await.map_err(Error::from)? {
        return Err(UploadError::TooSlow);
    }
    write.create(AuditAction::FileUploaded, &file).await?;
    write.commit().await?;
    Ok(file)
}

/// What was written.
struct Written {
    format: Format,
    size: u64,
    sha256: String,
}

async fn write_content<C>(
    writer: &mut dyn FileWriter,
    purpose: Purpose,
    most: u64,
    mut content: C,
) -> Result<Written, UploadError>
where
    C: Stream<Item = Result<Bytes, UploadError>> + Send + Unpin,
{
    let (mut sniffer, mut hash, mut size) = (Sniffer::default(), Sha256::new(), 0);
    while let Some(chunk) = content.next().await {
        let chunk = chunk?;
        size += chunk.len() as u64;
        if size > most {
            return Err(UploadError::TooLarge(most));
        }
        sniffer.push(&chunk);
        if sniffer.is_none_of(purpose.types()) {
            return Err(wrong_type(purpose));
        }
        hash.update(&chunk);
        writer.write(chunk).await?;
    }
    let kind = sniffer.finish();
    if kind == FileType::Empty {
        return Err(UploadError::WrongType("The file is empty.".to_owned()));
    }
    let format = purpose.format(kind).filter(|_| purpose.types().contains(&kind));
    let format = format.ok_or_else(|| wrong_type(purpose))?;
    Ok(Written { format, size, sha256: hex::encode(hash.finalize()) })
}

fn wrong_type(purpose: Purpose) -> UploadError {
    UploadError::WrongType(format!("By its content the file is not {}.", purpose.types_in_words()))
}
