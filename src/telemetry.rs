//! What the program tells of itself: its log, traces of what it does, and metrics.
//!
//! Everything here is of this process. It knows no database, no schema and no domain: those tell it what happened.

pub mod collector;
pub mod log;
pub mod metrics;
pub mod process;
pub mod trace;

pub use log::Telemetry;
pub use metrics::Metrics;
