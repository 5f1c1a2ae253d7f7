//! GraphQL types of signals.

mod disagreement;
mod events;
mod feed;
mod monitoring;
mod signal;
mod subscription;

pub use monitoring::{MonitoringResultView, SignalsMutation};
pub use signal::{SignalsList, SignalsQuery};
pub(crate) use signal::{SignalsOfCompany, SignalsOfCustomer};
pub use subscription::SignalsSubscription;
