//! Batched loading for many parents. Keys requested by sibling fields are collected, and each kind of key is read by
//! one statement. Domains implement it in their `loader.rs` for [`Batch`].

use async_graphql::dataloader::DataLoader;

use crate::{app::App, auth::Viewer, events::Position, graphql::Loads};

/// Loads data for the fields of one request, restricted to what its viewer may see.
pub struct Batch {
    pub(in crate::domains) app: App,
    pub(in crate::domains) viewer: Viewer,
    /// Position of the event log at the start of the request; loaded data is of that time or later.
    pub(in crate::domains) began: Position,
}

/// The loader of one request.
pub type RequestLoader = DataLoader<Batch>;

/// Creates the loader for a request of `viewer`, which uses its `loads`.
pub fn loader(app: &App, viewer: &Viewer, loads: &Loads) -> RequestLoader {
    let batch = Batch { app: app.clone(), viewer: viewer.clone(), began: app.events.seen() };
    DataLoader::new(batch, loads.clone(), loads.clone())
}
