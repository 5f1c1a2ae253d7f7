//! Log, traces and metrics of the program.
//!
//! Limited to this process, and independent of database, schema and domains, which report to it.

pub mod collector;
pub mod log;
pub mod metrics;
pub mod process;
pub mod trace;

pub use log::Telemetry;
pub use metrics::Metrics;
