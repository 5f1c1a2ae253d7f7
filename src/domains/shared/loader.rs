//! Loading for many parents at once. The keys that sibling fields of a request ask for are gathered, and each kind of key is
//! read by one statement. A domain says how in its `loader.rs`, with [`Batch`] as the one who loads.

use async_graphql::dataloader::DataLoader;

use crate::{app::App, auth::Viewer, events::Position, graphql::Loads};

/// Loads what the fields of one request ask for, as its viewer may see it.
pub struct Batch {
    pub(in crate::domains) app: App,
    pub(in crate::domains) viewer: Viewer,
    /// Up to where the event log was read when the request began: what the request shows is of then or later.
    pub(in crate::domains) began: Position,
}

/// The loader of one request.
pub type RequestLoader = DataLoader<Batch>;

/// The loader for a request of `viewer`, which runs its `loads`.
pub fn loader(app: &App, viewer: &Viewer, loads: &Loads) -> RequestLoader {
    let batch = Batch { app: app.clone(), viewer: viewer.clone(), began: app.events.seen() };
    DataLoader::new(batch, loads.clone(), loads.clone())
}
