//! Deletion of old rows in small batches.

use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter, QuerySelect, prelude::Uuid,
};

use super::Db;

/// Rows per transaction, limited to keep SQLite's single writer free and live events on PostgreSQL prompt.
const BATCH: u64 = 500;

/// Deletes the rows that match `is_old`, and returns their number. The table's primary key must be one UUID.
///
/// # Errors
/// If the database fails; rows deleted before stay deleted.
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
