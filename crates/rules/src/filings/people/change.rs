//! A change of role of one person.

use super::manner::Manner;
use super::person::Person;

/// A change of role of one person, with the sentence that states it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::filings) struct Change<'a> {
    pub(in crate::filings) person: Person,
    /// True for a board member who is no executive; `None` if the text does not tell.
    pub(in crate::filings) is_director: Option<bool>,
    pub(in crate::filings) sentence: &'a str,
    pub(in crate::filings) manner: Manner,
    /// True if stated only by naming the successor.
    pub(super) is_second_hand: bool,
}
