//! Leads, as clients see them.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use super::{
    entity::{Entity, Fact, Model as Lead},
    income::{Income, IncomePeriod},
};
use crate::{
    db::Id,
    domains::{
        chat::{ChatSession, ChatSessionEntity},
        identity::{Person, person_of},
        shared::{one, root_list},
    },
    graphql::{About, Decimal, Requires, nullable},
};

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
        nullable(one::<ChatSessionEntity>(ctx, id)).await
    }

    /// Who of the team looks after the person; null when nobody does yet.
    async fn assigned_to(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        // Who sees the lead sees whom it names.
        let id = self.assigned_to_id?;
        nullable(person_of(ctx, id)).await
    }
}

/// Queries for leads.
#[derive(Default, Debug)]
pub struct LeadsQuery;

#[Object]
impl LeadsQuery {
    /// The lead with this id; null when there is none, or when you may not see it. Needs `leads:read` for leads that are
    /// assigned to you, `leads:read_all` for any.
    #[graphql(directive = Requires::apply(&["leads:read", "leads:read_all"]))]
    async fn lead(&self, ctx: &Context<'_>, #[graphql(desc = "The lead's id.")] id: Id<Lead>) -> Option<Result<Lead>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Leads, the newest first unless ordered otherwise: with `leads:read` those that are assigned to you, with
    /// `leads:read_all` all; null without either.
    LeadsList: leads of Entity,
    needs: "leads:read" or "leads:read_all",
    filter: "Which leads.",
    order: "In which order; newest first when not given.",
    search: "Words that must occur in the name, the mail address or the telephone number, in any order, regardless of case and accents; at most 10 words and 200 characters."
}
