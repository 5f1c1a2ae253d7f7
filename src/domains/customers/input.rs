//! Inputs of mutations.

use async_graphql::{InputObject, MaybeUndefined};

use super::entity::Model as Customer;
use crate::{db::Id, domains::identity::User};

/// Changes to a customer. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateCustomerInput {
    /// Id of the customer.
    pub(super) id: Id<Customer>,
    /// Version that you read; fails with `CONFLICT` if the customer has changed since.
    pub(super) expected_version: i32,
    /// Id of an active user to assign as account manager; null unassigns.
    pub(super) account_manager_id: MaybeUndefined<Id<User>>,
}
