//! Batched loading of roles, and of users referred to by other objects.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, dataloader::Loader};

use super::{Person, Role, User, roles, users};
use crate::{
    db::Id,
    domains::shared::{Batch, ContextExt},
    error::{Error, Result},
};

impl Loader<Id<Role>> for Batch {
    type Value = Role;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Role>]) -> Result<HashMap<Id<Role>, Role>, Arc<Error>> {
        let roles = roles::find_visible(&self.app, &self.viewer, keys).await?;
        Ok(roles.into_iter().map(|role| (role.id, role)).collect())
    }
}

/// The loader key of a user referred to by an object that the viewer may see in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct NamedUser(Id<User>);

impl Loader<NamedUser> for Batch {
    type Value = Person;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[NamedUser]) -> Result<HashMap<NamedUser, Person>, Arc<Error>> {
        let users = users::find_all(&self.app.db, keys.iter().map(|NamedUser(id)| *id)).await?;
        Ok(users.into_iter().map(|user| (NamedUser(user.id), user.into())).collect())
    }
}

/// The loader key of the role of a user that the viewer may see.
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

/// Returns the user with this id as a person, for viewers of an object that refers to them.
pub(crate) async fn person_of(ctx: &Context<'_>, id: Id<User>) -> Result<Option<Person>> {
    ctx.loader()?.load_one(NamedUser(id)).await.map_err(Error::shared)
}

/// Returns the role with this id, batched with the requests of sibling fields.
pub(crate) async fn role_of(ctx: &(impl ContextExt<'_> + Sync), id: Id<Role>) -> Result<Option<Role>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}
