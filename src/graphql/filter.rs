//! Typed comparators for `filter` arguments. All parts that are given must hold.

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

/// Where `condition` does not hold, also because the value it is about is absent: SQL would leave those rows out.
fn negated(condition: Condition) -> SimpleExpr {
    Expr::from(Func::coalesce([condition.into(), Expr::val(false)])).not()
}

/// Where the value is none of `values`, absent ones included, for the same reason.
fn is_none_of<C: ColumnTrait, V: Into<Value>>(column: C, values: impl IntoIterator<Item = V>) -> Condition {
    Condition::any().add(column.is_not_in(values)).add(column.is_null())
}

fn null_condition<C: ColumnTrait>(column: C, is_null: bool) -> SimpleExpr {
    if is_null { column.is_null() } else { column.is_not_null() }
}

/// Conditions on a text. All that are given must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct StringFilter {
    /// Is exactly this.
    pub eq: Option<String>,
    /// Is one of these.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<String>>,
    /// Is none of these.
    pub not_in: Option<Vec<String>>,
    /// Holds this, whatever its case, accents and composition; up to 200 characters.
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "AtMost(200)"))]
    pub contains: Option<String>,
    /// Begins with this, whatever its case, accents and composition; up to 200 characters.
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "AtMost(200)"))]
    pub starts_with: Option<String>,
    /// Is absent (true) or present (false).
    pub is_null: Option<bool>,
}

impl StringFilter {
    /// The condition on a `column` of codes, which are of ASCII characters.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        self.condition(column, Expr::expr(Func::lower(Expr::col(column.as_column_ref()))))
    }

    /// The condition on `column`, whose texts stand folded in the column `folded`.
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

/// Conditions on a value with a fixed set of values. All that are given must hold.
#[derive(InputObject, Debug, Clone, PartialEq, Eq, Hash)]
#[graphql(name_type)]
pub struct EnumFilter<T: InputType> {
    /// Is this.
    pub eq: Option<T>,
    /// Is one of these.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<T>>,
    /// Is none of these.
    pub not_in: Option<Vec<T>>,
}

impl<T: InputType> TypeName for EnumFilter<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Filter", T::type_name()).into()
    }
}

impl<T: InputType + Clone + Into<Value>> EnumFilter<T> {
    /// The condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.eq.clone().map(|value| column.eq(value)))
            .add_option(self.is_in.clone().map(|values| column.is_in(values)))
            .add_option(self.not_in.clone().map(|values| is_none_of(column, values)))
    }
}

/// Conditions on the id of another object. All that are given must hold.
#[derive(InputObject, Debug, Clone)]
#[graphql(name_type)]
pub struct IdFilter<T: Identified> {
    /// Is this.
    pub eq: Option<Id<T>>,
    /// Is one of these.
    #[graphql(name = "in")]
    pub is_in: Option<Vec<Id<T>>>,
    /// Is none of these.
    pub not_in: Option<Vec<Id<T>>>,
    /// Is absent (true) or present (false).
    pub is_null: Option<bool>,
}

/// All conditions of an [`IdFilter`].
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
    /// The condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.eq.map(|id| column.eq(id)))
            .add_option(self.is_in.as_ref().map(|ids| column.is_in(ids.iter().copied())))
            .add_option(self.not_in.as_ref().map(|ids| is_none_of(column, ids.iter().copied())))
            .add_option(self.is_null.map(|is_null| null_condition(column, is_null)))
    }
}

/// Conditions on a number. All that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub struct FloatFilter {
    /// Less than this.
    pub lt: Option<f64>,
    /// This or less.
    pub lte: Option<f64>,
    /// More than this.
    pub gt: Option<f64>,
    /// This or more.
    pub gte: Option<f64>,
}

impl FloatFilter {
    /// All conditions, compared as they are written: no input holds a number that differs from itself.
    fn parts(&self) -> [Option<u64>; 4] {
        [self.lt, self.lte, self.gt, self.gte].map(|number| number.map(f64::to_bits))
    }

