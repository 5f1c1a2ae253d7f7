//! GraphQL types for disagreements between rules and model.

use async_graphql::{ComplexObject, Context, Result};

use crate::{
    domains::{
        customers::{Customer, CustomerEntity},
        shared::{list_below, one},
        signals::{ExtractionDisagreement, Signal, disagreement, signal},
    },
    graphql::{Requires, nullable},
    jobs::JobRow,
};

#[ComplexObject]
impl ExtractionDisagreement {
    /// Signal concerned; null for rejected proposals, and null without `signals:read`.
    #[graphql(directive = Requires::apply(&["signals:read"]))]
    async fn signal(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        let id = self.signal_id?;
        nullable(one::<signal::Entity>(ctx, id)).await
    }

    /// Customer who filed the report; null without `customers:read`.
    #[graphql(directive = Requires::apply(&["customers:read"]))]
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(one::<CustomerEntity>(ctx, self.customer_id)).await
    }
}

list_below! {
    /// Disagreements between rules and model about the reports read by this job; null without `signals:read`.
    DisagreementsOfMonitoring: disagreements of disagreement::Entity, below JobRow,
    needs: "signals:read",
    filter: "Conditions on the disagreements.",
    order: "Sort order. Defaults to oldest first."
}
