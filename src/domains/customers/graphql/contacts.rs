//! GraphQL fields, query and mutations for contacts of customers.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::{
            contact::{Entity, Model as CustomerContact},
            contacts,
            entity::{Entity as CustomerEntity, Model as Customer},
            input::{AddCustomerContactInput, UpdateCustomerContactInput},
        },
        shared::{list_below, one},
    },
    graphql::{Requires, nullable},
};

#[ComplexObject]
impl CustomerContact {
    /// Customer of the contact; null without `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(one::<CustomerEntity>(ctx, self.customer_id)).await
    }
}

list_below! {
    /// Contacts of the customer; null without `customers:read`.
    ContactsOfCustomer: contacts of Entity, below Customer,
    needs: "customers:read",
    filter: "Conditions on the contacts.",
    order: "Sort order. Defaults to the name.",
    search: "Words that the name or mail address must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Query for contacts of customers.
#[derive(Default, Debug)]
pub struct ContactsQuery;

#[Object]
impl ContactsQuery {
    /// The contact of a customer with this id; null if it does not exist. Needs `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn customer_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the contact.")] id: Id<CustomerContact>,
    ) -> Option<Result<CustomerContact>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

/// A deleted contact of a customer.
#[derive(SimpleObject, Debug)]
pub struct DeletedCustomerContact {
    /// Id of the deleted contact.
    id: Id<CustomerContact>,
}

/// Mutations of contacts of customers.
#[derive(Default, Debug)]
pub struct ContactsMutation;

#[Object]
impl ContactsMutation {
    /// Adds a contact to a customer; the first one is the primary contact. Needs `customers:write`.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn add_customer_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new contact.")] input: AddCustomerContactInput,
    ) -> Result<CustomerContact> {
        Ok(Box::pin(contacts::add(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Updates a contact of a customer. Needs `customers:write`. Fails with `CONFLICT` if the contact has changed since
    /// `expectedVersion`.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn update_customer_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the contact.")] input: UpdateCustomerContactInput,
    ) -> Result<CustomerContact> {
        Ok(Box::pin(contacts::update(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Deletes a contact of a customer; the oldest of the others becomes the primary one if it was that. Needs
    /// `customers:write`.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn delete_customer_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the contact.")] id: Id<CustomerContact>,
    ) -> Result<DeletedCustomerContact> {
        let contact = Box::pin(contacts::delete(ctx.app()?, ctx.viewer()?, id)).await?;
        Ok(DeletedCustomerContact { id: contact.id })
    }
}
