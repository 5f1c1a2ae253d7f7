//! The durable event log, the single source of all streams.
//!
//! - [`append`] writes an event inside the writer's transaction, so that a change and its event commit together.
//! - One *tail* per process ([`EventLog::run`]) reads new events in commit order and publishes each to the *hub*, which
//!   fans out by topic.
//! - [`EventLog::subscribe`] goes live first, then reads the backlog after the client's cursor, drops duplicates, and
//!   continues live; a subscriber that falls behind the hub's buffer reads from the log again.
//! - A consumer ([`EventConsumer`], [`EventLog::consume`]) reacts to events in a transaction that also moves its place, so
//!   that each event has its reaction once.
//!
//! # Commit order
//! A plain serial id loses events: id 10 can commit after id 11 was read. SQLite has a single writer, so there `id` is
//! the commit order. On PostgreSQL each event stores its transaction id, and readers only look below
//! `pg_snapshot_xmin(pg_current_snapshot())`, below which no transaction is open: what is read there is final, and
//! ordered by `(tx, id)` it never gains a row in the middle. Two transactions on one topic could still commit in a
//! different order than their ids; writers for which that matters take [`crate::db::WriteTx::lock`] on the topic first.

mod append;
mod consumer;
mod consuming;
mod cursor;
mod error;
mod event;
mod history;
mod hub;
mod live;
mod log;
mod news;
mod opening;
mod reading;
mod retention;
mod subscription;
mod tail;
mod topic;

pub use append::{append, append_all};
pub use consumer::{ConsumerLag, ConsumerState, EventConsumer};
pub use cursor::{Cursor, Found, Position};
pub use error::EventsError;
pub use event::{DomainEvent, Event, Kept, NewEvent};
pub use live::{Heard, Live};
pub use log::EventLog;
pub use subscription::Subscription;
pub use tail::Lag;
pub use topic::Topic;
