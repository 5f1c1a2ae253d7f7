//! Partial reads of rows. Reading a wide row costs more than showing it, and most columns are rarely selected.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    DbErr, EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait, QueryResult, QuerySelect, Select, Value,
    sea_query::ArrayType,
};
use sqlx::Row;
use uuid::Uuid;

/// A set of the columns of a table, limited to the first 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Columns(u64);

impl Columns {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Returns the column called `name`; `None` if it is not among the first 64 columns of `E`.
    pub fn named<E: EntityTrait>(name: &str) -> Option<Self> {
        let place = E::Column::iter().position(|column| column.as_str() == name)?;
        1_u64.checked_shl(u32::try_from(place).ok()?).map(Self)
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the columns of `E` in the set, and `needed`.
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

/// Settings of a partial read.
#[derive(Debug, Clone)]
pub struct Partial<M> {
    /// The columns to read.
    pub columns: Columns,
    /// The placeholder values of the others.
    pub blank: M,
}

/// A query for rows of a table, whole or partial.
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
    /// Creates the query of `select`, restricted to `partial` if given.
    pub fn new(select: Select<E>, partial: Option<Partial<E::Model>>) -> Self {
        Self { select, partial }
    }

    /// Returns the statement, with the column `needed`, and the reader of its rows.
    pub(super) fn read(self, needed: Option<E::Column>) -> (Select<E>, RowReader<E>) {
        let Self { select, partial } = self;
        let Some(Partial { columns, blank }) = partial else { return (select, RowReader::Whole) };
        let columns = columns.of::<E>(needed);
        let select = select.select_only().columns(columns.iter().copied());
        let cells = |column| Cells { column, kind: E::Model::get_value_type(column), is_checked: false };
        (select, RowReader::Partial { columns: columns.into_iter().map(cells).collect(), blank })
    }
}

/// The reader of one column.
pub(super) struct Cells<C> {
    column: C,
    kind: ArrayType,
    /// True once a value had the right type, which a null does not prove.
    is_checked: bool,
}

/// Reads the rows of a statement.
pub(super) enum RowReader<E: EntityTrait> {
    /// Reads whole rows.
    Whole,
    /// Reads some columns.
    Partial {
        /// The columns, in the order of selection.
        columns: Vec<Cells<E::Column>>,
        blank: E::Model,
    },
}

impl<E: EntityTrait> RowReader<E>
where
    E::Model: ModelTrait<Entity = E> + FromQueryResult,
{
    /// Returns the columns that are read; `None` for all.
    pub(super) fn columns(&self) -> Option<impl Iterator<Item = E::Column>> {
        match self {
            Self::Whole => None,
            Self::Partial { columns, .. } => Some(columns.iter().map(|cells| cells.column)),
        }
    }

    /// Returns the id in `column`, which is at index `place` of the columns read.
    ///
    /// # Errors
    /// If it is missing.
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

    /// Reads a row and converts it.
    ///
    /// # Errors
    /// If a column has the wrong type.
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
    /// Returns the value of the column at index `place` of `row`.
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
