//! The job that deletes files past their time, and what processes left that ended in between.

use std::collections::HashSet;

use chrono::TimeDelta;
use futures_util::StreamExt;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use serde::{Deserialize, Serialize};

use super::{
    download_link,
    entity::{Column, Entity, Model as File},
    quota,
    receiving::LONGEST_UPLOAD,
    store::store,
    upload,
};
use crate::{
    app::App,
    clients::files::{FileKey, FileStore},
    db::{Id, delete_in_batches},
    error::Result,
    jobs::{Context, Job, JobError},
};

/// Rows and keys looked at together.
const BATCH: usize = 500;
/// Time after which an expired link is forgotten.
const LINKS: TimeDelta = TimeDelta::days(1);
/// Days for which the uploaded bytes of a user are remembered.
const DAYS: u64 = 7;

/// Deletes files past their time, and contents and uploads that nobody finished.
#[derive(Debug)]
pub struct SweepFiles(pub App);

/// What was deleted.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Swept {
    /// Files past their time.
    expired: u64,
    /// Uploads that their processes did not end.
    uploads: u64,
    /// Contents without a row.
    orphans: u64,
    /// Unused files without content.
    hollow: u64,
}

impl Job for SweepFiles {
    const KIND: &'static str = "sweep_files";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = Swept;

    async fn run(&self, _ctx: Context, (): ()) -> Result<Swept, JobError> {
        Ok(sweep(&self.0).await?)
    }

    fn summary(swept: &Swept) -> String {
        format!(
            "Deleted {} expired files, {} unfinished uploads, {} contents without a file, {} files without content.",
            swept.expired, swept.uploads, swept.orphans, swept.hollow
        )
    }
}

async fn sweep(app: &App) -> Result<Swept> {
    let store = &**store(app)?;
    let uploads = end_uploads(app, store).await?;
    let expired = delete_expired(app, store).await?;
    let hollow = delete_hollow(app, store).await?;
    let orphans = delete_orphans(app, store).await?;
    let now = app.ambient.now();
    let is_old = Condition::all().add(download_link::Column::ExpiresAt.lt(now - LINKS));
    delete_in_batches::<download_link::Entity>(&app.db, &is_old).await?;
    let tx = app.db.begin().await?;
    let oldest = (now.date_naive() - chrono::Days::new(DAYS)).to_string();
    let usage = Statement::from_sql_and_values(
        tx.get_database_backend(),
        "DELETE FROM file_usage WHERE day < $1",
        [oldest.into()],
    );
    tx.execute_raw(usage).await?;
    tx.commit().await?;
    Ok(Swept { expired, uploads, orphans, hollow })
}

/// Ends uploads that take longer than any may, and gives back what they reserved.
async fn end_uploads(app: &App, store: &dyn FileStore) -> Result<u64> {
    let late = app.ambient.now() - TimeDelta::from_std(LONGEST_UPLOAD * 2).unwrap_or(TimeDelta::MAX);
    let dead = upload::Entity::find().filter(upload::Column::CreatedAt.lt(late)).all(app.db.reader()).await?;
    for upload in &dead {
        // The row goes first: an upload that is alive after all finds that it has ended.
        quota::give_back(app, upload).await?;
        if let Ok(key) = upload.store_key.parse() {
            store.delete(key).await?;
        }
    }
    Ok(dead.len() as u64)
}

/// Deletes files that nothing used in time.
async fn delete_expired(app: &App, store: &dyn FileStore) -> Result<u64> {
    let now = app.ambient.now();
    let is_expired = Condition::all().add(Column::UsedBy.is_null()).add(Column::ExpiresAt.lt(now));
    let mut deleted = 0;
    loop {
        let tx = app.db.begin().await?;
        let found = Entity::find().filter(is_expired.clone()).limit(BATCH as u64).lock_exclusive().all(&*tx).await?;
        let ids = found.iter().map(|file| file.id);
        Entity::delete_many().filter(Column::Id.is_in(ids)).exec(&*tx).await?;
        tx.commit().await?;
        for key in found.iter().filter_map(|file| file.store_key.parse().ok()) {
            store.delete(key).await?;
        }
        deleted += found.len() as u64;
        if found.len() < BATCH {
            return Ok(deleted);
        }
    }
}

/// Deletes unused files whose content is gone. Used ones stay, for their users tell of them.
async fn delete_hollow(app: &App, store: &dyn FileStore) -> Result<u64> {
    let (mut deleted, mut after) = (0, Id::<File>::nil());
    loop {
        let unused = Entity::find().filter(Column::UsedBy.is_null()).filter(Column::Id.gt(after));
        let files = unused.order_by_asc(Column::Id).limit(BATCH as u64).all(app.db.reader()).await?;
        for file in &files {
            let Ok(key) = file.store_key.parse() else { continue };
            if !store.contains(key).await? {
                let tx = app.db.begin().await?;
                let unused = Entity::delete_many().filter(Column::Id.eq(file.id)).filter(Column::UsedBy.is_null());
                deleted += unused.exec(&*tx).await?.rows_affected;
                tx.commit().await?;
            }
        }
        match files.last() {
            Some(last) if files.len() == BATCH => after = last.id,
            _ => return Ok(deleted),
        }
    }
}

/// Deletes contents without a row. Each had its row before it was there, so that one listed now without a row belongs to nobody.
async fn delete_orphans(app: &App, store: &dyn FileStore) -> Result<u64> {
    let mut deleted = 0;
    let mut batches = store.keys().ready_chunks(BATCH);
    while let Some(batch) = batches.next().await {
        let keys: Vec<FileKey> = batch.into_iter().collect::<Result<_, _>>()?;
        let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
        // Uploads first: an upload becomes a file, never the other way round.
        let uploads = upload::Entity::find().filter(upload::Column::StoreKey.is_in(&texts));
        let mut known: HashSet<String> =
            uploads.all(app.db.reader()).await?.into_iter().map(|upload| upload.store_key).collect();
        let files = Entity::find().select_only().column(Column::StoreKey).filter(Column::StoreKey.is_in(&texts));
        known.extend(files.into_tuple::<String>().all(app.db.reader()).await?);
        for (key, _) in keys.into_iter().zip(&texts).filter(|(_, text)| !known.contains(*text)) {
            store.delete(key).await?;
            deleted += 1;
        }
    }
    Ok(deleted)
}
