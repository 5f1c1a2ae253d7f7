//! Queries for what customers have in common: industries and account managers.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use crate::{
    db::{Count, Id, counts_by},
    domains::{
        ContextExt,
        customers::entity::{Column, Entity},
        identity::{Person, User, person_of},
    },
    error::Error,
    graphql::{About, Listed, Requires, nullable},
};

/// Industry of customers.
#[derive(SimpleObject, Debug, Clone)]
pub struct CustomerIndustry {
    /// Name, as it stands at the customers.
    name: String,
    /// Number of its customers.
    customer_count: u64,
}

/// User who looks after customers.
#[derive(SimpleObject, Debug, Clone)]
#[graphql(complex)]
pub struct AccountManager {
    /// Number of customers they look after.
    customer_count: u64,
    #[graphql(skip)]
    user_id: Id<User>,
}

#[ComplexObject]
impl AccountManager {
    /// The user; null if they no longer exist.
    async fn person(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        nullable(person_of(ctx, self.user_id)).await
    }
}

/// Returns the numbers of visible customers by what stands in `column`, the largest first, without those that have
/// nothing there.
async fn counts<K>(ctx: &Context<'_>, column: Column) -> crate::error::Result<Vec<(K, u64)>>
where
    K: sea_orm::TryGetable + Ord + Clone + Send,
{
    let (app, viewer) = (ctx.app()?, ctx.viewer()?);
    let present = Entity::wanted(None, viewer)?;
    let rows = sea_orm::QueryFilter::filter(Entity::visible_to(viewer)?, present);
    let rows = counts_by::<Option<K>, _, _>(app.db.reader(), rows, column).await?;
    let mut counts: Vec<_> = rows.into_iter().filter_map(|Count { key, rows }| Some((key?, rows))).collect();
    counts.sort_by(|(one, few), (other, many)| many.cmp(few).then(one.cmp(other)));
    Ok(counts)
}

/// Queries for what customers have in common.
#[derive(Default, Debug)]
pub struct CustomersOverviewQuery;

#[Object]
impl CustomersOverviewQuery {
    /// Industries of customers, the most common first; null without `customers:read`.
    #[graphql(directive = About::apply(20), directive = Requires::apply(&["customers:read"]))]
    async fn customer_industries(&self, ctx: &Context<'_>) -> Option<Result<Vec<CustomerIndustry>>> {
        let industries = async {
            let counts = counts::<String>(ctx, Column::Industry).await?;
            let industry = |(name, customer_count)| CustomerIndustry { name, customer_count };
            Ok::<_, Error>(Some(counts.into_iter().map(industry).collect()))
        };
        nullable(industries).await
    }

    /// Users who look after customers, those with the most first; null without `customers:read`.
    #[graphql(directive = About::apply(20), directive = Requires::apply(&["customers:read"]))]
    async fn account_managers(&self, ctx: &Context<'_>) -> Option<Result<Vec<AccountManager>>> {
        let managers = async {
            let counts = counts::<Id<User>>(ctx, Column::AccountManagerId).await?;
            let manager = |(user_id, customer_count)| AccountManager { user_id, customer_count };
            Ok::<_, Error>(Some(counts.into_iter().map(manager).collect()))
        };
        nullable(managers).await
    }
}
