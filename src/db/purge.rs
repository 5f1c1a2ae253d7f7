//! Deleting what is old, a little at a time.

use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter, QuerySelect, prelude::Uuid,
};

use super::Db;

/// Rows deleted in one transaction: SQLite's one writer is not kept busy, and on PostgreSQL live events do not wait.
const BATCH: u64 = 500;

/// Deletes the rows for which `is_old` holds, and says how many. The table's primary key is one UUID.
///
/// # Errors
/// When the database fails; what was deleted before stays deleted.
pub async fn delete_in_batches<E>(db: &Db, is_old: &Condition) -> Result<u64, DbErr>
where
    E: EntityTrait,
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
{
    let Some(id) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) else { return Ok(0) };
    let mut deleted = 0;
    loop {
        let tx = db.begin().await?;
        let found = E::find().filter(is_old.clone()).select_only().column(id).limit(BATCH);
        let ids: Vec<Uuid> = found.into_tuple().all(&*tx).await?;
        let count = ids.len() as u64;
        // The condition again: a row may have come to life in between.
        let these = E::delete_many().filter(id.is_in(ids)).filter(is_old.clone());
        deleted += these.exec(&*tx).await?.rows_affected;
        tx.commit().await?;
        if count < BATCH {
            return Ok(deleted);
        }
    }
}
