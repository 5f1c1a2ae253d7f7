//! Keyset pagination: a page begins after the last row of the one before, found by an index, so that the thousandth page
//! costs what the first costs and rows that come or go between two requests shift nothing.

use chrono::{DateTime, Datelike, Utc};
use sea_orm::{
    ColumnDef, ColumnTrait, ColumnType, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Expr, ExprTrait, NullOrdering, Order, SimpleExpr},
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
    /// Nothing, which stands after all else.
    N,
}

impl SortKey {
    /// The key that `value` is; `None` for types that no list is ordered by.
    fn from_value(value: Value) -> Option<Self> {
        match value {
            value if is_null(&value) => Some(Self::N),
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

    /// The value to compare with; `None` for nothing, with which SQL compares nothing.
    fn into_value(self) -> Option<Value> {
        match self {
            Self::T(text) => Some(text.into()),
            Self::I(number) => Some(number.into()),
            Self::F(number) => Some(number.into()),
            Self::D(time) => Some(time.into()),
            Self::U(id) => Some(id.into()),
            Self::N => None,
        }
    }

    /// Whether the key can be compared with the values of `column`.
    fn fits(&self, column: &ColumnDef) -> bool {
        let is_nullable = column.is_null();
        let column = column.get_column_type();
        match self {
            Self::N => is_nullable,
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

/// Whether there is nothing in `value`.
fn is_null(value: &Value) -> bool {
    matches!(
        value,
        Value::String(None)
            | Value::Int(None)
            | Value::SmallInt(None)
            | Value::BigInt(None)
            | Value::Double(None)
            | Value::ChronoDateTimeUtc(None)
            | Value::Uuid(None)
    )
}

/// An order of a list: by one indexed column, with the id as tie-break, both in one direction (so that one row comparison
/// finds the place). Rows that have nothing in the column come last, whichever the direction.
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
        let fits = |(key, column): (&SortKey, &E::Column)| key.fits(&column.def());
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

    /// The rows beyond `bound`, in the direction of the list or against it.
    fn beyond(&self, bound: &Bound, way: Way) -> SimpleExpr {
        let direction = match way {
            Way::On => self.direction,
            Way::Back => self.direction.reversed(),
        };
        let columns = self.columns();
        let values: Vec<_> = bound.0.iter().cloned().map_while(SortKey::into_value).collect();
        if values.len() == columns.len() {
            let beyond = compared(columns.iter().map(|column| of::<E>(*column)), values, direction);
            // What has nothing there comes after all that has.
            return match way {
                Way::On if self.column.def().is_null() => beyond.or(of::<E>(self.column).is_null()),
                _ => beyond,
            };
        }
        // Among those that have nothing there the rest of the order tells.
        let tied = bound.0.iter().skip(1).cloned().filter_map(SortKey::into_value).collect();
        let beyond = compared(columns.iter().skip(1).map(|column| of::<E>(*column)), tied, direction);
        let beyond = of::<E>(self.column).is_null().and(beyond);
        match way {
            Way::On => beyond,
            Way::Back => beyond.or(of::<E>(self.column).is_not_null()),
        }
    }

    /// Adds the bounds of `page` to `select`.
    pub(super) fn bounded(&self, mut select: Select<E>, page: &PageRequest) -> Select<E> {
        if let Some(after) = &page.after {
            select = select.filter(self.beyond(after, Way::On));
        }
        if let Some(before) = &page.before {
            select = select.filter(self.beyond(before, Way::Back));
        }
        select
    }

    /// What the rows of `page` are read by: from its end when it asks for the last ones.
    pub(super) fn reading(&self, page: &PageRequest) -> Vec<Ordered<E::Column>> {
        let (direction, nulls) = match page.backward {
            false => (self.direction, NullOrdering::Last),
            true => (self.direction.reversed(), NullOrdering::First),
        };
        let ordered = |column: E::Column| Ordered {
            column,
            order: direction.order(),
            nulls: column.def().is_null().then_some(nulls),
        };
        self.columns().into_iter().map(ordered).collect()
    }
}

/// A column by which rows are read.
#[derive(Clone)]
pub(super) struct Ordered<C> {
    pub(super) column: C,
    pub(super) order: Order,
    /// Where those stand that have nothing in it; `None` where all have something. Said only then, for it keeps databases
    /// from an index that is in order.
    pub(super) nulls: Option<NullOrdering>,
}

/// Which way from a place.
#[derive(Clone, Copy)]
enum Way {
    /// To the rows after it.
    On,
    /// To the rows before it.
    Back,
}

/// A column of the table itself, whatever else is joined.
fn of<E: EntityTrait>(column: E::Column) -> SimpleExpr {
    Expr::col((E::default(), column))
}

/// The rows whose `columns` come after `values` in `direction`.
fn compared(columns: impl Iterator<Item = SimpleExpr>, values: Vec<Value>, direction: Direction) -> SimpleExpr {
    let (columns, values) = (Expr::tuple(columns), Expr::tuple(values.into_iter().map(Expr::val)));
    match direction {
        Direction::Ascending => columns.gt(values),
        Direction::Descending => columns.lt(values),
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
    pub(super) fn from_read(mut items: Vec<M>, page: &PageRequest) -> Self {
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
    for Ordered { column, order, nulls } in keyset.reading(page) {
        select = match nulls {
            Some(nulls) => select.order_by_with_nulls(column, order, nulls),
            None => select.order_by(column, order),
        };
    }
    let rows = connection.query_all(select.as_query()).await?;
    let items = rows.iter().map(|row| reader.read(row, |model| model)).collect::<Result<_, _>>()?;
    Ok(KeysetPage::from_read(items, page))
}
