//! Where the rules and a strong model differ.

use async_graphql::{ComplexObject, Context, Result};

use crate::{
    domains::{
        customers::{Customer, CustomerEntity},
        shared::{list_below, one},
        signals::{ExtractionDisagreement, Signal, disagreement, signal},
    },
    graphql::nullable,
    jobs::JobRow,
};

#[ComplexObject]
impl ExtractionDisagreement {
    /// The signal that it is about; null for a proposal that was refused, and when you may not see signals.
    async fn signal(&self, ctx: &Context<'_>) -> Option<Result<Signal>> {
        let id = self.signal_id?;
        nullable(one::<signal::Entity>(ctx, id)).await
    }

    /// Whose report it is; null when you may not see customers.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        nullable(one::<CustomerEntity>(ctx, self.customer_id)).await
    }
}

list_below! {
    /// Where the rules and a strong model differ about the reports that it read now; null without `signals:read`.
    DisagreementsOfMonitoring: disagreements of disagreement::Entity, below JobRow,
    needs: "signals:read",
    filter: "Which disagreements.",
    order: "In which order; the first noted first when not given."
}
