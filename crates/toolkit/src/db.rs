//! The database: SQLite in a file, or PostgreSQL, behind one handle ([`Db`]).
//!
//! Reads use [`Db::reader`]; every change uses a [`WriteTx`], which wakes waiters after the commit (or
//! [`Db::write_alone`] for a single statement without an event). On SQLite a single connection writes (`BEGIN
//! IMMEDIATE`), so writers queue in order instead of failing with "database is locked", and reading connections reject
//! writes.

mod abandoned_begins;
mod children;
mod columns;
mod connect;
mod counts;
mod database;
mod id;
mod in_use;
mod keyset;
mod listener;
mod origin;
mod outage;
mod postgres_reads;
mod purge;
mod queue;
mod reader;
mod run_to_completion;
mod shares;
mod signals;
mod silence;
mod sqlite_version;
mod trial;
mod tx;
mod write_check;
mod writer;

pub use children::fetch_children;
pub use columns::{Columns, Partial, Rows};
pub use connect::{ConnectError, connect, connect_patiently};
pub use counts::{Count, ROWS, counts_by, counts_of_all, counts_per_bucket, per_bucket};
pub use database::{Db, PoolUse};
pub use id::{AnyId, Id, Identified, ParseAnyIdError, ParseIdError};
pub use in_use::AloneOn;
pub(crate) use in_use::SHARE;
pub use keyset::{Bound, Direction, Keyset, KeysetPage, PageRequest, SortKey, fetch_page};
pub(crate) use listener::{Listener, timely};
pub use outage::{Outage, PATIENCE, TRY_AGAIN, is_busy_with_others, is_outage, within};
pub use purge::delete_in_batches;
pub use reader::{Reader, Snapshot};
pub use shares::{Asker, without_turns};
pub use signals::{Signal, Signals};
pub use tx::{CheckedTx, WriteTx};
