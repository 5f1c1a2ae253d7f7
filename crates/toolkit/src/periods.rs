//! Hours, days, weeks, months, quarters and years as people in a time zone count them, the instants between which they lie,
//! and times that come again and again. The one place that knows time zones.
//!
//! Bounds are computed here and not by the database, whose rules of time zones differ: both databases count the same
//! rows then, and empty periods are there from the start.

mod bucket;
mod granularity;
mod moment;
mod recurrence;
#[cfg(test)]
mod tests;
mod zone;

pub use bucket::{Bucket, Calendar, MOST_BUCKETS, PeriodError};
pub use granularity::{Granularity, WeekStart};
pub use recurrence::{BadRecurrence, Recurrence};
pub use zone::{UnknownZone, Zone};
