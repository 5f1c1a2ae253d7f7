//! Signals, as clients see them.

mod disagreement;
mod events;
mod monitoring;
mod signal;

pub use disagreement::{ExtractionDisagreementFilter, ExtractionDisagreementOrder};
pub(super) use events::SignalEvent;
pub use events::SignalsSubscription;
pub use monitoring::{MonitoringResultView, SignalsMutation};
pub(crate) use signal::signal_of;
pub use signal::{SignalFilter, SignalOrder, SignalsQuery};
