//! Code shared by all domains: context access, batched loading, lists and subscriptions. Independent of any domain.

mod children;
mod context;
pub(crate) mod fields;
pub(crate) mod follow;
mod link;
mod list;
mod loader;
mod personal;
pub(crate) mod search;
mod stored_names;

pub(crate) use children::{Below, below};
pub use context::ContextExt;
pub use link::ResolveNode;
pub(crate) use link::{Link, NodeLink};
pub(crate) use list::{PageOf, connection, list_below, list_field, one, root_list, searching};
pub use loader::{Batch, RequestLoader, loader};
pub use personal::{PersonalData, TableData};
pub(crate) use stored_names::{named_condition, stored_names};
