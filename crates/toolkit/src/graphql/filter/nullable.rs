//! Comparators for values that may be absent.

use std::borrow::Cow;

use async_graphql::{InputObject, InputObjectType, InputType, TypeName};
use sea_orm::{ColumnTrait, Condition, Value};

use super::{
    address::MailAddressFilter,
    closed::{AnyIdFilter, EnumFilter, IdCondition, IdFilter},
    conditions::null_condition,
    money::MoneyFilter,
    text::StringFilter,
    values::{DateFilter, DateTimeFilter, IntFilter},
};
use crate::db::{Id, Identified};

/// Conditions on a value that may be absent. All given conditions must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[graphql(name_type)]
pub struct Nullable<F: InputObjectType> {
    /// Conditions on the value.
    #[graphql(flatten)]
    pub present: F,
    /// Matches absent values if true, present values if false.
    pub is_null: Option<bool>,
}

impl<F: InputObjectType> TypeName for Nullable<F> {
    fn type_name() -> Cow<'static, str> {
        format!("Nullable{}", F::type_name()).into()
    }
}

impl<F: InputObjectType> Nullable<F> {
    fn with_null<C: ColumnTrait>(&self, present: Condition, column: C) -> Condition {
        present.add_option(self.is_null.map(|is_null| null_condition(column, is_null)))
    }
}

impl<T: Identified> IdCondition<T> for Nullable<IdFilter<T>> {
    fn asks_only_for(&self, is_one: &dyn Fn(Id<T>) -> bool) -> bool {
        self.is_null.is_none() && self.present.asks_only_for(is_one)
    }
}

/// Implements `on` for nullable filters on one column.
macro_rules! on_one_column {
    ($($filter:ty $(where $generic:ident: $bound:path)?),*) => {$(
        impl$(<$generic: $bound>)? Nullable<$filter> {
            /// Returns the condition on `column`.
            pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
                self.with_null(self.present.on(column), column)
            }
        }
    )*};
}

on_one_column!(AnyIdFilter, DateFilter, DateTimeFilter, IdFilter<T> where T: Identified, IntFilter, StringFilter);

impl<T: InputType + Clone + Into<Value>> Nullable<EnumFilter<T>> {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        self.with_null(self.present.on(column), column)
    }
}

impl Nullable<StringFilter> {
    /// Returns the condition on `column`, whose folded text is in the column `folded`.
    pub fn on_text<C: ColumnTrait>(&self, column: C, folded: C) -> Condition {
        self.with_null(self.present.on_text(column, folded), column)
    }
}

impl Nullable<MailAddressFilter> {
    /// Returns the condition on `column`, whose folded text is in the column `folded`.
    pub fn on_text<C: ColumnTrait>(&self, column: C, folded: C) -> Condition {
        self.with_null(self.present.on_text(column, folded), column)
    }
}

impl Nullable<MoneyFilter> {
    /// Returns the condition on the amount in the column `minor`, in minor units of the currency in the column `currency`.
    pub fn on<C: ColumnTrait>(&self, minor: C, currency: C) -> Condition {
        self.with_null(self.present.on(minor, currency), minor)
    }
}
