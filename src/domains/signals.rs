//! Signals: events at customers, found in their SEC reports by a monitoring job, and their meaning for the personas to
//! whom the customer's vendor sells.

mod disagreement;
mod events;
mod extracting;
mod filing;
mod graphql;
mod input;
mod list;
mod loader;
mod monitoring;
mod personal;
mod report;
mod saving;
mod service;
mod signal;

pub use disagreement::{Entity as DisagreementEntity, Model as ExtractionDisagreement};
pub(in crate::domains) use events::{SignalAlerted, SignalDetected};
pub use graphql::{MonitoringResultView, SignalsList, SignalsMutation, SignalsQuery, SignalsSubscription};
pub(crate) use graphql::{SignalsOfCompany, SignalsOfCustomer};
pub use list::SignalFilter;
pub(in crate::domains) use loader::report_of;
pub use monitoring::{MonitorCustomers, MonitorInput, MonitoringResult};
pub use personal::Personal;
pub use report::Model as SignalReport;
pub(in crate::domains) use report::facts_of_reports;
pub use signal::{Entity as SignalEntity, ExtractedBy, Model as Signal};
