//! What operations cost.
//!
//! Fields say it beside their resolvers, to async-graphql, which reckons it while it validates. It calls every extension for
//! each field of each row, so the schema that runs operations has none. A second one, of the same types, has an extension
//! and runs nothing: there an operation ends when its price is known.

use std::sync::{Arc, OnceLock};

use async_graphql::{
    ObjectType, Request, SchemaBuilder, ServerError, SubscriptionType, ValidationMode, ValidationResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextValidation},
};

/// Reckons what valid operations of a schema cost.
pub struct Pricing<Q, M, S>(async_graphql::Schema<Q, M, S>);

impl<Q, M, S> Clone for Pricing<Q, M, S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Q: ObjectType + 'static, M: ObjectType + 'static, S: SubscriptionType + 'static> Pricing<Q, M, S> {
    /// The prices of the schema of `builder`, of which nothing else is used.
    pub fn new(builder: SchemaBuilder<Q, M, S>) -> Self {
        Self(builder.validation_mode(ValidationMode::Fast).extension(EndsWhenPriced).finish())
    }

    /// What an operation costs: one a field, with the children of a list multiplied by its page size.
    ///
    /// # Errors
    /// When an argument that its price depends on cannot be read.
    pub async fn cost_of(&self, request: Request) -> Result<usize, Vec<ServerError>> {
        let cost = Cost::default();
        let response = self.0.execute(request.data(cost.clone())).await;
        cost.0.get().copied().ok_or(response.errors)
    }
}

/// What the operation was found to cost.
#[derive(Debug, Clone, Default)]
struct Cost(Arc<OnceLock<usize>>);

/// Ends each operation when its price is known.
struct EndsWhenPriced;

impl ExtensionFactory for EndsWhenPriced {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for EndsWhenPriced {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let valid = next.run(ctx).await?;
        if let Some(Cost(cost)) = ctx.data_opt() {
            // Asked once a request.
            let _ = cost.set(valid.complexity);
        }
        Err(Vec::new())
    }
}
