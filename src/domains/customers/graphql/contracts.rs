//! GraphQL fields, query and mutations for contract terms.

use async_graphql::{ComplexObject, Context, Object, Result};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::{
            contract::{Entity, Model as Contract, RenewalStatus},
            contracts,
            entity::{Entity as CustomerEntity, Model as Customer},
            input::{AddContractInput, UpdateContractInput},
            loader::today_at,
            terms,
        },
        shared::{list_below, one},
    },
    graphql::{MoneyAmount, Requires, nullable},
};

#[ComplexObject]
impl Contract {
    /// Customer of the contract; null without `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(one::<CustomerEntity>(ctx, self.customer_id)).await
    }

    /// Value of the whole term; null if unknown.
    #[graphql(name = "value")]
    async fn agreed_value(&self) -> Option<MoneyAmount> {
        self.value().map(MoneyAmount::from)
    }

    /// Value for 365 days, rounded half up; null for a term without a value or an end.
    async fn annual_value(&self) -> Option<MoneyAmount> {
        terms::annual_value(self.value()?, self.starts_on, self.ends_on?).map(MoneyAmount::from)
    }

    /// Days left by the calendar of the customer's time zone: 0 on the last day, below 0 once the term is over; null for a
    /// term without an end.
    async fn days_left(&self, ctx: &Context<'_>) -> Option<Result<i32>> {
        let ends_on = self.ends_on?;
        nullable(async {
            let left = terms::days_left(ends_on, today_at(ctx, self.customer_id).await?);
            Ok(i32::try_from(left).ok())
        })
        .await
    }

    /// Status of the renewal.
    async fn renewal_status(&self, ctx: &Context<'_>) -> Result<RenewalStatus> {
        let left = match self.ends_on {
            Some(ends_on) => Some(terms::days_left(ends_on, today_at(ctx, self.customer_id).await?)),
            None => None,
        };
        Ok(terms::renewal_status(self.renewal, left, self.notice_days))
    }
}

list_below! {
    /// Contract terms of the customer; null without `customers:read`.
    ContractsOfCustomer: contracts of Entity, below Customer,
    needs: "customers:read",
    filter: "Conditions on the terms.",
    order: "Sort order. Defaults to the latest first."
}

/// Query for contract terms.
#[derive(Default, Debug)]
pub struct ContractsQuery;

#[Object]
impl ContractsQuery {
    /// The contract term with this id; null if it does not exist. Needs `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the term.")] id: Id<Contract>,
    ) -> Option<Result<Contract>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

/// Mutations of contract terms.
#[derive(Default, Debug)]
pub struct ContractsMutation;

#[Object]
impl ContractsMutation {
    /// Adds a term to the contract of a customer, such as a renewal; the term before counts as renewed. Needs
    /// `contracts:write`. Fails with `BAD_INPUT` if another term runs on one of its days, and with `CONFLICT` if the
    /// customer has churned.
    #[graphql(directive = Requires::apply(&["contracts:write"]))]
    async fn add_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new term.")] input: AddContractInput,
    ) -> Result<Contract> {
        Ok(Box::pin(contracts::add(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Updates a term of a contract. Needs `contracts:write`. Fails with `CONFLICT` if the term has changed since
    /// `expectedVersion`, and with `BAD_INPUT` if another term runs on one of its days.
    #[graphql(directive = Requires::apply(&["contracts:write"]))]
    async fn update_contract(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the term.")] input: UpdateContractInput,
    ) -> Result<Contract> {
        Ok(Box::pin(contracts::update(ctx.app()?, ctx.viewer()?, input)).await?)
    }
}
