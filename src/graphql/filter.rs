//! Typed comparators for `filter` arguments. All given conditions must hold.

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
};

use async_graphql::{InputObject, InputType, TypeName};
use sea_orm::{
    ColumnTrait, Condition, Value,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr},
};

use super::{
    AtMost, Timestamp,
    sizes::{Costs, TEXT},
    text_search::pattern,
};
use crate::{
    db::{Id, Identified},
    error::Result,
};

/// Negates `condition`, treating null as false, so that rows with absent values match the negation.
fn negated(condition: Condition) -> SimpleExpr {
    Expr::from(Func::coalesce([condition.into(), Expr::val(false)])).not()
}

/// Returns the condition that the value is none of `values`; absent values match.
fn is_none_of<C: ColumnTrait, V: Into<Value>>(column: C, values: impl IntoIterator<Item = V>) -> Condition {
    Condition::any().add(column.is_not_in(values)).add(column.is_null())
}

fn null_condition<C: ColumnTrait>(column: C, is_null: bool) -> SimpleExpr {
    if is_null { column.is_null() } else { column.is_not_null() }
}

/// Conditions on a text. All given conditions must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct StringFilter {
    /// Equals this text exactly.
    pub eq: Option<String>,
    /// Equals one of these texts.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<String>>,
    /// Equals none of these texts; absent values match.
    pub not_in: Option<Vec<String>>,
    /// Contains this text, ignoring case, accents and Unicode composition; up to 200 characters.
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "AtMost(200)"))]
    pub contains: Option<String>,
    /// Starts with this text, ignoring case, accents and Unicode composition; up to 200 characters.
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "AtMost(200)"))]
    pub starts_with: Option<String>,
    /// Matches absent values if true, present values if false.
    pub is_null: Option<bool>,
}

impl StringFilter {
    /// Returns the condition on a `column` of ASCII codes.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        self.condition(column, Expr::expr(Func::lower(Expr::col(column.as_column_ref()))))
    }

    /// Returns the condition on `column`, whose folded text is in the column `folded`.
    pub fn on_text<C: ColumnTrait>(&self, column: C, folded: C) -> Condition {
        self.condition(column, Expr::col(folded.as_column_ref()))
    }

    fn condition<C: ColumnTrait>(&self, column: C, folded: SimpleExpr) -> Condition {
        Condition::all()
            .add_option(self.eq.as_ref().map(|text| column.eq(text)))
            .add_option(self.is_in.as_ref().map(|texts| column.is_in(texts)))
            .add_option(self.not_in.as_ref().map(|texts| is_none_of(column, texts)))
            .add_option(self.contains.as_ref().map(|text| folded.clone().like(pattern("%", text))))
            .add_option(self.starts_with.as_ref().map(|text| folded.clone().like(pattern("", text))))
            .add_option(self.is_null.map(|is_null| null_condition(column, is_null)))
    }
}

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
    /// Matches absent values if true, present values if false.
    pub is_null: Option<bool>,
}

/// The conditions of an [`IdFilter`].
type IdParts<'a, T> = (&'a Option<Id<T>>, &'a Option<Vec<Id<T>>>, &'a Option<Vec<Id<T>>>, Option<bool>);

impl<T: Identified> IdFilter<T> {
    fn parts(&self) -> IdParts<'_, T> {
        (&self.eq, &self.is_in, &self.not_in, self.is_null)
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
    /// Returns true if it matches only ids that satisfy `is_one`.
    pub fn asks_only_for(&self, is_one: impl Fn(Id<T>) -> bool) -> bool {
        let ids = self.eq.iter().chain(self.is_in.iter().flatten());
        let is_positive = self.eq.is_some() || self.is_in.is_some();
        is_positive && self.not_in.is_none() && self.is_null.is_none() && ids.copied().all(is_one)
    }

    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.eq.map(|id| column.eq(id)))
            .add_option(self.is_in.as_ref().map(|ids| column.is_in(ids.iter().copied())))
            .add_option(self.not_in.as_ref().map(|ids| is_none_of(column, ids.iter().copied())))
            .add_option(self.is_null.map(|is_null| null_condition(column, is_null)))
    }
}

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
    /// Matches absent values if true, present values if false.
    pub is_null: Option<bool>,
}

