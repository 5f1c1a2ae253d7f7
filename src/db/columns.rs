//! Reading some of a row's columns. To read a wide row costs more than to show it, and most of it nobody asked for.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait, QueryResult, QuerySelect, Select, Value,
    sea_query::ArrayType,
};
use sqlx::Row;
use uuid::Uuid;

/// Which columns of a table are read, by their places in it. The first 64 can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Columns(u64);

impl Columns {
    /// No column.
    pub const NONE: Self = Self(0);

    /// The column called `name`; `None` when the table of `E` has none within the first 64.
    pub fn named<E: EntityTrait>(name: &str) -> Option<Self> {
        let place = E::Column::iter().position(|column| column.as_str() == name)?;
        1_u64.checked_shl(u32::try_from(place).ok()?).map(Self)
    }

    /// These columns and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These columns of `E`, and what is `needed` besides.
    fn of<E: EntityTrait>(self, needed: Option<E::Column>) -> Vec<E::Column> {
        let is_read = |(place, column): &(usize, E::Column)| {
            let is_asked_for = u32::try_from(*place).ok().and_then(|place| self.0.checked_shr(place));
            is_asked_for.is_some_and(|rest| rest & 1 == 1)
                || needed.is_some_and(|needed| needed.as_str() == column.as_str())
        };
        let mut read: Vec<_> = E::Column::iter().enumerate().filter(is_read).map(|(_, column)| column).collect();
        if read.is_empty() {
            // Who counts rows needs none of their columns, but a statement needs one.
            read.extend(E::Column::iter().next());
        }
        read
    }
}

/// Rows of which some columns are read.
#[derive(Debug, Clone)]
pub struct Partial<M> {
    /// Which.
    pub columns: Columns,
    /// What the others hold then, for nobody to look at.
    pub blank: M,
}

/// Rows of a table, whole or in part.
#[derive(Debug)]
pub struct Rows<E: EntityTrait> {
    pub(super) select: Select<E>,
    partial: Option<Partial<E::Model>>,
}

impl<E: EntityTrait> From<Select<E>> for Rows<E> {
    fn from(select: Select<E>) -> Self {
        Self { select, partial: None }
    }
}

impl<E: EntityTrait> Rows<E>
where
    E::Model: ModelTrait<Entity = E> + FromQueryResult,
{
    /// The rows of `select`, in part where there is a `partial`.
    pub fn new(select: Select<E>, partial: Option<Partial<E::Model>>) -> Self {
        Self { select, partial }
    }

    /// The statement that selects what is read, with `needed`, and what reads it.
    pub(super) fn read(self, needed: Option<E::Column>) -> (Select<E>, RowReader<E>) {
        let Self { select, partial } = self;
        let Some(Partial { columns, blank }) = partial else { return (select, RowReader::Whole) };
        let columns = columns.of::<E>(needed);
        let select = select.select_only().columns(columns.iter().copied());
        let cells = |column| Cells { column, kind: E::Model::get_value_type(column), is_checked: false };
        (select, RowReader::Partial { columns: columns.into_iter().map(cells).collect(), blank })
    }
}

/// The cells of a column.
pub(super) struct Cells<C> {
    column: C,
    kind: ArrayType,
    /// Whether one of them was found to be of its type. A null has none.
    is_checked: bool,
}

/// Reads the rows that a statement yields.
pub(super) enum RowReader<E: EntityTrait> {
    /// All of each row.
    Whole,
    /// Some columns.
    Partial {
        /// Which, in the order in which they were selected.
        columns: Vec<Cells<E::Column>>,
        blank: E::Model,
    },
}

impl<E: EntityTrait> RowReader<E>
where
    E::Model: ModelTrait<Entity = E> + FromQueryResult,
{
    /// The columns that are read; `None` is all.
    pub(super) fn columns(&self) -> Option<impl Iterator<Item = E::Column>> {
        match self {
            Self::Whole => None,
            Self::Partial { columns, .. } => Some(columns.iter().map(|cells| cells.column)),
        }
    }

    /// The id in `column`, which stands at `place` among the columns that are read.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn id(&mut self, row: &QueryResult, place: Option<usize>, column: E::Column) -> Result<Uuid, DbErr> {
        let cells = match (self, place) {
            (Self::Partial { columns, .. }, Some(place)) => columns.get_mut(place).map(|cells| (cells, place)),
            _ => None,
        };
        match cells.map(|(cells, place)| cells.value(row, place)).transpose()? {
            Some(Value::Uuid(Some(id))) => Ok(id),
            _ => row.try_get("", column.as_str()),
        }
    }

    /// The row, as what shows it.
    ///
    /// # Errors
    /// When a column is not of its type.
    pub(super) fn read<N>(&mut self, row: &QueryResult, node: impl Fn(E::Model) -> N) -> Result<N, DbErr> {
        match self {
            Self::Whole => Ok(node(E::Model::from_query_result(row, "")?)),
            Self::Partial { columns, blank } => {
                // Large, so it is moved as rarely as can be.
                let mut model = blank.clone();
                for (place, cells) in columns.iter_mut().enumerate() {
                    model.try_set(cells.column, cells.value(row, place)?)?;
                }
                Ok(node(model))
            }
        }
    }
}

impl<C> Cells<C> {
    /// The cell of `row`, in which the column stands at `place`.
    fn value(&mut self, row: &QueryResult, place: usize) -> Result<Value, DbErr> {
        macro_rules! read {
            ($kind:ty) => {{
                // PostgreSQL's columns have one type in all rows of a statement, and to compare it with ours takes as long as
                // to read the value. SQLite's have one in each row.
                let value = match row.try_as_pg_row().filter(|_| self.is_checked) {
                    Some(row) => {
                        let value = row.try_get_unchecked::<Option<$kind>, _>(place);
                        value.map_err(|error| DbErr::Type(error.to_string()))?
                    }
                    None => row.try_get_by_index::<Option<$kind>>(place)?,
                };
                self.is_checked |= value.is_some();
                Value::from(value)
            }};
        }
        Ok(match &self.kind {
            ArrayType::String => read!(String),
            ArrayType::Uuid => read!(Uuid),
            ArrayType::Bool => read!(bool),
            ArrayType::SmallInt => read!(i16),
            ArrayType::Int => read!(i32),
            ArrayType::BigInt => read!(i64),
            ArrayType::Double => read!(f64),
            ArrayType::ChronoDate => read!(NaiveDate),
            ArrayType::ChronoDateTimeUtc => read!(DateTime<Utc>),
            other => return Err(DbErr::Type(format!("columns of type {other:?} cannot be read alone"))),
        })
    }
}
