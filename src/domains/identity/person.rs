//! The public view of a team member.

use async_graphql::SimpleObject;

use super::User;
use crate::db::Id;

/// Team member, as shown in lists, with name and contact. `user` returns more to those who may see users.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id of the user.
    pub user_id: Id<User>,
    /// Display name.
    pub full_name: String,
    /// Mail address.
    pub email: String,
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self { user_id: user.id, full_name: user.full_name, email: user.email }
    }
}
