//! The monitoring job: reads the current reports of a company's customers for signals, and writes reports for the
//! company's personas.

mod asking;
mod exhibits;
mod extraction;
mod failures;
mod filings;
mod job;
mod monitor;
mod plan;
mod reading;
mod reports;
mod result;
mod stages;
mod wording;

pub use monitor::MonitorCustomers;
pub use result::{MonitorInput, MonitoringResult};
