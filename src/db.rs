//! The database: SQLite in a file, or PostgreSQL. The rest of the program sees one [`Db`].
//!
//! Reads go to [`Db::reader`]; every change goes through one [`WriteTx`], which wakes those who wait for it after the
//! commit (a single statement of which no event tells, through [`Db::write_alone`]). On SQLite a single connection writes (`BEGIN IMMEDIATE`), so writers queue in order instead of failing with
//! "database is locked", and the reading connections refuse to write.

mod children;
mod columns;
mod connect;
mod database;
mod id;
mod in_use;
mod keyset;
mod listener;
mod origin;
mod outage;
mod purge;
mod reader;
mod shares;
mod signals;
mod sqlite_version;
mod to_its_end;
mod tx;
mod write_check;
mod writer;

pub use children::fetch_children;
pub use columns::{Columns, Partial, Rows};
pub use connect::{ConnectError, connect, connect_patiently};
pub use database::{Db, PoolUse};
pub use id::{Id, Identified, ParseIdError};
pub use in_use::AloneOn;
pub(crate) use in_use::SHARE;
pub use keyset::{Bound, Direction, Keyset, KeysetPage, PageRequest, SortKey, fetch_page};
pub(crate) use listener::{Listener, timely};
pub use outage::{Outage, PATIENCE, TRY_AGAIN, is_outage, within};
pub use purge::delete_in_batches;
pub use reader::{Reader, Snapshot};
pub use shares::{Asker, without_turns};
pub use signals::{Signal, Signals};
pub use tx::{CheckedTx, WriteTx};
