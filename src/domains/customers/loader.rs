//! Batched loading of what customers show.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::{
    churn, contact,
    entity::{Entity as CustomerEntity, Model as Customer},
};
use crate::{
    db::Id,
    domains::{Batch, ContextExt, settings::business_zone, shared::one},
    error::{Error, Result},
    graphql::Listed,
    periods::Zone,
};

/// The loader key of the primary contact of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PrimaryContactOf(pub(super) Id<Customer>);

impl Loader<PrimaryContactOf> for Batch {
    type Value = contact::Model;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PrimaryContactOf]) -> Result<HashMap<PrimaryContactOf, contact::Model>, Arc<Error>> {
        let rows = contact::Entity::visible_to(&self.viewer)?
            .filter(contact::Column::CustomerId.is_in(keys.iter().map(|PrimaryContactOf(customer)| *customer)))
            .filter(contact::Column::IsPrimary.eq(true))
            .all(self.app.db.reader())
            .await
            .map_err(Error::from)?;
        Ok(rows.into_iter().map(|row| (PrimaryContactOf(row.customer_id), row)).collect())
    }
}

/// The loader key of the churns of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ChurnsOf(pub(super) Id<Customer>);

impl Loader<ChurnsOf> for Batch {
    type Value = Vec<churn::Model>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ChurnsOf]) -> Result<HashMap<ChurnsOf, Vec<churn::Model>>, Arc<Error>> {
        // Who sees a customer sees its churns.
        CustomerEntity::visible_to(&self.viewer)?;
        let rows = <churn::Entity as sea_orm::EntityTrait>::find()
            .filter(churn::Column::CustomerId.is_in(keys.iter().map(|ChurnsOf(customer)| *customer)))
            .filter(churn::Column::UndoneAt.is_null())
            .order_by_asc(churn::Column::RecordedAt)
            .order_by_asc(churn::Column::Id)
            .all(self.app.db.reader())
            .await
            .map_err(Error::from)?;
        let mut churns: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            churns.entry(ChurnsOf(row.customer_id)).or_default().push(row);
        }
        Ok(churns)
    }
}

/// Returns the day that it is at a customer.
///
/// # Errors
/// When the database fails.
pub(super) async fn today_at(ctx: &(impl ContextExt<'_> + Sync), customer: Id<Customer>) -> Result<NaiveDate> {
    let customer = one::<CustomerEntity>(ctx, customer).await?;
    let zone = match customer.and_then(|customer| customer.account_time_zone) {
        Some(name) => Zone::parse(&name).map_err(Error::internal)?,
        None => business_zone(ctx).await?,
    };
    let now = ctx.app()?.ambient.now();
    Ok(zone.day_of(now).unwrap_or_else(|| now.date_naive()))
}
