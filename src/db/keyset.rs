//! Keyset pagination: a page begins after the last row of the one before, found by an index, so that the thousandth page
//! costs what the first costs and rows that come or go between two requests shift nothing.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    JoinType, ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, Order, Query, SelectStatement, SimpleExpr, WindowStatement},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Columns, Rows};

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest, earliest, A first.
    Ascending,
    /// Largest, latest, Z first.
    Descending,
}

impl Direction {
    fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }

    fn order(self) -> Order {
        match self {
            Self::Ascending => Order::Asc,
            Self::Descending => Order::Desc,
        }
    }
}

/// One value of a row's place in an order, as it is kept in a cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SortKey {
    /// A text.
    T(String),
    /// A whole number.
    I(i64),
    /// A fraction.
    F(f64),
    /// A time.
    D(DateTime<Utc>),
    /// An id.
    U(Uuid),
}

impl SortKey {
    /// The key that `value` is; `None` for null and for types that no list is ordered by.
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::String(Some(text)) => Some(Self::T(text)),
            Value::Int(Some(number)) => Some(Self::I(number.into())),
            Value::SmallInt(Some(number)) => Some(Self::I(number.into())),
            Value::BigInt(Some(number)) => Some(Self::I(number)),
            Value::Double(Some(number)) => Some(Self::F(number)),
            Value::ChronoDateTimeUtc(Some(time)) => Some(Self::D(time)),
            Value::Uuid(Some(id)) => Some(Self::U(id)),
            _ => None,
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::T(text) => text.into(),
            Self::I(number) => number.into(),
            Self::F(number) => number.into(),
            Self::D(time) => time.into(),
            Self::U(id) => id.into(),
        }
    }

    /// Whether the key can be compared with the values of a column of type `column`.
    fn fits(&self, column: &ColumnType) -> bool {
        match self {
            // PostgreSQL keeps no U+0000.
            Self::T(text) => {
                !text.contains('\0') && matches!(column, ColumnType::Char(_) | ColumnType::String(_) | ColumnType::Text)
            }
            Self::I(_) => matches!(column, ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger),
            Self::F(_) => matches!(column, ColumnType::Float | ColumnType::Double),
            // Years beyond four digits compare otherwise as text, which SQLite keeps, and PostgreSQL has fewer of them.
            Self::D(time) => {
                (1..=9999).contains(&time.year())
                    && matches!(column, ColumnType::Timestamp | ColumnType::TimestampWithTimeZone)
            }
            Self::U(_) => matches!(column, ColumnType::Uuid),
        }
    }
}

/// An order of a list: by one indexed column that is never null, with the id as tie-break, both in one direction (so that
/// one row comparison finds the place).
#[derive(Debug, Clone, Copy)]
pub struct Keyset<E: EntityTrait> {
    column: E::Column,
    direction: Direction,
}

impl<E> Keyset<E>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
{
    /// The order by `column`.
    pub fn new(column: E::Column, direction: Direction) -> Self {
        Self { column, direction }
    }

    /// The name that binds a cursor to this order, such as `companies.name.asc`.
    pub fn name(&self) -> String {
        let direction = match self.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        format!("{}.{}.{direction}", E::default().table_name(), self.column.as_str())
    }

    /// Where `model` stands in this order.
    pub fn place(&self, model: &E::Model) -> Vec<SortKey> {
        self.columns().into_iter().filter_map(|column| SortKey::from_value(model.get(column))).collect()
    }

    /// Whether `place` could be a place in this order: as many keys as the order has, of kinds that can be compared.
    pub fn accepts(&self, place: &[SortKey]) -> bool {
        let columns = self.columns();
        let fits = |(key, column): (&SortKey, &E::Column)| key.fits(column.def().get_column_type());
        place.len() == columns.len() && place.iter().zip(&columns).all(fits)
    }

    /// The columns of the order; `None` when they are not among those that can be told apart.
    pub fn places(&self) -> Option<Columns> {
        let columns = self.columns().into_iter().map(|column| Columns::named::<E>(column.as_str()));
        columns.reduce(|all, column| Some(all?.and(column?))).flatten()
    }

    fn columns(&self) -> Vec<E::Column> {
        let mut columns = vec![self.column];
        columns.extend(E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column));
        columns.dedup_by(|a, b| a.as_str() == b.as_str());
        columns
    }

    fn tuple(&self) -> SimpleExpr {
        Expr::tuple(self.columns().into_iter().map(|column| Expr::col((E::default(), column))))
    }

    fn beyond(&self, bound: &Bound, direction: Direction) -> SimpleExpr {
        let values = Expr::tuple(bound.0.iter().map(|key| Expr::val(key.clone().into_value())));
        match direction {
            Direction::Ascending => self.tuple().gt(values),
            Direction::Descending => self.tuple().lt(values),
        }
    }

    /// Adds the bounds of `page` to `select`.
    fn bounded(&self, mut select: Select<E>, page: &PageRequest) -> Select<E> {
        if let Some(after) = &page.after {
            select = select.filter(self.beyond(after, self.direction));
        }
        if let Some(before) = &page.before {
            select = select.filter(self.beyond(before, self.direction.reversed()));
        }
        select
    }

    /// The direction in which the rows of `page` are read: from its end when it asks for the last ones.
    fn reading(&self, page: &PageRequest) -> Direction {
        if page.backward { self.direction.reversed() } else { self.direction }
    }
}

