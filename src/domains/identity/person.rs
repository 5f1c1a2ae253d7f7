//! What is shown of a person beside the work that is theirs.

use async_graphql::SimpleObject;

use super::User;
use crate::db::Id;

/// A person of the team, as lists show them: who somebody is and how to reach them. `user` tells more to those who may see
/// users.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id of the user.
    pub id: Id<User>,
    /// The name to show.
    pub full_name: String,
    /// The mail address.
    pub email: String,
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self { id: user.id, full_name: user.full_name, email: user.email }
    }
}
