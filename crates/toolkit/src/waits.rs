//! Durable waits: of long work for a time, an event or a decision. A wait is a row; nothing sleeps in a worker.
//!
//! What waits is an *owner*, such as a run of a workflow. Its domain registers a [`Waiter`], which goes on with the owner
//! in the transaction that ends a wait. So each wait has its reaction once, whatever ends in between, and however many
//! ways lead to its end at the same time.
//!
//! - **Times.** A wait for a time, and one that expires, has a job with that `run_at` ([`EndWait`]).
//! - **Events.** A consumer of the log ([`AwaitedEvents`]) reads that a wait was opened, looks back into the log from the
//!   place that the wait names, and from then on compares each event with it. As it alone does both, in the order of the
//!   log, the first event that fits is found, no matter whether it came before the wait.
//! - **Decisions.** The first decides ([`decide`]).
//! - **The sweep** ([`SweepWaits`]) ends or mends what would wait for ever.
//!
//! # Order of locks
//! Whoever opens, ends or cancels a wait holds the lock on the topic of its owner ([`Waiter::topic`]), taken before the
//! first change of the transaction. So all that happens to one owner happens one after the other.

mod awaited_events;
mod cancelling;
mod deciding;
mod due;
mod ending;
mod events;
mod jobs;
mod matching;
mod opening;
mod registry;
mod row;
mod sweep;

pub use awaited_events::AwaitedEvents;
pub use cancelling::cancel_waits;
pub use deciding::{Decided, Decision, decide};
pub use events::{WaitEnded, WaitOpened};
pub use jobs::EndWait;
pub use matching::EventMatch;
pub use opening::{NewWait, Until, open_wait};
pub use registry::{Ended, Owner, Waiter, Waiters};
pub use row::{Column as WaitColumn, Entity as WaitEntity, Model as WaitRow, WaitKind, WaitOutcome, open_waits};
pub use sweep::{SweepWaits, Swept};
