//! Reads the same page of children for many parents with one statement.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic, JoinType, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, QueryTrait, Select, Value,
    sea_query::{
        Alias, Asterisk, ColumnRef, Expr, ExprTrait, Func, IntoColumnRef, Order, OrderedStatement, Query,
        SelectStatement, WindowStatement,
    },
};
use uuid::Uuid;

use super::{Keyset, KeysetPage, PageRequest, Rows, keyset::Ordered};

/// Reads the same page of children for each of many `parents`, referenced by the column `parent`, with one statement;
/// `node` converts a row. In partial reads, the parent column is read too.
///
/// PostgreSQL reads only the rows of the page of each parent (`LATERAL`). SQLite has no such thing; there a window
/// function numbers the rows of each parent, and the database discards those beyond the limit.
///
/// # Errors
/// When the database fails.
pub async fn fetch_children<E, C, N>(
    connection: &C,
    rows: impl Into<Rows<E>>,
    (parent, parents): (E::Column, Vec<Uuid>),
    keyset: Keyset<E>,
    page: &PageRequest,
    node: impl Fn(E::Model) -> N,
) -> Result<HashMap<Uuid, KeysetPage<N>>, DbErr>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
    C: ConnectionTrait,
{
    let (select, mut reader) = rows.into().read(Some(parent));
    let select = keyset.bounded(select, page);
    let below = Below { parent, parents, order: keyset.reading(page), limit: page.limit + 1 };
    let mut rows = match connection.get_database_backend() {
        DbBackend::Postgres => below.by_lateral(select),
        _ => below.by_window(select),
    };
    // Where among them the parent is.
    let place = match reader.columns() {
        Some(columns) => {
            let columns: Vec<_> = columns.collect();
            rows.columns(columns.iter().map(|column| (Alias::new(RANKED), *column)));
            columns.iter().position(|column| column.as_str() == parent.as_str())
        }
        None => {
            rows.column((Alias::new(RANKED), Asterisk));
            None
        }
    };
    // Most parents fill a small page, and few a large one.
    let room = usize::try_from(page.limit + 1).unwrap_or_default().min(16);
    // The rows of a parent stand together.
    let mut below: Vec<(Uuid, Vec<N>)> = Vec::new();
    for row in connection.query_all(&rows).await? {
        let parent = reader.id(&row, place, parent)?;
        if below.last().is_none_or(|(last, _)| *last != parent) {
            below.push((parent, Vec::with_capacity(room)));
        }
        if let Some((_, items)) = below.last_mut() {
            items.push(reader.read(&row, &node)?);
        }
    }
    Ok(below.into_iter().map(|(parent, items)| (parent, KeysetPage::from_read(items, page))).collect())
}

/// Alias of the numbered rows in the statement.
const RANKED: &str = "ranked";
const RANK: &str = "rank_below_parent";

/// The first rows of each of many parents.
struct Below<E: EntityTrait> {
    parent: E::Column,
    parents: Vec<Uuid>,
    order: Vec<Ordered<E::Column>>,
    limit: u64,
}

impl<E: EntityTrait> Below<E> {
    fn by_lateral(self, select: Select<E>) -> SelectStatement {
        let (parents, ranked) = (Alias::new("parents"), Alias::new(RANKED));
        let mut inner = select.into_query();
        inner.and_where(Expr::col((E::default(), self.parent)).equals((parents.clone(), parents.clone())));
        // What is ordered by leaves the inner statement too: ordering by it again takes two thirds of numbering the rows.
        let keys: Vec<_> = (0..self.order.len()).map(|place| Alias::new(format!("order_{place}"))).collect();
        for (Ordered { column, .. }, key) in self.order.iter().zip(&keys) {
            inner.expr_as(Expr::col((E::default(), *column)), key.clone());
        }
        let mut inner = ordered(inner, &self.order, |place| (E::default(), self.order[place].column).into_column_ref());
        inner.limit(self.limit);
        let on = Expr::cust("TRUE");
        let outer = Query::select()
            // One statement, however many parents there are: a connection keeps a hundred prepared.
            .from_function(Func::cust(Alias::new("UNNEST")).arg(Value::from(self.parents)), parents.clone())
            .join_lateral(JoinType::InnerJoin, inner, ranked.clone(), on)
            .order_by((parents.clone(), parents), Order::Asc)
            .to_owned();
        ordered(outer, &self.order, |place| (ranked.clone(), keys[place].clone()).into_column_ref())
    }

    fn by_window(self, select: Select<E>) -> SelectStatement {
        let (rank, ranked) = (Alias::new(RANK), Alias::new(RANKED));
        let mut inner = select.filter(self.parent.is_in(self.parents)).into_query();
        let window = WindowStatement::partition_by((E::default(), self.parent));
        let window = ordered(window, &self.order, |place| (E::default(), self.order[place].column).into_column_ref());
        inner.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, rank.clone());
        Query::select()
            .from_subquery(inner, ranked.clone())
            .and_where(Expr::col(rank.clone()).lte(i64::try_from(self.limit).unwrap_or(i64::MAX)))
            .order_by((ranked, self.parent), Order::Asc)
            .order_by(rank, Order::Asc)
            .to_owned()
    }
}

/// Adds `order` to `statement`, whose column for a place in it `column` gives.
fn ordered<C, S: OrderedStatement>(mut statement: S, order: &[Ordered<C>], column: impl Fn(usize) -> ColumnRef) -> S {
    for (place, Ordered { order, nulls, .. }) in order.iter().enumerate() {
        match nulls {
            Some(nulls) => statement.order_by_with_nulls(column(place), order.clone(), *nulls),
            None => statement.order_by(column(place), order.clone()),
        };
    }
    statement
}
