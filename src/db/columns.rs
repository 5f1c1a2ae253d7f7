//! Reading some of a row's columns. To read a wide row costs more than to show it, and most of it nobody asked for.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait, QueryResult, Value, sea_query::ArrayType};
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

    /// These columns of `E`, and `needed`.
    pub(super) fn of<E: EntityTrait>(self, needed: E::Column) -> Vec<E::Column> {
        let is_read = |(place, column): &(usize, E::Column)| {
            let is_asked_for = u32::try_from(*place).ok().and_then(|place| self.0.checked_shr(place));
            is_asked_for.is_some_and(|rest| rest & 1 == 1) || column.as_str() == needed.as_str()
        };
        E::Column::iter().enumerate().filter(is_read).map(|(_, column)| column).collect()
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

impl<M: ModelTrait> Partial<M> {
    /// Reads the row in which `columns` were selected, in this order.
    pub(super) fn read(&self, row: &QueryResult, columns: &[<M::Entity as EntityTrait>::Column]) -> Result<M, DbErr> {
        let mut model = self.blank.clone();
        for (place, column) in columns.iter().enumerate() {
            model.try_set(*column, value(row, place, &M::get_value_type(*column))?)?;
        }
        Ok(model)
    }
}

fn value(row: &QueryResult, place: usize, kind: &ArrayType) -> Result<Value, DbErr> {
    macro_rules! read {
        ($kind:ty) => {
            Value::from(row.try_get_by_index::<Option<$kind>>(place)?)
        };
    }
    Ok(match kind {
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
