//! GraphQL types, queries and mutations for tasks.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use super::{
    entity::{Entity, Model as Task},
    input::{CreateTaskInput, UpdateTaskInput},
    list::TaskFilter,
    service,
};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        activity::{
            interactions::{Interaction, InteractionEntity},
            subject_link::{Subject, subject_of},
        },
        customers::Customer,
        identity::{Person, person_of},
        leads::Lead,
        shared::{PageOf, connection, list_below, list_field, one, root_list},
    },
    graphql::{ListOf, Requires, nullable},
};

#[ComplexObject]
impl Task {
    /// Lead or customer; null if it is gone.
    #[graphql(name = "subject")]
    async fn of_subject(&self, ctx: &Context<'_>) -> Option<Result<Subject>> {
        nullable(subject_of(ctx, self.subject())).await
    }

    /// True if the task is open and its deadline has passed.
    #[graphql(name = "isOverdue")]
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.is_overdue(ctx.app()?.ambient.now()))
    }

    /// User to whom it is assigned; null if unassigned.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.assignee_id?;
        nullable(person_of(ctx, id)).await
    }

    /// User who created it; null for the server itself.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.created_by_id?;
        nullable(person_of(ctx, id)).await
    }

    /// User who completed it; null unless it is done.
    async fn completed_by(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.completed_by_id?;
        nullable(person_of(ctx, id)).await
    }

    /// Interaction that it follows up; null if it follows up none.
    async fn origin(&self, ctx: &Context<'_>) -> Option<Result<Interaction>> {
        let id = self.origin_id?;
        nullable(one::<InteractionEntity>(ctx, id)).await
    }
}

root_list! {
    /// Tasks of the customers and leads that you may see; null without `customers:read` or `leads:read`.
    TasksList: tasks of Entity,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the tasks.",
    order: "Sort order. Defaults to the earliest deadline first.",
    search: "Words that the title or the further text must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Tasks of the customer; null without `customers:read` or `leads:read`.
    TasksOfCustomer: tasks of Entity, below Customer,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the tasks.",
    order: "Sort order. Defaults to the earliest deadline first.",
    search: "Words that the title or the further text must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Tasks of the lead; null without `customers:read` or `leads:read`.
    TasksOfLead: tasks of Entity, below Lead,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the tasks.",
    order: "Sort order. Defaults to the earliest deadline first.",
    search: "Words that the title or the further text must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Tasks that follow up the interaction; null without `customers:read` or `leads:read`.
    FollowUpsOfInteraction: follow_ups of Entity, below Interaction,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the tasks.",
    order: "Sort order. Defaults to the earliest deadline first."
}

/// The list `pendingFollowUps`.
#[derive(Default, Debug)]
pub struct PendingFollowUpsList;

impl PendingFollowUpsList {
    fn page<'c>(&self, ctx: &'c Context<'_>, list: ListOf<Entity>) -> PageOf<'c, Entity> {
        connection::<Entity>(ctx, list.with_filter(TaskFilter::pending))
    }
}

list_field! {
    /// Open tasks that follow up an interaction with a customer or lead that you may see; null without `customers:read` or
    /// `leads:read`.
    PendingFollowUpsList: pending_follow_ups of Entity,
    needs: "customers:read" or "leads:read",
    filter: "Further conditions on the tasks.",
    order: "Sort order. Defaults to the earliest deadline first.",
    search: "Words that the title or the further text must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Queries for tasks.
#[derive(Default, Debug)]
pub struct TasksQuery;

#[Object]
impl TasksQuery {
    /// The task with this id; null if it does not exist or you may not see its lead or customer. Needs `customers:read` for
    /// those of customers, `leads:read` for those of leads.
    #[graphql(directive = Requires::apply(&["customers:read", "leads:read"]))]
    async fn task(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the task.")] id: Id<Task>) -> Option<Result<Task>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

/// A deleted task.
#[derive(SimpleObject, Debug)]
pub struct DeletedTask {
    /// Id of the deleted task.
    id: Id<Task>,
}

/// Mutations of tasks.
#[derive(Default, Debug)]
pub struct TasksMutation;

#[Object]
impl TasksMutation {
    /// Creates a task for a lead or a customer that you may see. Needs `tasks:write`.
    #[graphql(directive = Requires::apply(&["tasks:write"]))]
    async fn create_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new task.")] input: CreateTaskInput,
    ) -> Result<Task> {
        Ok(Box::pin(service::create(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Updates a task. One that comes again makes the next one when it is completed. Needs `tasks:write`. Fails with
    /// `CONFLICT` if the task has changed since `expectedVersion`.
    #[graphql(directive = Requires::apply(&["tasks:write"]))]
    async fn update_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the task.")] input: UpdateTaskInput,
    ) -> Result<Task> {
        Ok(Box::pin(service::update(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Deletes a task, with its entries in the timeline. Needs `tasks:write`.
    #[graphql(directive = Requires::apply(&["tasks:write"]))]
    async fn delete_task(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the task.")] id: Id<Task>,
    ) -> Result<DeletedTask> {
        Ok(DeletedTask { id: Box::pin(service::delete(ctx.app()?, ctx.viewer()?, id)).await?.id })
    }
}
