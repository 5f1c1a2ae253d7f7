//! Conditions on folded texts.

use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr},
};

use crate::text::fold;

/// Returns the condition that the folded text in `column` contains `needle`, in any spelling that folds alike.
pub fn contains<C: ColumnTrait>(column: C, needle: &str) -> SimpleExpr {
    Expr::col(column.as_column_ref()).like(pattern("%", needle))
}

/// Returns the pattern of texts that contain `needle` after `before`.
pub(super) fn pattern(before: &str, needle: &str) -> LikeExpr {
    LikeExpr::new(format!("{before}{}%", escape(&fold(needle)))).escape('\\')
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
