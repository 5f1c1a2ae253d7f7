//! People in a report who take or leave roles, with role and effective date.

mod change;
mod changes;
mod claims;
mod context;
mod details;
mod events;
mod lists;
mod manner;
mod names;
mod person;
mod qualifiers;
mod seat;
mod words;

pub(super) use change::Change;
pub(super) use changes::{changes, surnames};
pub(super) use claims::{Claimed, Unproved, claimed};
pub(super) use context::{Context, Surnames};
pub use manner::{Manner, is_death};
pub(super) use person::person_key;
pub use person::{Direction, Person};
pub(super) use seat::is_seat;
