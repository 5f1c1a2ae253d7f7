//! Code shared by all domains: context access, batched loading, lists and subscriptions. Independent of any domain.

mod children;
mod context;
pub(crate) mod follow;
mod list;
mod loader;

pub(crate) use children::{Below, below};
pub use context::ContextExt;
pub(crate) use list::{PageOf, connection, list_below, list_field, one, root_list, searching};
pub use loader::{Batch, RequestLoader, loader};
