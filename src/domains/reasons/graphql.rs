//! Queries and mutations for reasons.

use async_graphql::{Context, Object, Result};

use super::{
    entity::{Kind, Model as Reason},
    input::{SaveReasonInput, SetReasonActiveInput},
    service::{self, OneReason},
};
use crate::{
    db::Id,
    domains::ContextExt,
    error::Error,
    graphql::{About, Requires, nullable},
};

/// Returns the reason with this id, batched with the requests of sibling fields; `None` if the viewer may not see it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn reason_of(
    ctx: &(impl ContextExt<'_> + Sync),
    id: Id<Reason>,
) -> crate::error::Result<Option<Reason>> {
    ctx.loader()?.load_one(OneReason(id)).await.map_err(Error::shared)
}

/// Queries for reasons.
#[derive(Default, Debug)]
pub struct ReasonsQuery;

#[Object]
impl ReasonsQuery {
    /// The reason with this id; null if it does not exist or you may not see what it is given for.
    async fn reason(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the reason.")] id: Id<Reason>,
    ) -> Option<Result<Reason>> {
        nullable(async {
            ctx.viewer()?.session()?;
            reason_of(ctx, id).await
        })
        .await
    }

    /// Reasons for which customers leave, by name, also those that can no longer be given; null without
    /// `customers:read`.
    #[graphql(directive = About::apply(10), directive = Requires::apply(&["customers:read"]))]
    async fn churn_reasons(&self, ctx: &Context<'_>) -> Option<Result<Vec<Reason>>> {
        nullable(async { service::list(ctx.app()?, ctx.viewer()?, Kind::Churn).await.map(Some) }).await
    }

    /// Reasons for which leads are lost, by name, also those that can no longer be given; null without `leads:read` or
    /// `leads:read_all`.
    #[graphql(directive = About::apply(10), directive = Requires::apply(&["leads:read", "leads:read_all"]))]
    async fn lost_reasons(&self, ctx: &Context<'_>) -> Option<Result<Vec<Reason>>> {
        nullable(async { service::list(ctx.app()?, ctx.viewer()?, Kind::Lost).await.map(Some) }).await
    }
}

/// Mutations of reasons.
#[derive(Default, Debug)]
pub struct ReasonsMutation;

#[Object]
impl ReasonsMutation {
    /// Creates a reason, or renames one. Needs `settings:manage`. Fails with `ALREADY_EXISTS` if another of its kind has
    /// the name, and with `CONFLICT` if the reason has changed since `expectedVersion`, or if its kind has 100 already.
    #[graphql(directive = Requires::apply(&["settings:manage"]))]
    async fn save_reason(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reason.")] input: SaveReasonInput,
    ) -> Result<Reason> {
        Ok(Box::pin(service::save(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Lets a reason be given, or no longer; where it was given it stays. Needs `settings:manage`.
    #[graphql(directive = Requires::apply(&["settings:manage"]))]
    async fn set_reason_active(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Reason and whether it can be given.")] input: SetReasonActiveInput,
    ) -> Result<Reason> {
        Ok(Box::pin(service::set_active(ctx.app()?, ctx.viewer()?, input)).await?)
    }
}
