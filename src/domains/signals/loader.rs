//! Signals and their reports for many parents, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Select};

use super::{Signal, SignalList, SignalReport, report, signal};
use crate::{
    auth::Permission,
    db::{Id, Keyset},
    domains::{Batch, Below, List, customers::Customer, intelligence::Company},
    error::{Error, Result},
    graphql::PageArgs,
    jobs::JobRow,
};

impl List for SignalList {
    type Entity = signal::Entity;
    type Node = Signal;

    const NEEDS: Option<Permission> = Some(Permission::SignalsRead);

    fn page(&self) -> &PageArgs {
        &self.page
    }

    fn keyset(&self) -> Keyset<signal::Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self) -> Select<signal::Entity> {
        self.rows()
    }
}

impl Below<Customer> for SignalList {
    fn parent() -> signal::Column {
        signal::Column::CustomerId
    }
}

impl Below<Company> for SignalList {
    fn parent() -> signal::Column {
        signal::Column::CompanyId
    }
}

/// What a monitoring found.
impl Below<JobRow> for SignalList {
    fn parent() -> signal::Column {
        signal::Column::JobId
    }
}

impl Loader<Id<Signal>> for Batch {
    type Value = Signal;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Signal>]) -> Result<HashMap<Id<Signal>, Signal>, Arc<Error>> {
        self.viewer.need(Permission::SignalsRead)?;
        let rows = signal::Entity::find().filter(signal::Column::Id.is_in(keys.iter().copied()));
        let rows = rows.all(self.app.db.reader()).await.map_err(Error::from)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The reports on a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ReportsOn(pub(super) Id<Signal>);

impl Loader<ReportsOn> for Batch {
    type Value = Vec<SignalReport>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ReportsOn]) -> Result<HashMap<ReportsOn, Vec<SignalReport>>, Arc<Error>> {
        self.viewer.need(Permission::SignalsRead)?;
        let rows = report::Entity::find()
            .filter(report::Column::SignalId.is_in(keys.iter().map(|ReportsOn(signal)| *signal)))
            .order_by_asc(report::Column::SignalId)
            .order_by_asc(report::Column::Rank)
            .all(self.app.db.reader())
            .await
            .map_err(Error::from)?;
        let mut reports: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            reports.entry(ReportsOn(row.signal_id)).or_default().push(row);
        }
        Ok(reports)
    }
}