/// A place in an order; rows are asked for after or before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound(pub Vec<SortKey>);

/// Which rows of a list are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest {
    /// At most so many.
    pub limit: u64,
    /// The last ones instead of the first.
    pub backward: bool,
    /// Only rows after this place.
    pub after: Option<Bound>,
    /// Only rows before this place.
    pub before: Option<Bound>,
}

/// Rows of a list, in its order.
#[derive(Debug, Clone)]
pub struct KeysetPage<M> {
    /// The rows.
    pub items: Vec<M>,
    /// Whether rows come before these.
    pub has_previous: bool,
    /// Whether rows come after these.
    pub has_next: bool,
}

impl<M> KeysetPage<M> {
    /// The same page, each row shown by `node`.
    pub fn map<N>(self, node: impl FnMut(M) -> N) -> KeysetPage<N> {
        let Self { items, has_previous, has_next } = self;
        KeysetPage { items: items.into_iter().map(node).collect(), has_previous, has_next }
    }

    /// The page where no row is.
    pub fn empty(page: &PageRequest) -> Self {
        Self::from_read(Vec::new(), page)
    }

    /// A page from rows read in reading direction, one more than wanted where there are more.
    fn from_read(mut items: Vec<M>, page: &PageRequest) -> Self {
        let more = items.len() as u64 > page.limit;
        items.truncate(usize::try_from(page.limit).unwrap_or(usize::MAX));
        if page.backward {
            items.reverse();
            Self { items, has_previous: more, has_next: page.before.is_some() }
        } else {
            Self { items, has_previous: page.after.is_some(), has_next: more }
        }
    }
}

/// Reads one page of `rows`, by one statement.
///
/// # Errors
/// When the database fails.
pub async fn fetch_page<E, C>(
    connection: &C,
    rows: impl Into<Rows<E>>,
    keyset: Keyset<E>,
    page: &PageRequest,
) -> Result<KeysetPage<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
    C: ConnectionTrait,
{
    let (select, mut reader) = rows.into().read(None);
    let mut select = keyset.bounded(select, page).limit(page.limit + 1);
    for column in keyset.columns() {
        select = select.order_by(column, keyset.reading(page).order());
    }
    let rows = connection.query_all(select.as_query()).await?;
    let items = rows.iter().map(|row| reader.read(row, |model| model)).collect::<Result<_, _>>()?;
    Ok(KeysetPage::from_read(items, page))
}

/// Reads the same page below each of many `parents`, which the column `parent` names, by one statement; `node` is what shows
/// a row. Of rows in part the parent is read too.
///
/// PostgreSQL reads each parent's rows as far as the page goes (`LATERAL`). SQLite has no such thing: there a window function
/// numbers the rows of each parent, and those over the limit stay in the database.
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
    let order = (keyset.columns(), keyset.reading(page).order());
    let below = Below { parent, parents, order, limit: page.limit + 1 };
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

/// What the rows below many parents are called in a statement, with the place of each below its parent.
const RANKED: &str = "ranked";
const RANK: &str = "rank_below_parent";

/// The first rows below each of many parents.
struct Below<E: EntityTrait> {
    parent: E::Column,
    parents: Vec<Uuid>,
    order: (Vec<E::Column>, Order),
    limit: u64,
}

impl<E: EntityTrait> Below<E> {
    fn by_lateral(self, select: Select<E>) -> SelectStatement {
        let parents = Alias::new("parents");
        let mut inner = select.into_query();
        let (window, (columns, order)) = (WindowStatement::new(), self.order.clone());
        let window = Self::ordered(window, &columns, &order);
        inner.and_where(Expr::col((E::default(), self.parent)).equals((parents.clone(), parents.clone())));
        inner.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, Alias::new(RANK));
        for column in columns {
            inner.order_by((E::default(), column), order.clone());
        }
        inner.limit(self.limit);
        let on = Expr::cust("TRUE");
        Query::select()
            // One statement, however many parents there are: a connection keeps a hundred prepared.
            .from_function(Func::cust(Alias::new("UNNEST")).arg(Value::from(self.parents)), parents.clone())
            .join_lateral(JoinType::InnerJoin, inner, Alias::new(RANKED), on)
            .order_by((parents.clone(), parents), Order::Asc)
            .order_by(Alias::new(RANK), Order::Asc)
            .to_owned()
    }

    fn by_window(self, select: Select<E>) -> SelectStatement {
        let (rank, ranked) = (Alias::new(RANK), Alias::new(RANKED));
        let mut inner = select.filter(self.parent.is_in(self.parents)).into_query();
        let window = WindowStatement::partition_by((E::default(), self.parent));
        let window = Self::ordered(window, &self.order.0, &self.order.1);
        inner.expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, rank.clone());
        Query::select()
            .from_subquery(inner, ranked.clone())
            .and_where(Expr::col(rank.clone()).lte(i64::try_from(self.limit).unwrap_or(i64::MAX)))
            .order_by((ranked, self.parent), Order::Asc)
            .order_by(rank, Order::Asc)
            .to_owned()
    }

    fn ordered(mut window: WindowStatement, columns: &[E::Column], order: &Order) -> WindowStatement {
        for column in columns {
            window.order_by((E::default(), *column), order.clone());
        }
        window
    }
}
