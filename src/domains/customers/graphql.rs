//! Customers, as clients see them.

use async_graphql::{ComplexObject, Context, InputObject, MaybeUndefined, Object, OutputType, Result};

use super::{
    entity::{Entity, Model as Customer},
    service::{self, CustomerChange},
};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{Person, User, person_of},
        intelligence::{Company, CompanyEntity, Source},
        shared::{list_below, one, root_list},
        signals::SignalsOfCustomer,
    },
    graphql::{Requires, nullable},
};

#[ComplexObject]
impl Customer {
    /// The SEC's number of the company, ten digits with leading zeros; null unless listed.
    #[graphql(name = "cik")]
    async fn padded_cik(&self) -> Option<String> {
        self.cik.map(|cik| format!("{cik:010}"))
    }

    /// The company whose customer this is; null when it was not found by research.
    async fn company(&self, ctx: &Context<'_>) -> Option<Result<Company>> {
        let id = self.company_id?;
        nullable(one::<CompanyEntity>(ctx, id)).await
    }

    /// Who looks after the customer, and is told of urgent signals; null when nobody does.
    async fn account_manager(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.account_manager_id?;
        nullable(person_of(ctx, id)).await
    }

    #[graphql(flatten)]
    fn signals(&self, _ctx: &Context<'_>) -> SignalsOfCustomer {
        SignalsOfCustomer(self.id)
    }

    /// The page that names the customer; null when it was not found by research.
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
    /// The customer with this id; null when there is none. Needs `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer's id.")] id: Id<Customer>,
    ) -> Option<Result<Customer>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Customers of all companies; null without `customers:read`.
    CustomersList: customers of Entity,
    needs: "customers:read",
    filter: "Which customers.",
    order: "In which order; by name when not given.",
    search: "Words that the name must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// The company's customers; null without `customers:read`.
    CustomersOfCompany: customers of Entity, below Company,
    needs: "customers:read",
    filter: "Which customers.",
    order: "In which order; by name when not given.",
    search: "Words that the name must contain, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

/// What to change of a customer. What is left out stays.
#[derive(InputObject)]
pub struct UpdateCustomerInput {
    /// The customer's id.
    id: Id<Customer>,
    /// The version that you read; `CONFLICT` when somebody has changed the customer since.
    expected_version: i32,
    /// The id of the active user who looks after the customer; null for nobody.
    account_manager_id: MaybeUndefined<Id<User>>,
}

/// Mutations of customers.
#[derive(Default, Debug)]
pub struct CustomersMutation;

#[Object]
impl CustomersMutation {
    /// Changes a customer. Needs `customers:write`. Fails with `CONFLICT` when somebody has changed the customer since
    /// `expectedVersion`.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn update_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which customer, and how.")] input: UpdateCustomerInput,
    ) -> Result<Customer> {
        let UpdateCustomerInput { id, expected_version, account_manager_id } = input;
        let change = CustomerChange { account_manager_id };
        Ok(service::update(ctx.app()?, ctx.viewer()?, id, expected_version, change).await?)
    }
}
