//! What all domains share: what resolvers take from their context, loading for many parents, lists, and subscriptions. It
//! knows no domain.

mod children;
mod context;
pub(crate) mod follow;
mod list;
mod loader;

pub(crate) use children::{Below, below};
pub use context::ContextExt;
pub(crate) use list::{connection, list_below, one, root_list, searching};
pub use loader::{Batch, RequestLoader, loader};
