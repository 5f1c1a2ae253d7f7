//! Comparators for mail addresses.

use async_graphql::InputObject;
use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{Expr, ExprTrait, Func, SimpleExpr},
};

use super::{
    super::{
        argument_paths::{AddressText, SearchText},
        sizes::{Costs, TEXT},
        text_search::pattern,
    },
    conditions::negated,
};
use crate::{mail_address::spellings, text::fold};

/// Conditions on a mail address. All given conditions must hold. Upper and lower case, Unicode composition and the two
/// spellings of international domains make no difference, as at sign-in.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct MailAddressFilter {
    /// Equals this address.
    #[graphql(validator(custom = "AddressText"))]
    pub eq: Option<String>,
    /// Equals one of these addresses.
    #[graphql(name = "in", validator(list, custom = "AddressText"))]
    pub is_in: Option<Vec<String>>,
    /// Equals none of these addresses; absent values match.
    #[graphql(validator(list, custom = "AddressText"))]
    pub not_in: Option<Vec<String>>,
    /// Contains this text, ignoring accents too; up to 200 characters.
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "SearchText(200)"))]
    pub contains: Option<String>,
    /// Starts with this text, ignoring accents too; up to 200 characters.
    #[graphql(directive = Costs::apply(TEXT), validator(custom = "SearchText(200)"))]
    pub starts_with: Option<String>,
}

impl MailAddressFilter {
    /// Returns the condition on `column`, whose folded text is in the column `folded`.
    pub fn on_text<C: ColumnTrait>(&self, column: C, folded: C) -> Condition {
        let one_of = |addresses: &[String]| is_one_of(column, folded, addresses);
        let like = |before: &str, text: &String| Expr::col(folded.as_column_ref()).like(pattern(before, text));
        Condition::all()
            .add_option(self.eq.as_ref().map(|address| one_of(std::slice::from_ref(address))))
            .add_option(self.is_in.as_deref().map(one_of))
            .add_option(self.not_in.as_deref().map(|addresses| negated(one_of(addresses))))
            .add_option(self.contains.as_ref().map(|text| like("%", text)))
            .add_option(self.starts_with.as_ref().map(|text| like("", text)))
    }
}

/// Returns the condition that an address is one of `addresses`: the folded column, which has an index, finds the few that may
/// be, for folding takes accents away, with which an address is another one.
fn is_one_of<C: ColumnTrait>(column: C, folded: C, addresses: &[String]) -> Condition {
    let spellings: Vec<String> = addresses.iter().flat_map(|address| spellings(address)).collect();
    let bare = spellings.iter().map(|spelling| fold(spelling)).collect::<Vec<_>>();
    let lower = || -> SimpleExpr { Expr::expr(Func::lower(Expr::col(column.as_column_ref()))) };
    let (plain, others): (Vec<_>, Vec<_>) = spellings.into_iter().partition(|spelling| spelling.is_ascii());
    // SQLite's `lower` knows ASCII alone.
    let others = others.into_iter().map(|spelling| {
        let bare = fold(&spelling);
        let is_accented = (bare != spelling).then(|| lower().ne(bare.as_str()));
        Condition::all().add(folded.eq(bare.as_str())).add_option(is_accented)
    });
    let exactly = others.fold(Condition::any().add(lower().is_in(plain)), |any, other| any.add(other));
    Condition::all().add(folded.is_in(bare)).add(exactly)
}
