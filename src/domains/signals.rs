//! Signals: what happened at customers, read from their reports to the SEC by a monitoring job, and what that means for
//! the people to whom the customer's vendor sells.

mod disagreement;
mod events;
mod extracting;
mod filing;
mod follow;
mod graphql;
mod loader;
mod monitoring;
mod report;
mod saving;
mod service;
mod signal;

pub use disagreement::Model as ExtractionDisagreement;
pub(crate) use graphql::signal_of;
pub use graphql::{
    MonitoringResultView, SignalFilter, SignalOrder, SignalsMutation, SignalsQuery, SignalsSubscription,
};
pub use monitoring::{MonitorCustomers, MonitorInput, MonitoringResult};
pub use report::Model as SignalReport;
pub use service::SignalList;
pub use signal::{ExtractedBy, Model as Signal};
