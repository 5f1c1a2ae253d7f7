//! SQL conditions that treat absent values in a defined way.

use sea_orm::{
    ColumnTrait, Condition, Value,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr},
};

/// Negates `condition`, treating null as false, so that rows with absent values match the negation.
pub(super) fn negated(condition: Condition) -> SimpleExpr {
    Expr::from(Func::coalesce([condition.into(), Expr::val(false)])).not()
}

/// Returns the condition that the value is none of `values`; absent values match.
pub(super) fn is_none_of<C: ColumnTrait, V: Into<Value>>(column: C, values: impl IntoIterator<Item = V>) -> Condition {
    Condition::any().add(column.is_not_in(values)).add(column.is_null())
}

/// Returns the condition that the value is absent, or present.
pub(super) fn null_condition<C: ColumnTrait>(column: C, is_null: bool) -> SimpleExpr {
    if is_null { column.is_null() } else { column.is_not_null() }
}
