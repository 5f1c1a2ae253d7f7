//! Customers, as clients see them.

use async_graphql::{ComplexObject, Context, Enum, InputObject, MaybeUndefined, Object, Result};

use super::{
    CUSTOMER_FIELDS,
    entity::{Column, Entity, Listing, Model as Customer, Segment},
    service::{self, CustomerChange, CustomerList},
};
use crate::graphql::{Costs, TEXT};
use crate::{
    db::Id,
    domains::{
        ContextExt, List, connection_below,
        identity::{Person, User, person_of},
        intelligence::{Company, Source, company_of},
        signals::{Signal, SignalFilter, SignalList, SignalOrder},
    },
    error::Error,
    graphql::{
        AtMost, Connection, DateTimeFilter, EnumFilter, IdFilter, Order, OrderField, PageArgs, Paged, SortDirection,
        StringFilter, filter_input, nullable,
    },
};

filter_input! {
    /// Which customers. All parts that are given must hold.
    pub struct CustomerFilter {
        /// By name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// By ticker.
        ticker: StringFilter => |filter| filter.on(Column::Ticker),
        /// By industry.
        industry: StringFilter => |filter| filter.on_text(Column::Industry, Column::IndustryFolded),
        /// By size.
        segment: EnumFilter<Segment> => |filter| filter.on(Column::Segment),
        /// By whether they are listed.
        listing: EnumFilter<Listing> => |filter| filter.on(Column::Listing),
        /// By their account manager.
        account_manager_id: IdFilter<User> => |filter| filter.on(Column::AccountManagerId),
        /// By when research first found them.
        first_seen_at: DateTimeFilter => |filter| filter.on(Column::FirstSeenAt),
        /// By when research last found them.
        last_seen_at: DateTimeFilter => |filter| filter.on(Column::LastSeenAt),
    }
}

/// By what customers can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CustomerOrderField {
    /// The name, without regard to case and legal form.
    Name,
    /// When research last found them.
    LastSeenAt,
}

/// The order of a list of them.
pub type CustomerOrder = Order<CustomerOrderField>;

impl OrderField for CustomerOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::Name, SortDirection::Asc);

    fn column(self) -> Column {
        match self {
            Self::Name => Column::NameKey,
            Self::LastSeenAt => Column::LastSeenAt,
        }
    }
}

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
        nullable(company_of(ctx, id)).await
    }

    /// Who looks after the customer, and is told of urgent signals; null when nobody does.
    async fn account_manager(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.account_manager_id?;
        nullable(person_of(ctx, id)).await
    }

    /// What happened at the customer, by its reports to the SEC. Needs `signals:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn signals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which signals.")] filter: Option<Box<SignalFilter>>,
        #[graphql(desc = "In which order; the last filed first when not given.")] order_by: Option<SignalOrder>,
    ) -> Result<Connection<Signal>> {
        let page = PageArgs::new(first, after, last, before);
        connection_below(ctx, self.id, SignalList { page, filter, order: order_by }).await
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
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer's id.")] id: Id<Customer>,
    ) -> Option<Result<Customer>> {
        nullable(customer_of(ctx, id)).await
    }

    /// Customers of all companies. Needs `customers:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which customers.")] filter: Option<Box<CustomerFilter>>,
        #[graphql(desc = "In which order; by name when not given.")] order_by: Option<CustomerOrder>,
        #[graphql(
            desc = "A text that the name holds in one piece, whatever its case and accents; up to 200 characters.",
            directive = Costs::apply(TEXT),
            validator(custom = "AtMost(200)")
        )]
        search: Option<String>,
    ) -> Result<Connection<Customer>> {
        let page = PageArgs::new(first, after, last, before);
        let mut list = CustomerList { page, filter, order: order_by, search, columns: None };
        let keyset = List::keyset(&list);
        list.columns = CUSTOMER_FIELDS.asked_for(ctx, keyset);
        let (page, total) = service::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }
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

/// The customer with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn customer_of(ctx: &Context<'_>, id: Id<Customer>) -> crate::error::Result<Option<Customer>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}
