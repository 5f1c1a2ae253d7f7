//! The timeline of leads and customers: pointers to what happened, written in the transaction in which it happened. Texts
//! are read from what they point to, so that changes and deletions show at once.

mod entity;
mod graphql;
mod list;
mod loader;
mod touching;

pub use entity::{Entity as TimelineEntryEntity, Kind as TimelineKind, Model as TimelineEntry};
pub use graphql::TimelineQuery;
pub(crate) use graphql::{TimelineOfCustomer, TimelineOfLead};
pub use loader::TimelineCount;
pub(crate) use loader::timeline_counts;
pub(crate) use touching::{Touch, bury, move_to, touch, untouch};
