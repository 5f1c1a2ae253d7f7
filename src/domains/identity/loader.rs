//! Users for many parents, by one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    dataloader::{DataLoader, Loader},
    runtime::{TokioSpawner, TokioTimer},
};

use super::{service, user};
use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    error::{Error, Result},
};

/// The loader of users.
pub type IdentityLoader = DataLoader<Batch>;

/// Loads what the fields of one request ask for.
pub struct Batch {
    app: App,
    viewer: Viewer,
}

/// The loader for a request of `viewer`.
pub fn loader(app: &App, viewer: &Viewer) -> IdentityLoader {
    let batch = Batch { app: app.clone(), viewer: viewer.clone() };
    DataLoader::new(batch, TokioSpawner::current(), TokioTimer::default())
}

impl Loader<Id<user::Model>> for Batch {
    type Value = user::Model;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<user::Model>]) -> Result<HashMap<Id<user::Model>, user::Model>, Arc<Error>> {
        let users = service::find_visible(&self.app.db, &self.viewer, keys).await?;
        Ok(users.into_iter().map(|user| (user.id, user)).collect())
    }
}
