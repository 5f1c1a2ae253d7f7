//! GraphQL types, queries and mutations for customers.

mod churn;
mod contacts;
mod contracts;
mod overview;

use async_graphql::{ComplexObject, Context, MergedObject, Object, OutputType, Result, SimpleObject};

use self::{
    churn::{ChurnMutation, CustomerChurn},
    contacts::{ContactsMutation, ContactsOfCustomer, ContactsQuery},
    contracts::{ContractsMutation, ContractsOfCustomer, ContractsQuery},
    overview::CustomersOverviewQuery,
};
use super::{
    contact::Model as CustomerContact,
    contract::{Entity as ContractEntity, Model as Contract},
    entity::{Entity, Model as Customer},
    input::{CreateCustomerInput, UpdateCustomerInput},
    loader::{ChurnsOf, PrimaryContactOf},
    service,
    status::{Lifecycle, Status},
};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        activity::{
            InteractionsOfCustomer, NotesOfCustomer, TasksOfCustomer, TimelineCount, TimelineOfCustomer,
            timeline_counts,
        },
        identity::{Person, User, person_of},
        intelligence::{Company, CompanyEntity, Source},
        shared::{list_below, one, root_list},
        signals::SignalsOfCustomer,
    },
    error::Error,
    graphql::{About, Requires, Timestamp, nullable},
};

/// Queries for what belongs to customers.
#[derive(MergedObject, Default)]
pub struct CustomerCareQuery(CustomersOverviewQuery, ContactsQuery, ContractsQuery);

/// Mutations of what belongs to customers.
#[derive(MergedObject, Default)]
pub struct CustomerCareMutation(ContactsMutation, ContractsMutation, ChurnMutation);

/// Flag of a customer who may leave.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct CustomerRiskFlag {
    /// Why the customer may leave.
    reason: String,
    /// Time at which the flag was set.
    flagged_at: Timestamp,
    #[graphql(skip)]
    flagged_by_id: Option<Id<User>>,
}

#[ComplexObject]
impl CustomerRiskFlag {
    /// User who set the flag; null for the server itself.
    async fn flagged_by(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.flagged_by_id?;
        nullable(person_of(ctx, id)).await
    }
}

#[ComplexObject]
impl Customer {
    /// Status: `CHURNED` and `ONBOARDING` before `AT_RISK`, which a risk flag makes of an active customer.
    #[graphql(name = "status")]
    async fn current_status(&self) -> Status {
        self.status()
    }

    /// Flag that the customer may leave; null unless somebody set it.
    async fn risk_flag(&self) -> Option<CustomerRiskFlag> {
        let (reason, flagged_at) = (self.risk_reason.clone()?, Timestamp(self.risk_flagged_at?));
        Some(CustomerRiskFlag { reason, flagged_at, flagged_by_id: self.risk_flagged_by_id })
    }

    /// Primary contact; null if the customer has no contacts.
    async fn contact(&self, ctx: &Context<'_>) -> Option<Result<CustomerContact>> {
        nullable(async { ctx.loader()?.load_one(PrimaryContactOf(self.id)).await.map_err(Error::shared) }).await
    }

    #[graphql(flatten)]
    fn contacts(&self, _ctx: &Context<'_>) -> ContactsOfCustomer {
        ContactsOfCustomer(self.id)
    }

    /// Latest term of the contract; null if none was entered.
    async fn contract(&self, ctx: &Context<'_>) -> Option<Result<Contract>> {
        let id = Id::from_uuid(self.contract_id?);
        nullable(one::<ContractEntity>(ctx, id)).await
    }

    #[graphql(flatten)]
    fn contracts(&self, _ctx: &Context<'_>) -> ContractsOfCustomer {
        ContractsOfCustomer(self.id)
    }

    /// Churn of a customer that has left; null for others.
    async fn churn(&self, ctx: &Context<'_>) -> Option<Result<CustomerChurn>> {
        if self.lifecycle != Lifecycle::Churned {
            return None;
        }
        let churns = async { ctx.loader()?.load_one(ChurnsOf(self.id)).await.map_err(Error::shared) };
        nullable(async { Ok(churns.await?.and_then(|mut churns| churns.pop()).map(CustomerChurn::from)) }).await
    }

    /// All churns, the first one first, without those that were a mistake.
    #[graphql(directive = About::apply(2))]
    async fn churns(&self, ctx: &Context<'_>) -> Result<Vec<CustomerChurn>> {
        let churns = ctx.loader()?.load_one(ChurnsOf(self.id)).await.map_err(Error::shared)?;
        Ok(churns.unwrap_or_default().into_iter().map(CustomerChurn::from).collect())
    }

    #[graphql(flatten)]
    fn interactions(&self, _ctx: &Context<'_>) -> InteractionsOfCustomer {
        InteractionsOfCustomer(self.id)
    }

    #[graphql(flatten)]
    fn tasks(&self, _ctx: &Context<'_>) -> TasksOfCustomer {
        TasksOfCustomer(self.id)
    }

    #[graphql(flatten)]
    fn notes(&self, _ctx: &Context<'_>) -> NotesOfCustomer {
        NotesOfCustomer(self.id)
    }

    #[graphql(flatten)]
    fn timeline(&self, _ctx: &Context<'_>) -> TimelineOfCustomer {
        TimelineOfCustomer(self.id)
    }

    /// Numbers of entries of the timeline by kind, also of those whose content you may not see.
    #[graphql(directive = About::apply(5))]
    async fn timeline_counts(&self, ctx: &Context<'_>) -> Result<Vec<TimelineCount>> {
        Ok(timeline_counts(ctx, self.id.uuid()).await?)
    }

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
    search: "Words of the name, or of the names and mail addresses of contacts, in any order, ignoring case, accents and, in the name, typing errors; at most 10 words and 200 characters."
}

list_below! {
    /// Customers of the company; null without `customers:read`.
    CustomersOfCompany: customers of Entity, below Company,
    needs: "customers:read",
    filter: "Conditions on the customers.",
    order: "Sort order. Defaults to the name.",
    search: "Words of the name, or of the names and mail addresses of contacts, in any order, ignoring case, accents and, in the name, typing errors; at most 10 words and 200 characters."
}

/// Mutations of customers.
#[derive(Default, Debug)]
pub struct CustomersMutation;

#[Object]
impl CustomersMutation {
    /// Creates a customer by hand, with its first contact and its first contract term. Needs `customers:write`, and
    /// `contracts:write` with a contract. Several customers may have one name.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn create_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new customer.")] input: CreateCustomerInput,
    ) -> Result<Customer> {
        Ok(Box::pin(service::create(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Deletes a customer that was entered by mistake; for one that leaves there is `churnCustomer`. Its open tasks are
    /// cancelled, lists omit it unless asked for it, and it stays readable by its id. Needs `customers:write`.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn delete_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the customer.")] id: Id<Customer>,
    ) -> Result<Customer> {
        Ok(Box::pin(service::delete(ctx.app()?, ctx.viewer()?, id)).await?)
    }

    /// Updates a customer. Needs `customers:write`. Fails with `CONFLICT` if the customer has changed since
    /// `expectedVersion`.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn update_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the customer.")] input: UpdateCustomerInput,
    ) -> Result<Customer> {
        Ok(Box::pin(service::update(ctx.app()?, ctx.viewer()?, input)).await?)
    }
}
