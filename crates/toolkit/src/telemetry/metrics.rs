//! Metrics. Each server has its own, so that several in one process do not mix.
//!
//! Events are counted where they happen, through [`crate::ambient::Ambient::metrics`]. States such as the depth of the
//! queue are read when metrics are requested, and passed as [`Rows`].
//!
//! Labels never contain arbitrary text from clients, unless the number of values is bounded ([`Names`]).

mod calls;
mod counts;
mod extraction;
mod instruments;
mod jobs;
mod names;
mod operations;
mod rows;
mod serving;
mod waits;

pub use calls::Calls;
pub use counts::Metrics;
pub use extraction::Extraction;
pub use jobs::{AttemptOutcome, Jobs, RunningJob};
pub use names::Names;
pub use operations::{OperationKind, Operations};
pub use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
pub use rows::{Distribution, Labels, Rows};
pub use serving::{Connection, Open, Serving};
pub use waits::Waits;
