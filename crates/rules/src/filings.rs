//! Extraction of signals from current reports (form 8-K) of listed companies. Pure computation: no network, no
//! database.
//!
//! [`parse_filing`] finds the items of a document in HTML, inline XBRL, plain text, or a full submission file.
//! [`signals_of`] applies rules to the items: the item determines the possible kinds, its text the actual ones. A
//! signal carries the sentence that proves it, word for word; without proof there is no signal.
//!
//! | item | read as |
//! |---|---|
//! | 1.01 | by text: acquisition, divestiture, change of control, debt or financing; else a material agreement |
//! | 1.02 | agreement ended |
//! | 1.03, old 3 | bankruptcy |
//! | 1.05 | cyber incident |
//! | 2.01, old 2 | acquisition, divestiture or change of control, by text |
//! | 2.02, old 12 | results |
//! | 2.03, 3.02 | debt or financing |
//! | 2.04 | debt default |
//! | 2.05 | restructuring |
//! | 2.06 | impairment |
//! | 3.01 | delisting notice; a transfer of the listing is none |
//! | 4.01, old 4 | auditor change |
//! | 4.02 | restatement |
//! | 5.01, old 1 | change of control |
//! | 5.02, old 6 | people who come and go, without sub-paragraphs (e) and (f), which are about pay |
//! | 7.01, 8.01, old 5 and 9 | by text, any type; 8.01 and old 5 also `OTHER` |
//! | others: 1.04, 3.03, 5.03 to 5.08, 6.01 to 6.06, 9.01, old 7, 8, 10, 11 | nothing |

mod clause;
mod cover;
mod dates;
mod dedup;
mod heading;
mod item;
mod key;
mod lines;
mod markup;
mod money;
mod parse;
mod people;
pub mod proposals;
mod rules;
mod sentences;
mod signal;
mod signal_type;
mod submission;
mod summary;
#[cfg(test)]
mod tests;
mod urgency;
mod value;

pub use dedup::{FilingRef, original_of, repeats, with_new_facts};
pub use item::Item;
pub use key::dashed;
pub use parse::{Filing, ItemSection, MAX_INPUT, SubParagraph, paragraphs, parse_filing};
pub use people::{Direction, Manner, Person, is_death};
pub use rules::{Filed, signals_of};
pub use sentences::{pattern, sentences};
pub use signal::{Evidence, Signal};
pub use signal_type::{Opportunity, SignalType};
pub use submission::Exhibit;
pub use summary::{happening, of_company, of_person, trend, with_trend};
pub use urgency::urgency;
pub use value::ValueEstimate;

/// Version of the rules, incremented when they find other signals, so that filings already read are read again.
pub const RULES_VERSION: i32 = 2;
