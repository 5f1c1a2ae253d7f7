//! GraphQL fields and query for the timeline.

use async_graphql::{ComplexObject, Context, Object, Result};

use super::entity::{Entity, Kind, Model as TimelineEntry};
use crate::{
    db::Id,
    domains::{
        activity::{
            interactions::Interaction,
            notes::Note,
            subject_link::{Subject, subject_of},
            tasks::Task,
        },
        customers::{Contract, Customer},
        identity::{Person, person_of},
        leads::Lead,
        shared::{NodeLink, list_below, one},
        signals::Signal,
    },
    graphql::{Requires, nullable},
};

#[ComplexObject]
impl TimelineEntry {
    /// Lead or customer; null if it is gone.
    #[graphql(name = "subject")]
    async fn of_subject(&self, ctx: &Context<'_>) -> Option<Result<Subject>> {
        nullable(subject_of(ctx, self.subject())).await
    }

    /// User who did it; null for the server itself.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.actor_id?;
        nullable(person_of(ctx, id)).await
    }

    /// What it points to, as it is now: the interaction, task, note, contract term or signal, or the customer that left or
    /// came back; null if it is gone or you may not see it.
    async fn about(&self) -> NodeLink {
        NodeLink(match self.kind {
            Kind::Interaction => Id::<Interaction>::from_uuid(self.ref_id).text(),
            Kind::TaskCreated | Kind::TaskCompleted => Id::<Task>::from_uuid(self.ref_id).text(),
            Kind::Note => Id::<Note>::from_uuid(self.ref_id).text(),
            Kind::ContractAdded => Id::<Contract>::from_uuid(self.ref_id).text(),
            Kind::Signal => Id::<Signal>::from_uuid(self.ref_id).text(),
            Kind::Churned | Kind::Reactivated => self.subject().text(),
        })
    }
}

list_below! {
    /// What happened with the customer, without what you may not see; null without `customers:read` or `leads:read`.
    TimelineOfCustomer: timeline of Entity, below Customer,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the entries.",
    order: "Sort order. Defaults to the latest first."
}

list_below! {
    /// What happened with the lead, without what you may not see; null without `customers:read` or `leads:read`.
    TimelineOfLead: timeline of Entity, below Lead,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the entries.",
    order: "Sort order. Defaults to the latest first."
}

/// Query for the timeline.
#[derive(Default, Debug)]
pub struct TimelineQuery;

#[Object]
impl TimelineQuery {
    /// The entry of a timeline with this id; null if it does not exist or you may not see it. Needs `customers:read` for
    /// those of customers, `leads:read` for those of leads.
    #[graphql(directive = Requires::apply(&["customers:read", "leads:read"]))]
    async fn timeline_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the entry.")] id: Id<TimelineEntry>,
    ) -> Option<Result<TimelineEntry>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}
