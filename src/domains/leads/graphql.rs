//! Leads, as clients see them.

use async_graphql::{ComplexObject, Context, Enum, Object, Result, SimpleObject};

use super::{
    entity::{Column, Entity, Fact, Model as Lead, Source, Status},
    income::{Income, IncomePeriod},
    service::{self, LeadList},
};
use crate::graphql::{Costs, TEXT};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        chat::{ChatSession, session_of},
        identity::{Person, User, person_of},
    },
    error::Error,
    graphql::{
        About, AtMost, Connection, DateTimeFilter, Decimal, EnumFilter, IdFilter, Order, OrderField, PageArgs, Paged,
        SortDirection, StringFilter, filter_input, nullable,
    },
};

/// The lead with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn lead_of(ctx: &Context<'_>, id: Id<Lead>) -> crate::error::Result<Option<Lead>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}

/// What a person says that they earn.
#[derive(SimpleObject, Debug, Clone)]
pub struct LeadIncome {
    /// How much.
    amount: Decimal,
    /// The currency, as ISO 4217 writes it, such as `USD`.
    currency: String,
    /// In which time.
    period: IncomePeriod,
}

impl From<Income> for LeadIncome {
    fn from(income: Income) -> Self {
        Self { amount: Decimal(income.amount()), currency: income.currency, period: income.period }
    }
}

#[ComplexObject]
impl Lead {
    /// What the person earns; null when they have not said it.
    #[graphql(name = "income")]
    async fn said_income(&self) -> Option<LeadIncome> {
        self.income().map(LeadIncome::from)
    }

    /// What else the person told, in the order in which they did.
    #[graphql(name = "facts", directive = About::apply(5))]
    async fn told_facts(&self) -> Vec<Fact> {
        self.facts()
    }

    /// The chat in which the person told it; null for leads that came another way, when the session was deleted, and when
    /// it is not yours and you lack `chats:read_all`.
    async fn chat_session(&self, ctx: &Context<'_>) -> Option<Result<ChatSession>> {
        let id = Id::from_uuid(self.session_id?);
        nullable(session_of(ctx, id)).await
    }

    /// Who of the team looks after the person; null when nobody does yet.
    async fn assigned_to(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        // Who sees the lead sees whom it names.
        let id = self.assigned_to_id?;
        nullable(person_of(ctx, id)).await
    }
}

filter_input! {
    /// Which leads. All parts that are given must hold.
    pub struct LeadFilter {
        /// By name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameKey),
        /// By mail address.
        email: StringFilter => |filter| filter.on_text(Column::Email, Column::EmailFolded),
        /// By telephone number, as it was given.
        phone: StringFilter => |filter| filter.on(Column::Phone),
        /// By how we came to know of them.
        source: EnumFilter<Source> => |filter| filter.on(Column::Source),
        /// By how far it has come with them.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// By who looks after them.
        assigned_to_id: IdFilter<User> => |filter| filter.on(Column::AssignedToId),
        /// By when we first knew of them.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// By when something of them was last changed.
        updated_at: DateTimeFilter => |filter| filter.on(Column::UpdatedAt),
    }
}

/// By what leads can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadOrderField {
    /// The name, without regard to case.
    Name,
    /// When we first knew of them.
    CreatedAt,
    /// When something of them was last changed.
    UpdatedAt,
}

/// The order of a list of them.
pub type LeadOrder = Order<LeadOrderField>;

impl OrderField for LeadOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::CreatedAt, SortDirection::Desc);

    fn column(self) -> Column {
        match self {
            Self::Name => Column::NameKey,
            Self::CreatedAt => Column::CreatedAt,
            Self::UpdatedAt => Column::UpdatedAt,
        }
    }
}

/// Queries for leads.
#[derive(Default, Debug)]
pub struct LeadsQuery;

#[Object]
impl LeadsQuery {
    /// The lead with this id; null when there is none, or when you may not see it. Needs `leads:read` for leads that are
    /// assigned to you, `leads:read_all` for any.
    async fn lead(&self, ctx: &Context<'_>, #[graphql(desc = "The lead's id.")] id: Id<Lead>) -> Option<Result<Lead>> {
        nullable(lead_of(ctx, id)).await
    }

    /// Leads, the newest first unless ordered otherwise: with `leads:read` those that are assigned to you, with
    /// `leads:read_all` all.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which leads.")] filter: Option<LeadFilter>,
        #[graphql(desc = "In which order; newest first when not given.")] order_by: Option<LeadOrder>,
        #[graphql(
            desc = "A text that the name, the mail address or the telephone number holds in one piece, whatever its case and accents; up to 200 characters.",
            directive = Costs::apply(TEXT),
            validator(custom = "AtMost(200)")
        )]
        search: Option<String>,
    ) -> Result<Connection<Lead>> {
        let list = LeadList { page: PageArgs::new(first, after, last, before), filter, order: order_by, search };
        let keyset = list.keyset();
        let (page, total) = service::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }
}
