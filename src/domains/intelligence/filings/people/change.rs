//! A change of one person.

use super::manner::Manner;
use super::person::Person;

/// A change of one person, with the sentence that tells it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::domains::intelligence::filings) struct Change<'a> {
    pub(in crate::domains::intelligence::filings) person: Person,
    /// A member of the board, and no executive; `None` when the text leaves it open.
    pub(in crate::domains::intelligence::filings) is_director: Option<bool>,
    pub(in crate::domains::intelligence::filings) sentence: &'a str,
    pub(in crate::domains::intelligence::filings) manner: Manner,
    /// Told by naming who follows.
    pub(super) is_second_hand: bool,
}
