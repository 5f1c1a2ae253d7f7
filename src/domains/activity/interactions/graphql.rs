//! GraphQL types, queries and mutations for interactions.

use async_graphql::{ComplexObject, Context, Object, OutputType, Result, SimpleObject};
use sea_orm::TryGetable;

use super::{
    entity::{Column, Entity, Kind, Model as Interaction, Sentiment},
    input::{LogInteractionInput, UpdateInteractionInput},
    list::InteractionFilter,
    service,
};
use crate::{
    db::{Count, Id, counts_by},
    domains::{
        ContextExt,
        activity::{
            subject_link::{Subject, subject_of},
            tasks::FollowUpsOfInteraction,
        },
        customers::Customer,
        identity::{Person, User, person_of},
        leads::Lead,
        shared::{list_below, one, root_list},
    },
    error::Error,
    graphql::{About, Listed, Requires, nullable},
};

#[ComplexObject]
impl Interaction {
    /// Lead or customer; null if it is gone.
    #[graphql(name = "subject")]
    async fn of_subject(&self, ctx: &Context<'_>) -> Option<Result<Subject>> {
        nullable(subject_of(ctx, self.subject())).await
    }

    /// User who talked to the other side; null if unknown.
    async fn performed_by(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.performed_by_id?;
        nullable(person_of(ctx, id)).await
    }

    /// User who logged it; null for the server itself.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.recorded_by_id?;
        nullable(person_of(ctx, id)).await
    }

    /// Names of those who took part on the other side.
    #[graphql(name = "participants")]
    async fn listed_participants(&self) -> Vec<String> {
        self.names()
    }

    #[graphql(flatten)]
    fn follow_ups(&self, _ctx: &Context<'_>) -> FollowUpsOfInteraction {
        FollowUpsOfInteraction(self.id)
    }
}

root_list! {
    /// Interactions with the customers and leads that you may see; null without `customers:read` or `leads:read`.
    InteractionsList: interactions of Entity,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the interactions.",
    order: "Sort order. Defaults to the latest first.",
    search: "Words that the summary, the further text or the participants must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Interactions with the customer; null without `customers:read` or `leads:read`.
    InteractionsOfCustomer: interactions of Entity, below Customer,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the interactions.",
    order: "Sort order. Defaults to the latest first.",
    search: "Words that the summary, the further text or the participants must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Interactions with the lead; null without `customers:read` or `leads:read`.
    InteractionsOfLead: interactions of Entity, below Lead,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the interactions.",
    order: "Sort order. Defaults to the latest first.",
    search: "Words that the summary, the further text or the participants must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Number of interactions of one kind.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct InteractionKindCount {
    /// Kind of contact.
    kind: Kind,
    /// Number of interactions.
    count: u64,
}

/// Number of interactions with one sentiment.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub struct InteractionSentimentCount {
    /// Sentiment; null for those of which nobody has said it.
    sentiment: Option<Sentiment>,
    /// Number of interactions.
    count: u64,
}

/// Number of interactions of one user.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[graphql(complex)]
pub struct InteractionPersonCount {
    /// Number of interactions.
    count: u64,
    #[graphql(skip)]
    user_id: Option<Id<User>>,
}

#[ComplexObject]
impl InteractionPersonCount {
    /// User who talked to the other side; null for interactions of which that is unknown.
    async fn person(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.user_id?;
        nullable(person_of(ctx, id)).await
    }
}

/// The interactions that are counted.
#[derive(Debug, Clone)]
pub struct InteractionSummary {
    filter: Option<Box<InteractionFilter>>,
}

impl InteractionSummary {
    /// Returns the numbers of interactions by what stands in `column`, the largest first.
    async fn counts<K: TryGetable + Send>(
        &self,
        ctx: &Context<'_>,
        column: Column,
    ) -> crate::error::Result<Vec<Count<K>>> {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        let wanted = Entity::wanted(self.filter.as_deref(), viewer).map_err(|error| error.within("filter"))?;
        let rows = sea_orm::QueryFilter::filter(Entity::visible_to(viewer)?, wanted);
        let mut counts = counts_by::<K, _, _>(app.db.reader(), rows, column).await?;
        counts.sort_by_key(|count| std::cmp::Reverse(count.rows));
        Ok(counts)
    }
}

