//! Hours, days, weeks, months, quarters and years as people in a time zone count them, and the instants between which they lie.
//!
//! Bounds are computed here and not by the database, whose rules of time zones differ: both databases count the same
//! rows then, and empty periods are there from the start.

mod bucket;
mod granularity;
#[cfg(test)]
mod tests;
mod zone;

pub use bucket::{Bucket, Calendar, MOST_BUCKETS, PeriodError};
pub use granularity::{Granularity, WeekStart};
pub use zone::{UnknownZone, Zone};
