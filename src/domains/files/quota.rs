//! How much a user may upload: what an upload could take is reserved before its first byte, in one statement, and what it took is
//! settled with its row.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Statement,
    prelude::Uuid,
};

use super::{
    upload::{Column, Entity, Model as Upload},
    upload_error::UploadError,
};
use crate::{app::App, clients::files::FileKey, db::WriteTx, error::Error};

/// Maximum number of concurrent uploads of a user.
const MOST_UPLOADS: u64 = 8;

/// Reserves `bytes` for an upload of `user`.
///
/// # Errors
/// [`UploadError::UsedUp`] if that is more than the day has left, [`UploadError::TooMany`], or when the database fails.
pub(super) async fn reserve(app: &App, user: Uuid, key: FileKey, bytes: u64) -> Result<Upload, UploadError> {
    let now = app.ambient.now();
    let upload = Upload {
        id: app.ambient.uuid(),
        owner_id: user,
        day: now.date_naive().to_string(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        store_key: key.to_string(),
        created_at: now,
    };
    let tx = app.db.begin().await.map_err(Error::from)?;
    tx.lock(&format!("file_uploads:{user}")).await.map_err(Error::from)?;
    let open = Entity::find().filter(Column::OwnerId.eq(user)).count(&*tx).await.map_err(Error::from)?;
    if open >= MOST_UPLOADS {
        return Err(UploadError::TooMany);
    }
    let most = i64::try_from(app.config.files.max_bytes_per_day).unwrap_or(i64::MAX);
    if upload.bytes > most || !add(&tx, &upload, most).await.map_err(Error::from)? {
        let midnight = (now.date_naive() + chrono::Days::new(1)).and_time(chrono::NaiveTime::MIN).and_utc();
        let retry_after = (midnight - now).to_std().unwrap_or_default();
        return Err(UploadError::UsedUp { most: app.config.files.max_bytes_per_day, retry_after });
    }
    let insert = Entity::insert(upload.clone().into_active_model());
    insert.exec_without_returning(&*tx).await.map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(upload)
}

/// Adds an upload to the bytes of its day unless these would be more than `most`.
async fn add(tx: &WriteTx, upload: &Upload, most: i64) -> Result<bool, DbErr> {
    let sql = "INSERT INTO file_usage (owner_id, day, bytes) VALUES ($1, $2, $3)
        ON CONFLICT (owner_id, day) DO UPDATE SET bytes = file_usage.bytes + excluded.bytes
        WHERE file_usage.bytes + excluded.bytes <= $4";
    let values = [upload.owner_id.into(), upload.day.clone().into(), upload.bytes.into(), most.into()];
    let added = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(added.rows_affected() == 1)
}

/// Ends an upload that took `size` bytes, and gives back the rest. Returns false if it was swept meanwhile.
///
/// # Errors
/// When the database fails.
pub(super) async fn settle(tx: &WriteTx, upload: &Upload, size: u64) -> Result<bool, DbErr> {
    if Entity::delete_by_id(upload.id).exec(&**tx).await?.rows_affected == 0 {
        return Ok(false);
    }
    let unused = upload.bytes - i64::try_from(size).unwrap_or(i64::MAX);
    let sql = "UPDATE file_usage SET bytes = bytes - $1 WHERE owner_id = $2 AND day = $3";
    let values = [unused.into(), upload.owner_id.into(), upload.day.clone().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(true)
}

/// Ends an upload that left nothing.
///
/// # Errors
/// When the database fails; then the sweep does it.
pub(super) async fn give_back(app: &App, upload: &Upload) -> Result<(), DbErr> {
    let tx = app.db.begin().await?;
    settle(&tx, upload, 0).await?;
    tx.commit().await
}
