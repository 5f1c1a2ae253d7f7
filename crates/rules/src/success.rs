//! Rules of customer success. Pure computation: no network, no database, no clock.
//!
//! Scores, decays and intervals are floating point (`f64`), computed in a fixed order, so that every copy of the server
//! gets the same bits, and rounded once, at the end, half up. Days are civil dates in the zone of the account: the
//! caller converts the time with that zone, so a contract ends at the midnight of its customer.

pub mod alerts;
pub mod contracts;
pub mod health;
pub mod surveys;
pub mod versions;

/// A problem of an input: the path of the field, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path of the field, such as `dimensions[0].factors[2].weight`.
    pub path: String,
    /// What is wrong and what is accepted.
    pub message: String,
}

impl Problem {
    fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

/// Rounds half up to one decimal. A figure within 1e-10 below a half counts as the half, so that the error of floating
/// point does not decide a band.
pub fn one_decimal(value: f64) -> f64 {
    (value * 10.0 + 0.5 + 1e-9).floor() / 10.0
}
