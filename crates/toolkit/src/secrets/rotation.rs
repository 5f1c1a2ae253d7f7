//! Sealing all texts anew by the first key.

use sea_orm::{ConnectionTrait, DbErr, Statement};
use uuid::Uuid;

use super::{
    error::{RotationError, SealError},
    place::SealedColumn,
    ring::prefix,
    store::Secrets,
};
use crate::db::Db;

/// Number of texts that are read at once.
const BATCH: u64 = 200;
/// Maximum number of passes over all columns. Another pass is made only for texts that somebody changed during the last one.
const PASSES: usize = 5;

/// The result of a rotation.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// Number of texts sealed anew.
    pub resealed: u64,
    /// Number of texts that were changed in every pass before they could be replaced.
    pub changed: u64,
    /// Texts that do not open, and stay as they are.
    pub unopened: Vec<Unopened>,
}

/// A text that does not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unopened {
    /// Its column.
    pub column: SealedColumn,
    /// Its row.
    pub row: Uuid,
    /// The reason.
    pub error: SealError,
}

/// A sealed text and its row.
struct Stored {
    row: Uuid,
    sealed: String,
}

impl Secrets {
    /// Seals anew by the first key what others sealed. Each text is replaced by a statement of its own, and only if it still
    /// is what was read: a rotation that ends early has lost nothing and goes on when it is started again, locks nothing
    /// longer than a statement, and undoes no change of a running server.
    ///
    /// # Errors
    /// If there is no key, or the database fails.
    pub async fn rotate(&self, db: &Db) -> Result<Rotated, RotationError> {
        let id = self.ring.sealing().ok_or(RotationError::NotConfigured)?;
        let mut all = Rotated::default();
        for _ in 0..PASSES {
            let mut pass = Rotated { resealed: all.resealed, ..Rotated::default() };
            for column in self.columns {
                self.rotate_column(db, column, &prefix(id), &mut pass).await?;
            }
            all = pass;
            if all.changed == 0 {
                break;
            }
        }
        Ok(all)
    }

    async fn rotate_column(
        &self,
        db: &Db,
        column: &SealedColumn,
        present: &str,
        pass: &mut Rotated,
    ) -> Result<(), DbErr> {
        let mut after = None;
        loop {
            let batch = read(db, column, present, after).await?;
            for stored in &batch {
                match self.reseal(column, stored) {
                    Ok(sealed) => match replace(db, column, stored, sealed).await? {
                        true => pass.resealed += 1,
                        false => pass.changed += 1,
                    },
                    Err(error) => pass.unopened.push(Unopened { column: *column, row: stored.row, error }),
                }
            }
            match batch.last() {
                Some(last) => after = Some(last.row),
                None => return Ok(()),
            }
        }
    }

    fn reseal(&self, column: &SealedColumn, stored: &Stored) -> Result<String, SealError> {
        self.seal(column, stored.row, &self.unseal(column, stored.row, &stored.sealed)?)
    }
}

/// Returns the next texts after the row `after` that do not begin with `present`.
async fn read(db: &Db, column: &SealedColumn, present: &str, after: Option<Uuid>) -> Result<Vec<Stored>, DbErr> {
    let SealedColumn { table, id, column } = column;
    let mut values = vec![present.into()];
    let mut beyond = String::new();
    if let Some(after) = after {
        values.push(after.into());
        beyond = format!(r#"AND "{table}"."{id}" > $2"#);
    }
    let sql = format!(
        r#"SELECT "{table}"."{id}" AS id, "{table}"."{column}" AS sealed FROM "{table}"
           WHERE substr("{table}"."{column}", 1, {length}) <> $1 {beyond} ORDER BY "{table}"."{id}" LIMIT {BATCH}"#,
        length = present.len()
    );
    let rows = db.reader().query_all_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    rows.iter().map(|row| Ok(Stored { row: row.try_get("", "id")?, sealed: row.try_get("", "sealed")? })).collect()
}

/// Replaces a text unless it was changed, and returns true if it was replaced.
async fn replace(db: &Db, column: &SealedColumn, old: &Stored, new: String) -> Result<bool, DbErr> {
    let SealedColumn { table, id, column } = column;
    let sql = format!(
        r#"UPDATE "{table}" SET "{column}" = $1 WHERE "{table}"."{id}" = $2 AND "{table}"."{column}" = $3 RETURNING "{id}""#
    );
    let values = [new.into(), old.row.into(), old.sealed.as_str().into()];
    let replaced = db.write_alone(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    Ok(!replaced.is_empty())
}
