//! Comparators for enums and ids.

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
};

use async_graphql::{InputObject, InputType, TypeName};
use sea_orm::{ColumnTrait, Condition, Value};

use super::conditions::is_none_of;
use crate::db::{AnyId, Id, Identified};

/// Conditions on an enum value. All given conditions must hold.
#[derive(InputObject, Debug, Clone, PartialEq, Eq, Hash)]
#[graphql(name_type)]
pub struct EnumFilter<T: InputType> {
    /// Equals this value.
    pub eq: Option<T>,
    /// Equals one of these values.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<T>>,
    /// Equals none of these values; absent values match.
    pub not_in: Option<Vec<T>>,
}

impl<T: InputType> TypeName for EnumFilter<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Filter", T::type_name()).into()
    }
}

impl<T: InputType + PartialEq> EnumFilter<T> {
    /// Returns true if the filter accepts `value`, for values that are no column of their own.
    pub fn accepts(&self, value: &T) -> bool {
        self.eq.as_ref().is_none_or(|wanted| wanted == value)
            && self.is_in.as_ref().is_none_or(|wanted| wanted.contains(value))
            && self.not_in.as_ref().is_none_or(|unwanted| !unwanted.contains(value))
    }
}

impl<T: InputType + Clone + Into<Value>> EnumFilter<T> {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.eq.clone().map(|value| column.eq(value)))
            .add_option(self.is_in.clone().map(|values| column.is_in(values)))
            .add_option(self.not_in.clone().map(|values| is_none_of(column, values)))
    }
}

/// Conditions on the id of a related object. All given conditions must hold.
#[derive(InputObject, Debug, Clone)]
#[graphql(name_type)]
pub struct IdFilter<T: Identified> {
    /// Equals this id.
    pub eq: Option<Id<T>>,
    /// Equals one of these ids.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<Id<T>>>,
    /// Equals none of these ids; absent values match.
    pub not_in: Option<Vec<Id<T>>>,
}

/// The conditions of an [`IdFilter`].
type IdParts<'a, T> = (&'a Option<Id<T>>, &'a Option<Vec<Id<T>>>, &'a Option<Vec<Id<T>>>);

impl<T: Identified> IdFilter<T> {
    fn parts(&self) -> IdParts<'_, T> {
        (&self.eq, &self.is_in, &self.not_in)
    }
}

impl<T: Identified> PartialEq for IdFilter<T> {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl<T: Identified> Eq for IdFilter<T> {}

impl<T: Identified> Hash for IdFilter<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl<T: Identified> TypeName for IdFilter<T> {
    fn type_name() -> Cow<'static, str> {
        let words = T::NOUN.split(' ').map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + &rest.to_lowercase()
        });
        format!("{}IdFilter", words.collect::<String>()).into()
    }
}

impl<T: Identified> IdFilter<T> {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.eq.map(|id| column.eq(id)))
            .add_option(self.is_in.as_ref().map(|ids| column.is_in(ids.iter().copied())))
            .add_option(self.not_in.as_ref().map(|ids| is_none_of(column, ids.iter().copied())))
    }
}

/// Conditions on an id of an object of any type. All given conditions must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
#[graphql(name = "IdFilter")]
pub struct AnyIdFilter {
    /// Equals this id.
    pub eq: Option<AnyId>,
    /// Equals one of these ids.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<AnyId>>,
    /// Equals none of these ids; absent values match.
    pub not_in: Option<Vec<AnyId>>,
}

impl AnyIdFilter {
    /// Returns the condition on `column`, which contains ids as texts.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        let texts = |ids: &[AnyId]| ids.iter().map(|id| id.text().to_owned()).collect::<Vec<_>>();
        Condition::all()
            .add_option(self.eq.as_ref().map(|id| column.eq(id.text())))
            .add_option(self.is_in.as_deref().map(|ids| column.is_in(texts(ids))))
            .add_option(self.not_in.as_deref().map(|ids| is_none_of(column, texts(ids))))
    }
}

/// Conditions on ids of rows that not every viewer may see.
pub trait IdCondition<T: Identified> {
    /// Returns true if it matches only ids that satisfy `is_one`.
    fn asks_only_for(&self, is_one: &dyn Fn(Id<T>) -> bool) -> bool;
}

impl<T: Identified> IdCondition<T> for IdFilter<T> {
    fn asks_only_for(&self, is_one: &dyn Fn(Id<T>) -> bool) -> bool {
        let ids = self.eq.iter().chain(self.is_in.iter().flatten());
        let is_positive = self.eq.is_some() || self.is_in.is_some();
        is_positive && self.not_in.is_none() && ids.copied().all(is_one)
    }
}
