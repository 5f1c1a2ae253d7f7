//! Typed comparators for `filter` arguments. All given conditions must hold.

mod address;
mod closed;
mod conditions;
mod money;
mod nullable;
mod text;
mod values;

use sea_orm::Condition;

use self::conditions::negated;
pub use self::{
    address::MailAddressFilter,
    closed::{AnyIdFilter, EnumFilter, IdCondition, IdFilter},
    money::MoneyFilter,
    nullable::Nullable,
    text::StringFilter,
    values::{BooleanFilter, DateFilter, DateTimeFilter, FloatFilter, IntFilter},
};
use crate::error::Result;

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
