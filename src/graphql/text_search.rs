//! Conditions on folded texts.

use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr},
};

use crate::text::fold;

/// Whether the folded text in `column` holds `needle`, however that is written.
pub fn contains<C: ColumnTrait>(column: C, needle: &str) -> SimpleExpr {
    Expr::col(column.as_column_ref()).like(pattern("%", needle))
}

/// Returns the pattern of texts that hold `needle` behind `before`.
pub(super) fn pattern(before: &str, needle: &str) -> LikeExpr {
    LikeExpr::new(format!("{before}{}%", escape(&fold(needle)))).escape('\\')
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