impl DateTimeFilter {
    /// Returns the condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.lt.map(|Timestamp(time)| column.lt(time)))
            .add_option(self.lte.map(|Timestamp(time)| column.lte(time)))
            .add_option(self.gt.map(|Timestamp(time)| column.gt(time)))
            .add_option(self.gte.map(|Timestamp(time)| column.gte(time)))
            .add_option(self.is_null.map(|is_null| null_condition(column, is_null)))
    }
}

/// Defines the filter of a list: its own conditions with their SQL, and the common `and`, `or` and `not`. Ids of rows that not
/// every viewer of the list may see go into `naming`, conditions on such rows into `through`; both check the permission.
///
/// ```text
/// filter_input! {
///     /// Conditions on signals. All given conditions must hold.
///     pub struct SignalFilter {
///         /// Condition on the kind of event.
///         kind: EnumFilter<SignalType> => |filter| filter.on(Column::Kind),
///     }
///     naming {
///         /// Condition on the id of the customer.
///         customer_id: CustomerEntity => Column::CustomerId,
///     }
///     through {
///         /// Condition on the customer.
///         customer: CustomerEntity => Column::CustomerId,
///     }
/// }
/// ```
macro_rules! filter_input {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty => $to_sql:expr,)*
        }
        $(naming {
            $($(#[$named_meta:meta])* $named:ident: $named_entity:ty => $named_column:expr,)*
        })?
        $(through {
            $($(#[$relation_meta:meta])* $relation:ident: $entity:ty => $column:expr,)*
        })?
    ) => {
        #[derive(async_graphql::InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
        $(#[$meta])*
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            $($(
                $(#[$named_meta])*
                pub $named: Option<$crate::graphql::IdFilter<<$named_entity as sea_orm::EntityTrait>::Model>>,
            )*)?
            $($(
                $(#[$relation_meta])*
                #[graphql(directive = $crate::graphql::Costs::apply($crate::graphql::RELATED))]
                pub $relation: Option<Box<<$entity as $crate::graphql::Listed>::Filter>>,
            )*)?
            /// Filters that must all match too.
            pub and: Option<Vec<$name>>,
            /// Filters of which at least one must match.
            pub or: Option<Vec<$name>>,
            /// Filter that must not match.
            pub not: Option<Box<$name>>,
        }

        impl $crate::graphql::ListFilter for $name {
            fn condition(&self, viewer: &$crate::auth::Viewer) -> $crate::error::Result<sea_orm::Condition> {
                let own = sea_orm::Condition::all()$(.add_option(self.$field.as_ref().map($to_sql)))*;
                $($(let own = match &self.$named {
                    Some(filter) => own.add(
                        $crate::graphql::naming::<$named_entity>(viewer, filter, $named_column)
                            .map_err(|error| error.within(&$crate::graphql::camel_case(stringify!($named))))?,
                    ),
                    None => own,
                };)*)?
                $($(let own = match self.$relation.as_deref() {
                    Some(filter) => own.add(
                        $crate::graphql::related::<$entity>(viewer, filter, $column)
                            .map_err(|error| error.within(&$crate::graphql::camel_case(stringify!($relation))))?,
                    ),
                    None => own,
                };)*)?
                let parts = (self.and.as_deref(), self.or.as_deref(), self.not.as_deref());
                $crate::graphql::combined(own, parts, |filter: &Self| filter.condition(viewer))
            }
        }
    };
}

pub(crate) use filter_input;

/// Combines a filter's own conditions with its `and`, `or` and `not`, each converted to SQL by `condition`.
///
/// # Errors
/// The error of the first part that cannot be converted to SQL.
pub fn combined<F>(
    own: Condition,
    (and, or, not): (Option<&[F]>, Option<&[F]>, Option<&F>),
    condition: impl Fn(&F) -> Result<Condition>,
) -> Result<Condition> {
    let mut all = own;
    if let Some(filter) = not {
        all = all.add(negated(condition(filter).map_err(|error| error.within("not"))?));
    }
    for (index, filter) in and.into_iter().flatten().enumerate() {
        all = all.add(condition(filter).map_err(|error| error.within(&format!("and[{index}]")))?);
    }
    if let Some(filters) = or {
        let mut any = Condition::any();
        for (index, filter) in filters.iter().enumerate() {
            any = any.add(condition(filter).map_err(|error| error.within(&format!("or[{index}]")))?);
        }
        all = all.add(any);
    }
    Ok(all)
}
