//! Roles, and users whom something names, for many parents by one statement each.

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

/// A user who is named by something that the viewer has been shown with all that it names.
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

/// The user with this id as who was shown something that names them sees them.
pub(crate) async fn person_of(ctx: &Context<'_>, id: Id<User>) -> Result<Option<Person>> {
    ctx.loader()?.load_one(NamedUser(id)).await.map_err(Error::shared)
}

/// The role with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn role_of(ctx: &Context<'_>, id: Id<Role>) -> Result<Option<Role>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}
