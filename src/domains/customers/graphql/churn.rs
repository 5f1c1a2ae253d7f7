//! GraphQL types and mutations for churn.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::{
            churn::{ChurnKind, Model as Churn},
            churning,
            entity::Model as Customer,
            input::{ChurnCustomerInput, ReactivateCustomerInput},
        },
        identity::{Person, User, person_of},
        reasons::{Reason, reason_of},
    },
    graphql::{Date, Requires, Timestamp, nullable},
};

/// Departure of a customer.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct CustomerChurn {
    /// Kind of churn.
    kind: ChurnKind,
    /// Day from which on it was no customer.
    effective_on: Date,
    /// Further explanation; null if none was given.
    note: Option<String>,
    /// Time at which it was recorded.
    recorded_at: Timestamp,
    /// Time at which the customer came back; null if it has not.
    reactivated_at: Option<Timestamp>,
    #[graphql(skip)]
    reason_id: Id<Reason>,
    #[graphql(skip)]
    recorded_by_id: Option<Id<User>>,
}

impl From<Churn> for CustomerChurn {
    fn from(churn: Churn) -> Self {
        Self {
            kind: churn.kind,
            effective_on: Date(churn.effective_on),
            note: churn.note,
            recorded_at: Timestamp(churn.recorded_at),
            reactivated_at: churn.reactivated_at.map(Timestamp),
            reason_id: churn.reason_id,
            recorded_by_id: churn.recorded_by_id,
        }
    }
}

#[ComplexObject]
impl CustomerChurn {
    /// Reason for it; null without `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn reason(&self, ctx: &Context<'_>) -> Option<Result<Reason>> {
        nullable(reason_of(ctx, self.reason_id)).await
    }

    /// User who recorded it; null for the server itself.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.recorded_by_id?;
        nullable(person_of(ctx, id)).await
    }
}

/// Mutations of churn.
#[derive(Default, Debug)]
pub struct ChurnMutation;

#[Object]
impl ChurnMutation {
    /// Records that a customer leaves. Its open tasks are cancelled; everything else stays readable. Needs
    /// `customers:write`. Fails with `CONFLICT` if it has left already.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn churn_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The churn.")] input: ChurnCustomerInput,
    ) -> Result<Customer> {
        Ok(Box::pin(churning::churn(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Undoes a churn that was a mistake, within 30 days: the customer is as before, the tasks that were cancelled with it
    /// are open again, and the churn counts nowhere. Needs `customers:write`. Fails with `CONFLICT` if the customer has not
    /// churned, or too long ago.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn undo_customer_churn(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the customer.")] id: Id<Customer>,
    ) -> Result<Customer> {
        Ok(Box::pin(churning::undo(ctx.app()?, ctx.viewer()?, id)).await?)
    }

    /// Records that a customer came back, with a new term of its contract if one is given; the churn stays in its history.
    /// Needs `customers:write`, and `contracts:write` with a contract. Fails with `CONFLICT` if the customer has not churned.
    #[graphql(directive = Requires::apply(&["customers:write"]))]
    async fn reactivate_customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The customer and its new term.")] input: ReactivateCustomerInput,
    ) -> Result<Customer> {
        Ok(Box::pin(churning::reactivate(ctx.app()?, ctx.viewer()?, input)).await?)
    }
}
