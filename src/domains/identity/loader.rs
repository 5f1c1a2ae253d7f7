//! Users, roles and API keys for many parents, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    dataloader::{DataLoader, Loader},
    runtime::{TokioSpawner, TokioTimer},
};

use super::{ApiKey, Role, User, api_keys, roles, users};
use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    error::{Error, Result},
};

/// The loader of users, roles and API keys.
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

impl Loader<Id<User>> for Batch {
    type Value = User;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<User>]) -> Result<HashMap<Id<User>, User>, Arc<Error>> {
        let users = users::find_visible(&self.app.db, &self.viewer, keys).await?;
        Ok(users.into_iter().map(|user| (user.id, user)).collect())
    }
}

impl Loader<Id<Role>> for Batch {
    type Value = Role;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Role>]) -> Result<HashMap<Id<Role>, Role>, Arc<Error>> {
        let roles = roles::find_visible(&self.app, &self.viewer, keys).await?;
        Ok(roles.into_iter().map(|role| (role.id, role)).collect())
    }
}

/// The role of a user who is shown. Whoever sees a user may see their role, also in the answer to a sign-in, for which
/// nobody was signed in yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct RoleOfUser(pub(super) Id<Role>);

impl Loader<RoleOfUser> for Batch {
    type Value = Role;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[RoleOfUser]) -> Result<HashMap<RoleOfUser, Role>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let roles = roles::find(&self.app, &ids).await?;
        Ok(roles.into_iter().map(|role| (RoleOfUser(role.id), role)).collect())
    }
}

impl Loader<Id<ApiKey>> for Batch {
    type Value = ApiKey;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<ApiKey>]) -> Result<HashMap<Id<ApiKey>, ApiKey>, Arc<Error>> {
        let keys = api_keys::find_visible(&self.app, &self.viewer, keys).await?;
        Ok(keys.into_iter().map(|key| (key.id, key)).collect())
    }
}
