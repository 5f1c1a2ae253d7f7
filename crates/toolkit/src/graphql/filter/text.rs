//! Comparators for texts.

use async_graphql::InputObject;
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr},
};

use super::{
    super::{
        argument_paths::SearchText,
        sizes::{Costs, TEXT},
        text_search::pattern,
    },
    conditions::is_none_of,
};

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
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "SearchText(200)"))]
    pub contains: Option<String>,
    /// Starts with this text, ignoring case, accents and Unicode composition; up to 200 characters.
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "SearchText(200)"))]
    pub starts_with: Option<String>,
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
    }
}
