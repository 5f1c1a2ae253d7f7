//! Counts of sealed texts.

use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::{place::SealedColumn, ring::prefix};
use crate::db::Db;

/// Returns the number of texts in `columns` that are sealed by the key `id`.
pub(super) async fn sealed_by(db: &Db, columns: &[SealedColumn], id: &str) -> Result<u64, DbErr> {
    let prefix = prefix(id);
    let mut rows = 0;
    for SealedColumn { table, column, .. } in columns {
        // No LIKE: SQLite's ignores case. With the table: SQLite takes a name that it does not know for a text.
        let length = prefix.len();
        let sql =
            format!(r#"SELECT COUNT(*) AS n FROM "{table}" WHERE substr("{table}"."{column}", 1, {length}) = $1"#);
        rows += count(db, &sql, [prefix.as_str().into()]).await?;
    }
    Ok(rows)
}

/// Returns the number of all texts in `columns`.
pub(super) async fn all(db: &Db, columns: &[SealedColumn]) -> Result<u64, DbErr> {
    let mut rows = 0;
    for SealedColumn { table, column, .. } in columns {
        rows += count(db, &format!(r#"SELECT COUNT("{table}"."{column}") AS n FROM "{table}""#), []).await?;
    }
    Ok(rows)
}

async fn count(db: &Db, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DbErr> {
    let row = db.reader().query_one_raw(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    let rows: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    Ok(u64::try_from(rows).unwrap_or_default())
}
