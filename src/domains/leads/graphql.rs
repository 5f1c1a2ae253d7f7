//! GraphQL types and queries for leads.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result, SimpleObject};

use super::{
    entity::{Entity, Fact, Model as Lead},
    income::{Income, IncomePeriod},
};
use crate::{
    db::Id,
    domains::{
        activity::{InteractionsOfLead, NotesOfLead, TasksOfLead, TimelineCount, TimelineOfLead, timeline_counts},
        chat::{ChatSession, ChatSessionEntity},
        identity::{Person, person_of},
        shared::{one, root_list},
    },
    graphql::{About, MoneyAmount, Requires, nullable},
};

/// Income that a person stated.
#[derive(SimpleObject, Debug, Clone)]
pub struct LeadIncome {
    /// Amount of the income.
    amount: MoneyAmount,
    /// Period in which the amount is earned.
    period: IncomePeriod,
}

impl From<Income> for LeadIncome {
    fn from(income: Income) -> Self {
        Self { amount: income.amount.into(), period: income.period }
    }
}

#[ComplexObject]
impl Lead {
    /// Stated income; null if not stated.
    #[graphql(name = "income")]
    async fn said_income(&self) -> Option<LeadIncome> {
        self.income().map(LeadIncome::from)
    }

    /// Further statements of the person, in the order in which they were made.
    #[graphql(name = "facts", directive = About::apply(5))]
    async fn told_facts(&self) -> Vec<Fact> {
        self.facts()
    }

    /// Chat session from which the lead was created; null for other sources, after deletion of the session, and if it
    /// is not yours and you lack `chats:read_all`.
    async fn chat_session(&self, ctx: &Context<'_>) -> Option<Result<ChatSession>> {
        let id = Id::from_uuid(self.session_id?);
        nullable(one::<ChatSessionEntity>(ctx, id)).await
    }

    /// Team member assigned to the lead; null if unassigned.
    async fn assigned_to(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        // Who sees the lead sees whom it names.
        let id = self.assigned_to_id?;
        nullable(person_of(ctx, id)).await
    }

    #[graphql(flatten)]
    fn interactions(&self, _ctx: &Context<'_>) -> InteractionsOfLead {
        InteractionsOfLead(self.id)
    }

    #[graphql(flatten)]
    fn tasks(&self, _ctx: &Context<'_>) -> TasksOfLead {
        TasksOfLead(self.id)
    }

    #[graphql(flatten)]
    fn notes(&self, _ctx: &Context<'_>) -> NotesOfLead {
        NotesOfLead(self.id)
    }

    #[graphql(flatten)]
    fn timeline(&self, _ctx: &Context<'_>) -> TimelineOfLead {
        TimelineOfLead(self.id)
    }

    /// Numbers of entries of the timeline by kind, also of those whose content you may not see.
    #[graphql(directive = About::apply(5))]
    async fn timeline_counts(&self, ctx: &Context<'_>) -> Result<Vec<TimelineCount>> {
        Ok(timeline_counts(ctx, self.id.uuid()).await?)
    }
}

/// Queries for leads.
#[derive(Default, Debug)]
pub struct LeadsQuery;

#[Object]
impl LeadsQuery {
    /// The lead with this id; null if it does not exist or you may not see it. Needs `leads:read` for leads assigned to
    /// you, `leads:read_all` for others.
    #[graphql(directive = Requires::apply(&["leads:read", "leads:read_all"]))]
    async fn lead(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the lead.")] id: Id<Lead>) -> Option<Result<Lead>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Leads, newest first by default: with `leads:read` those assigned to you, with `leads:read_all` all; null without
    /// either.
    LeadsList: leads of Entity,
    needs: "leads:read" or "leads:read_all",
    filter: "Conditions on the leads.",
    order: "Sort order. Defaults to newest first.",
    search: "Words that the name, mail address or telephone number must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}
