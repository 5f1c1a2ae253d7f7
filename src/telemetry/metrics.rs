//! What is counted. Each server owns its counts, so that several in one process do not mix them.
//!
//! What happens is counted where it happens, through [`crate::ambient::Ambient::metrics`]. What is a state, such as the
//! depth of the queue, is asked for when somebody reads the metrics, and handed over as [`Rows`].
//!
//! Labels never take a text that a stranger chose, unless the number of such texts is bounded ([`Names`]).

mod calls;
mod counts;
mod extraction;
mod instruments;
mod jobs;
mod names;
mod operations;
mod rows;
mod serving;

pub use calls::Calls;
pub use counts::Metrics;
pub use extraction::Extraction;
pub use jobs::{AttemptOutcome, Jobs, RunningJob};
pub use names::Names;
pub use operations::{OperationKind, Operations};
pub use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
pub use rows::{Distribution, Labels, Rows};
pub use serving::{Connection, Open, Serving};
