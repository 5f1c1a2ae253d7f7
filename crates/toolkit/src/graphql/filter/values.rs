//! Comparators for numbers, times and Boolean values.

use std::hash::{Hash, Hasher};

use async_graphql::InputObject;
use sea_orm::{ColumnTrait, Condition};

use super::{
    super::scalars::{Date, Timestamp},
    conditions::is_none_of,
};

/// Conditions on a number. All given conditions must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub struct FloatFilter {
    /// Less than this number.
    pub lt: Option<f64>,
    /// Less than or equal to this number.
    pub lte: Option<f64>,
    /// Greater than this number.
    pub gt: Option<f64>,
    /// Greater than or equal to this number.
    pub gte: Option<f64>,
}

impl FloatFilter {
    /// Returns the bits of all bounds, for equality and hashing; inputs never hold NaN.
    fn parts(&self) -> [Option<u64>; 4] {
        [self.lt, self.lte, self.gt, self.gte].map(|number| number.map(f64::to_bits))
    }

    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.lt.map(|number| column.lt(number)))
            .add_option(self.lte.map(|number| column.lte(number)))
            .add_option(self.gt.map(|number| column.gt(number)))
            .add_option(self.gte.map(|number| column.gte(number)))
    }
}

impl PartialEq for FloatFilter {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for FloatFilter {}

impl Hash for FloatFilter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// Conditions on an integer. All given conditions must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct IntFilter {
    /// Equals this number.
    pub eq: Option<i32>,
    /// Equals one of these numbers.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<i32>>,
    /// Equals none of these numbers; absent values match.
    pub not_in: Option<Vec<i32>>,
    /// Less than this number.
    pub lt: Option<i32>,
    /// Less than or equal to this number.
    pub lte: Option<i32>,
    /// Greater than this number.
    pub gt: Option<i32>,
    /// Greater than or equal to this number.
    pub gte: Option<i32>,
}

impl IntFilter {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.eq.map(|number| column.eq(number)))
            .add_option(self.is_in.as_ref().map(|numbers| column.is_in(numbers.iter().copied())))
            .add_option(self.not_in.as_ref().map(|numbers| is_none_of(column, numbers.iter().copied())))
            .add_option(self.lt.map(|number| column.lt(number)))
            .add_option(self.lte.map(|number| column.lte(number)))
            .add_option(self.gt.map(|number| column.gt(number)))
            .add_option(self.gte.map(|number| column.gte(number)))
    }
}

/// Conditions on a date. All given conditions must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DateFilter {
    /// Equals this date.
    pub eq: Option<Date>,
    /// Before this date.
    pub lt: Option<Date>,
    /// On or before this date.
    pub lte: Option<Date>,
    /// After this date.
    pub gt: Option<Date>,
    /// On or after this date.
    pub gte: Option<Date>,
}

impl DateFilter {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.eq.map(|Date(day)| column.eq(day)))
            .add_option(self.lt.map(|Date(day)| column.lt(day)))
            .add_option(self.lte.map(|Date(day)| column.lte(day)))
            .add_option(self.gt.map(|Date(day)| column.gt(day)))
            .add_option(self.gte.map(|Date(day)| column.gte(day)))
    }
}

/// Conditions on a time. All given conditions must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DateTimeFilter {
    /// Before this time.
    pub lt: Option<Timestamp>,
    /// At or before this time.
    pub lte: Option<Timestamp>,
    /// After this time.
    pub gt: Option<Timestamp>,
    /// At or after this time.
    pub gte: Option<Timestamp>,
}

impl DateTimeFilter {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.lt.map(|Timestamp(time)| column.lt(time)))
            .add_option(self.lte.map(|Timestamp(time)| column.lte(time)))
            .add_option(self.gt.map(|Timestamp(time)| column.gt(time)))
            .add_option(self.gte.map(|Timestamp(time)| column.gte(time)))
    }
}

/// Condition on a Boolean value.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct BooleanFilter {
    /// Equals this value.
    pub eq: Option<bool>,
}

impl BooleanFilter {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all().add_option(self.eq.map(|is_so| column.eq(is_so)))
    }

    /// Returns the condition on a value that is true where `column` is not null.
    pub fn on_presence<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all().add_option(self.eq.map(|is_present| match is_present {
            true => column.is_not_null(),
            false => column.is_null(),
        }))
    }

    /// Returns the condition on a value that is true where `column` is null.
    pub fn on_absence<C: ColumnTrait>(&self, column: C) -> Condition {
        Self { eq: self.eq.map(|is_absent| !is_absent) }.on_presence(column)
    }
}
