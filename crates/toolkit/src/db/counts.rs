//! Counts of rows by what stands in a column, and by the periods in which a time lies.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, Iterable, QuerySelect, QueryTrait, Select, TryGetable,
    sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Order, Query, SelectStatement},
};

use crate::periods::Bucket;

/// The number of rows with a common value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count<K> {
    /// The common value.
    pub key: K,
    /// The number of rows.
    pub rows: u64,
}

/// Counts the rows of `select` by what stands in `column`, by one statement, in no order. What no row has is not among the
/// counts.
///
/// # Errors
/// When the database fails, or a row holds something else than a `K`.
pub async fn counts_by<K, E, C>(connection: &C, select: Select<E>, column: E::Column) -> Result<Vec<Count<K>>, DbErr>
where
    K: TryGetable + Send,
    E: EntityTrait,
    C: ConnectionTrait,
{
    let mut select = select.select_only().column(column).expr_as(Expr::cust("COUNT(*)"), "rows").group_by(column);
    QuerySelect::query(&mut select).clear_order_by();
    let counts: Vec<(K, i64)> = select.into_tuple().all(connection).await?;
    Ok(counts.into_iter().map(|(key, rows)| Count { key, rows: number(rows) }).collect())
}

/// Counts the rows of `select` by the value of an enum that stands in `column`, by one statement: all values in their order,
/// also those that no row has.
///
/// # Errors
/// When the database fails, or a row holds no value of the enum.
pub async fn counts_of_all<K, E, C>(
    connection: &C,
    select: Select<E>,
    column: E::Column,
) -> Result<Vec<Count<K>>, DbErr>
where
    K: TryGetable + Iterable + PartialEq + Send,
    E: EntityTrait,
    C: ConnectionTrait,
{
    let found: Vec<Count<K>> = counts_by(connection, select, column).await?;
    let rows_of = |key: &K| found.iter().find(|count| count.key == *key).map_or(0, |count| count.rows);
    Ok(K::iter().map(|key| Count { rows: rows_of(&key), key }).collect())
}

/// Counts the rows of `select` in each of `buckets` by the time in `column`, by one statement, in the order of the buckets.
///
/// # Errors
/// When the database fails.
pub async fn counts_per_bucket<E, C>(
    connection: &C,
    select: Select<E>,
    column: E::Column,
    buckets: &[Bucket],
) -> Result<Vec<u64>, DbErr>
where
    E: EntityTrait,
    C: ConnectionTrait,
{
    let Some(mut statement) = per_bucket(select, column, buckets) else { return Ok(Vec::new()) };
    statement.expr_as(Expr::col((Alias::new(ROWS), column)).count(), "rows");
    let rows = connection.query_all(&statement).await?;
    rows.iter().map(|row| row.try_get::<i64>("", "rows").map(number)).collect()
}

/// The name of the rows within [`per_bucket`].
pub const ROWS: &str = "counted";

/// Selects, in the order of `buckets`, what is computed of the rows of `select` whose time in `column` lies in each: to be
/// given as expressions over the columns of [`ROWS`], which are null in a bucket without rows. The same statement gives the
/// same on both databases, and finds the rows by an index on `column`. `None` where there are no buckets.
pub fn per_bucket<E: EntityTrait>(
    mut select: Select<E>,
    column: E::Column,
    buckets: &[Bucket],
) -> Option<SelectStatement> {
    const BUCKETS: &str = "buckets";
    if buckets.is_empty() {
        return None;
    }
    QuerySelect::query(&mut select).clear_order_by();
    // Both databases call the columns of values so.
    let [number, start, end] = ["column1", "column2", "column3"].map(|name| Expr::col((BUCKETS, name)));
    let values = (0_i32..).zip(buckets).map(|(number, Bucket { start, end, .. })| (number, *start, *end));
    let at = || Expr::col((Alias::new(ROWS), column));
    let statement = Query::select()
        .from_values(values.collect::<Vec<(i32, DateTime<Utc>, DateTime<Utc>)>>(), BUCKETS)
        .join_subquery(
            JoinType::LeftJoin,
            select.into_query(),
            ROWS,
            Condition::all().add(at().gte(start)).add(at().lt(end)),
        )
        .add_group_by([number.clone()])
        .order_by_expr(number, Order::Asc)
        .take();
    Some(statement)
}

fn number(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}
