//! Preview of a change of the model.

use chrono::{DateTime, NaiveDate, Utc};

use super::model::HealthModel;
use super::observations::Observations;
use super::score::{Band, score};

/// The effect of another model on one customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandChange {
    /// Band by the model in force.
    pub before: Band,
    /// Band by the draft.
    pub after: Band,
    /// `overall ?? provisional` by the draft less that by the model in force.
    pub difference: f64,
}

/// The effect of another model on many customers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Preview {
    /// Customers compared.
    pub customers: u64,
    /// Customers whose band differs.
    pub changed: u64,
    /// Of them, those whose band is worse; UNKNOWN is neither better nor worse.
    pub worse: u64,
    /// Sum of the differences; divided by `customers`, the mean.
    pub difference: f64,
}

impl Preview {
    /// Adds a customer.
    pub fn add(&mut self, change: BandChange) {
        self.customers += 1;
        self.changed += u64::from(change.before != change.after);
        self.worse += u64::from(change.after != Band::Unknown && change.after < change.before);
        self.difference += change.difference;
    }
}

/// Compares two models over the same observations. Nothing is stored.
pub fn preview(
    before: &HealthModel,
    draft: &HealthModel,
    seen: &Observations,
    time: DateTime<Utc>,
    today: NaiveDate,
) -> BandChange {
    let [old, new] = [before, draft].map(|model| score(model, seen, time, today));
    let difference = new.shown().unwrap_or_default() - old.shown().unwrap_or_default();
    BandChange { before: old.band, after: new.band, difference }
}
