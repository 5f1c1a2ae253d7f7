//! Users, roles and API keys for many parents, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;

use super::{ApiKey, Person, Role, User, api_keys, roles, users};
use crate::{
    db::Id,
    domains::Batch,
    error::{Error, Result},
};

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

/// A user who is named by something that the viewer has been shown with all that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NamedUser(pub(super) Id<User>);

impl Loader<NamedUser> for Batch {
    type Value = Person;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[NamedUser]) -> Result<HashMap<NamedUser, Person>, Arc<Error>> {
        let users = users::find_all(&self.app.db, keys.iter().map(|NamedUser(id)| *id)).await?;
        Ok(users.into_iter().map(|user| (NamedUser(user.id), user.into())).collect())
    }
}

/// The role of a user whom the viewer has been shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RoleOfUser(pub(super) Id<Role>);

impl Loader<RoleOfUser> for Batch {
    type Value = Role;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[RoleOfUser]) -> Result<HashMap<RoleOfUser, Role>, Arc<Error>> {
        let ids = keys.iter().map(|RoleOfUser(id)| *id);
        let roles = roles::find_all(&self.app, ids).await?;
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
