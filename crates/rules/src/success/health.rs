//! The health score of a customer: a model as data, factors with evidence, caps, trend, and a test against churn.

mod backtest;
mod factors;
mod kinds;
mod model;
mod observations;
mod preview;
mod score;
#[cfg(test)]
mod tests;
mod trend;

pub use backtest::{
    Backtest, Calibration, Churn, ChurnKind, Label, MIN_CHURNS, MIN_TENURE_DAYS, Snapshot, auc, backtest, brier,
    calibration, label, lead_time_days, median,
};
pub use kinds::{CapKind, FactorKind, Parameter};
pub use model::{Bands, Cap, Dimension, DimensionKey, Factor, HealthModel};
pub use observations::{
    Answer, ContactKind, Contract, Deployment, Evidence, EvidenceKind, FollowUp, Interaction, Observations, OpenAlerts,
    PaymentState, Sentiment, Signal, SignalEffect,
};
pub use preview::{BandChange, Preview, preview};
pub use score::{AppliedCap, Band, DimensionScore, FactorChange, FactorScore, FactorState, Score, changes, score};
pub use trend::{DailyScore, Trend, band_change_is_due, health_drop, medians, trend};