/// Numbers of interactions.
#[Object]
impl InteractionSummary {
    /// Numbers by kind of contact, the largest first.
    #[graphql(directive = About::apply(6))]
    async fn by_kind(&self, ctx: &Context<'_>) -> Result<Vec<InteractionKindCount>> {
        let counts = self.counts::<Kind>(ctx, Column::Kind).await?;
        Ok(counts.into_iter().map(|Count { key, rows }| InteractionKindCount { kind: key, count: rows }).collect())
    }

    /// Numbers by sentiment, the largest first.
    #[graphql(directive = About::apply(4))]
    async fn by_sentiment(&self, ctx: &Context<'_>) -> Result<Vec<InteractionSentimentCount>> {
        let counts = self.counts::<Option<Sentiment>>(ctx, Column::Sentiment).await?;
        let count = |Count { key, rows }| InteractionSentimentCount { sentiment: key, count: rows };
        Ok(counts.into_iter().map(count).collect())
    }

    /// Numbers by the user who talked to the other side, the largest first.
    #[graphql(directive = About::apply(20))]
    async fn by_person(&self, ctx: &Context<'_>) -> Result<Vec<InteractionPersonCount>> {
        let counts = self.counts::<Option<Id<User>>>(ctx, Column::PerformedById).await?;
        let count = |Count { key, rows }| InteractionPersonCount { user_id: key, count: rows };
        Ok(counts.into_iter().map(count).collect())
    }
}

/// Queries for interactions.
#[derive(Default, Debug)]
pub struct InteractionsQuery;

#[Object]
impl InteractionsQuery {
    /// The interaction with this id, also a deleted one; null if it does not exist or you may not see its lead or customer.
    /// Needs `customers:read` for those with customers, `leads:read` for those with leads.
    #[graphql(directive = Requires::apply(&["customers:read", "leads:read"]))]
    async fn interaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the interaction.")] id: Id<Interaction>,
    ) -> Option<Result<Interaction>> {
        nullable(one::<Entity>(ctx, id)).await
    }

    /// Numbers of interactions with the customers and leads that you may see, such as those of a month or of one
    /// customer; null without `customers:read` or `leads:read`.
    #[graphql(directive = Requires::apply(&["customers:read", "leads:read"]))]
    async fn interaction_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions on the interactions that are counted.")] filter: Option<Box<InteractionFilter>>,
    ) -> Option<Result<InteractionSummary>> {
        let summary = async {
            Entity::visible_to(ctx.viewer()?)?;
            Ok::<_, Error>(Some(InteractionSummary { filter }))
        };
        nullable(summary).await
    }
}

/// Mutations of interactions.
#[derive(Default, Debug)]
pub struct InteractionsMutation;

#[Object]
impl InteractionsMutation {
    /// Logs an interaction with a lead or a customer that you may see, with a task that follows it up if one is given.
    /// Needs `interactions:write`, and `tasks:write` with a follow-up.
    #[graphql(directive = Requires::apply(&["interactions:write"]))]
    async fn log_interaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The interaction.")] input: LogInteractionInput,
    ) -> Result<Interaction> {
        Ok(Box::pin(service::log(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Updates an interaction: your own within 24 hours after it was logged, any with `interactions:delete`. Needs
    /// `interactions:write`. Fails with `CONFLICT` if the interaction has changed since `expectedVersion`.
    #[graphql(directive = Requires::apply(&["interactions:write"]))]
    async fn update_interaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the interaction.")] input: UpdateInteractionInput,
    ) -> Result<Interaction> {
        Ok(Box::pin(service::update(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Deletes the texts of an interaction. It stays in the timeline as deleted, and counts no more. Needs
    /// `interactions:delete`.
    #[graphql(directive = Requires::apply(&["interactions:delete"]))]
    async fn delete_interaction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the interaction.")] id: Id<Interaction>,
    ) -> Result<Interaction> {
        Ok(Box::pin(service::delete(ctx.app()?, ctx.viewer()?, id)).await?)
    }
}
