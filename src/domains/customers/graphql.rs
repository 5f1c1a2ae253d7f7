//! GraphQL types, queries and mutations for customers.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result};

use super::{
    entity::{Entity, Model as Customer},
    input::UpdateCustomerInput,
    service,
};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{Person, person_of},
        intelligence::{Company, CompanyEntity, Source},
        shared::{list_below, one, root_list},
        signals::SignalsOfCustomer,
    },
    graphql::{Requires, nullable},
};

#[ComplexObject]
impl Customer {
    /// SEC Central Index Key, ten digits with leading zeros; null unless listed.
    #[graphql(name = "cik")]
    async fn padded_cik(&self) -> Option<String> {
        self.cik.map(|cik| format!("{cik:010}"))
    }

    /// Company whose customer this is; null if it was not found by research, and null without `companies:read`.
    #[graphql(directive = Requires::apply(&["companies:read"]))]
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
        let id = self.company_id?;
        nullable(one::<CompanyEntity>(ctx, id)).await
    }

    /// Account manager, who is notified of urgent signals; null if unassigned.
    async fn account_manager(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.account_manager_id?;
        nullable(person_of(ctx, id)).await
    }

    #[graphql(flatten)]
    fn signals(&self, _ctx: &Context<'_>) -> SignalsOfCustomer {
        SignalsOfCustomer(self.id)
    }

    /// Page that names the customer; null if it was not found by research.
    async fn source(&self) -> Option<Source> {
        Some(Source {
            url: self.source_url.clone()?,
            title: self.source_title.clone()?,
            quote: self.source_quote.clone()?,
        })
    }
}

/// Queries for customers.
#[derive(Default, Debug)]
pub struct CustomersQuery;

#[Object]
impl CustomersQuery {
    /// The customer with this id; null if it does not exist. Needs `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the customer.")] id: Id<Customer>,
    ) -> Option<Result<Customer>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Customers of all companies; null without `customers:read`.
    CustomersList: customers of Entity,
    needs: "customers:read",
    filter: "Conditions on the customers.",
    order: "Sort order. Defaults to the name.",
    search: "Words that the name must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Customers of the company; null without `customers:read`.
    CustomersOfCompany: customers of Entity, below Company,
    needs: "customers:read",
    filter: "Conditions on the customers.",
    order: "Sort order. Defaults to the name.",
    search: "Words that the name must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

/// Mutations of customers.
#[derive(Default, Debug)]
pub struct CustomersMutation;

#[Object]
impl CustomersMutation {
    /// Updates a customer. Needs `customers:write`. Fails with `CONFLICT` if the customer has changed since
    /// `expectedVersion`.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn update_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the customer.")] input: UpdateCustomerInput,
    ) -> Result<Customer> {
        Ok(service::update(ctx.app()?, ctx.viewer()?, input).await?)
    }
}