    /// The condition on `column`.
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

/// Conditions on a time. All that are given must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct DateTimeFilter {
    /// Before this time.
    pub lt: Option<Timestamp>,
    /// At this time or before.
    pub lte: Option<Timestamp>,
    /// After this time.
    pub gt: Option<Timestamp>,
    /// At this time or after.
    pub gte: Option<Timestamp>,
    /// Is absent (true) or present (false).
    pub is_null: Option<bool>,
}

impl DateTimeFilter {
    /// The condition on `column`.
    pub fn on<C: ColumnTrait>(&self, column: C) -> Condition {
        Condition::all()
            .add_option(self.lt.map(|Timestamp(time)| column.lt(time)))
            .add_option(self.lte.map(|Timestamp(time)| column.lte(time)))
            .add_option(self.gt.map(|Timestamp(time)| column.gt(time)))
            .add_option(self.gte.map(|Timestamp(time)| column.gte(time)))
            .add_option(self.is_null.map(|is_null| null_condition(column, is_null)))
    }
}

/// Defines the filter of a list: its own conditions, each with the SQL it stands for, and `and`, `or` and `not`, which every
/// filter has.
///
/// ```text
/// filter_input! {
///     /// Which leads. All parts that are given must hold.
///     pub struct LeadFilter {
///         /// By name.
///         name: StringFilter => |filter| filter.on(Column::Name),
///     }
///     through {
///         /// By who looks after them.
///         assigned_to: UserEntity => Column::AssignedToId,
///     }
/// }
/// ```
macro_rules! filter_input {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty => $to_sql:expr,)*
        }
        $(through {
            $($(#[$relation_meta:meta])* $relation:ident: $entity:ty => $column:expr,)*
        })?
    ) => {
        #[derive(async_graphql::InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
        $(#[$meta])*
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            $($(
                $(#[$relation_meta])*
                #[graphql(directive = $crate::graphql::Costs::apply($crate::graphql::RELATED))]
                pub $relation: Option<Box<<$entity as $crate::graphql::Listed>::Filter>>,
            )*)?
            /// Each of these holds too.
            pub and: Option<Vec<$name>>,
            /// At least one of these holds.
            pub or: Option<Vec<$name>>,
            /// This does not hold.
            pub not: Option<Box<$name>>,
        }

        impl $crate::graphql::ListFilter for $name {
            fn condition(&self, viewer: &$crate::auth::Viewer) -> $crate::error::Result<sea_orm::Condition> {
                let own = sea_orm::Condition::all()$(.add_option(self.$field.as_ref().map($to_sql)))*;
                $($(let own = match self.$relation.as_deref() {
                    Some(filter) => own.add($crate::graphql::related::<$entity>(viewer, filter, $column)?),
                    None => own,
                };)*)?
                let parts = (self.and.as_deref(), self.or.as_deref(), self.not.as_deref());
                $crate::graphql::combined(own, parts, |filter: &Self| filter.condition(viewer))
            }
        }
    };
}

pub(crate) use filter_input;

/// Joins a filter's own conditions with its `and`, `or` and `not`, each made into SQL by `condition`.
///
/// # Errors
/// That of the first part that cannot be made into SQL.
pub fn combined<F>(
    own: Condition,
    (and, or, not): (Option<&[F]>, Option<&[F]>, Option<&F>),
    condition: impl Fn(&F) -> Result<Condition>,
) -> Result<Condition> {
    let mut all = own;
    if let Some(filter) = not {
        all = all.add(negated(condition(filter)?));
    }
    for filter in and.into_iter().flatten() {
        all = all.add(condition(filter)?);
    }
    if let Some(filters) = or {
        let mut any = Condition::any();
        for filter in filters {
            any = any.add(condition(filter)?);
        }
        all = all.add(any);
    }
    Ok(all)
}
