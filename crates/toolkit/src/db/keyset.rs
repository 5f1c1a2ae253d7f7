//! Keyset pagination: a page starts after the last row of the previous one, found by an index, so that every page costs
//! the same, and inserted or deleted rows do not shift it.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::{
    ColumnDef, ColumnTrait, ColumnType, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    ModelTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Value,
    sea_query::{Expr, ExprTrait, NullOrdering, Order, SimpleExpr},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Columns, Rows};

/// Sort direction of a list.
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

/// One sort value of a row, as stored in a cursor.
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
    /// A day.
    Y(NaiveDate),
    /// An id.
    U(Uuid),
    /// Nothing, which stands after all else.
    N,
}

impl SortKey {
    /// Converts a value to a key; `None` for types that no list is sorted by.
    fn from_value(value: Value) -> Option<Self> {
        match value {
            value if is_null(&value) => Some(Self::N),
            Value::String(Some(text)) => Some(Self::T(text)),
            Value::Int(Some(number)) => Some(Self::I(number.into())),
            Value::SmallInt(Some(number)) => Some(Self::I(number.into())),
            Value::BigInt(Some(number)) => Some(Self::I(number)),
            Value::Double(Some(number)) => Some(Self::F(number)),
            Value::ChronoDateTimeUtc(Some(time)) => Some(Self::D(time)),
            Value::ChronoDate(Some(day)) => Some(Self::Y(day)),
            Value::Uuid(Some(id)) => Some(Self::U(id)),
            _ => None,
        }
    }

    /// Returns the value to compare with; `None` for null, which SQL compares with nothing.
    fn into_value(self) -> Option<Value> {
        match self {
            Self::T(text) => Some(text.into()),
            Self::I(number) => Some(number.into()),
            Self::F(number) => Some(number.into()),
            Self::D(time) => Some(time.into()),
            Self::Y(day) => Some(day.into()),
            Self::U(id) => Some(id.into()),
            Self::N => None,
        }
    }

    /// Returns true if the key is comparable with the values of `column`.
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
            Self::Y(day) => (1..=9999).contains(&day.year()) && matches!(column, ColumnType::Date),
            Self::U(_) => matches!(column, ColumnType::Uuid),
        }
    }
}

/// Returns true if `value` is null.
fn is_null(value: &Value) -> bool {
    matches!(
        value,
        Value::String(None)
            | Value::Int(None)
            | Value::SmallInt(None)
            | Value::BigInt(None)
            | Value::Double(None)
            | Value::ChronoDateTimeUtc(None)
            | Value::ChronoDate(None)
            | Value::Uuid(None)
    )
}

/// A sort order: by one indexed column, with the id as tie-breaker in the same direction, so that one row comparison
/// finds the position. Rows with null in the column come last in either direction.
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
    /// Creates the order by `column`.
    pub fn new(column: E::Column, direction: Direction) -> Self {
        Self { column, direction }
    }

    /// Returns the name that binds a cursor to this order, such as `companies.name.asc`.
    pub fn name(&self) -> String {
        let direction = match self.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        format!("{}.{}.{direction}", E::default().table_name(), self.column.as_str())
    }

    /// Returns the position of `model` in this order.
    pub fn place(&self, model: &E::Model) -> Vec<SortKey> {
        self.columns().into_iter().filter_map(|column| SortKey::from_value(model.get(column))).collect()
    }

    /// Returns true if `place` has the number and types of keys of this order.
    pub fn accepts(&self, place: &[SortKey]) -> bool {
        let columns = self.columns();
        let fits = |(key, column): (&SortKey, &E::Column)| key.fits(&column.def());
        place.len() == columns.len() && place.iter().zip(&columns).all(fits)
    }

    /// Returns the columns of the order; `None` if they are not among the first 64.
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

    /// Returns the condition for rows beyond `bound`, in the direction of the list or against it.
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

    /// Returns the order in which the rows of `page` are read: from the end for the last ones.
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

/// A column in an `ORDER BY`.
#[derive(Clone)]
pub(super) struct Ordered<C> {
    pub(super) column: C,
    pub(super) order: Order,
    /// Position of nulls; `None` if the column has none, since stating it keeps databases from using an index in order.
    pub(super) nulls: Option<NullOrdering>,
}

/// Direction from a position.
#[derive(Clone, Copy)]
enum Way {
    /// To the rows after it.
    On,
    /// To the rows before it.
    Back,
}

/// Returns the column qualified with its table.
fn of<E: EntityTrait>(column: E::Column) -> SimpleExpr {
    Expr::col((E::default(), column))
}

/// Returns the condition that `columns` come after `values` in `direction`.
fn compared(columns: impl Iterator<Item = SimpleExpr>, values: Vec<Value>, direction: Direction) -> SimpleExpr {
    let (columns, values) = (Expr::tuple(columns), Expr::tuple(values.into_iter().map(Expr::val)));
    match direction {
        Direction::Ascending => columns.gt(values),
        Direction::Descending => columns.lt(values),
    }
}

/// A position in an order, after or before which rows are requested.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound(pub Vec<SortKey>);

/// A request for a page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest {
    /// Maximum number of rows.
    pub limit: u64,
    /// True for the last rows instead of the first.
    pub backward: bool,
    /// Position after which rows are read.
    pub after: Option<Bound>,
    /// Position before which rows are read.
    pub before: Option<Bound>,
}

/// A page of rows in the order of the list.
#[derive(Debug, Clone)]
pub struct KeysetPage<M> {
    /// The rows.
    pub items: Vec<M>,
    /// True if rows come before these.
    pub has_previous: bool,
    /// True if rows come after these.
    pub has_next: bool,
}

impl<M> KeysetPage<M> {
    /// Converts each row by `node`.
    pub fn map<N>(self, node: impl FnMut(M) -> N) -> KeysetPage<N> {
        let Self { items, has_previous, has_next } = self;
        KeysetPage { items: items.into_iter().map(node).collect(), has_previous, has_next }
    }

    /// Returns a page without rows.
    pub fn empty(page: &PageRequest) -> Self {
        Self::from_read(Vec::new(), page)
    }

    /// Creates a page from rows in reading order, which include one more than requested if there are more.
    pub(super) fn from_read(mut items: Vec<M>, page: &PageRequest) -> Self {
        if page.limit == 0 {
            // Without a row there is no cursor to go on from.
            return Self { items: Vec::new(), has_previous: false, has_next: false };
        }
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

/// Reads one page of `rows` with one statement.
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
