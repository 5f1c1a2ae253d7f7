//! Signals, as clients see them.

mod disagreement;
mod events;
mod monitoring;
mod signal;

pub(super) use events::SignalEvent;
pub use events::SignalsSubscription;
pub use monitoring::{MonitoringResultView, SignalsMutation};
pub use signal::{SignalsList, SignalsQuery};
pub(crate) use signal::{SignalsOfCompany, SignalsOfCustomer};
