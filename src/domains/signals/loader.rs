//! Signals and their reports for many parents, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Select};

use super::{
    ExtractionDisagreement, Signal, SignalList, SignalReport, disagreement,
    graphql::{ExtractionDisagreementFilter, ExtractionDisagreementOrder},
    report, signal,
};
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

/// Which disagreements are wanted, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct DisagreementList {
    pub(super) page: PageArgs,
    pub(super) filter: Option<Box<ExtractionDisagreementFilter>>,
    pub(super) order: Option<ExtractionDisagreementOrder>,
}

impl List for DisagreementList {
    type Entity = disagreement::Entity;
    type Node = ExtractionDisagreement;

    const NEEDS: Option<Permission> = Some(Permission::SignalsRead);

    fn page(&self) -> &PageArgs {
        &self.page
    }

    fn keyset(&self) -> Keyset<disagreement::Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self) -> Select<disagreement::Entity> {
        let wanted = self.filter.as_deref().map(ExtractionDisagreementFilter::condition);
        disagreement::Entity::find().filter(Condition::all().add_option(wanted))
    }
}

/// What a monitoring noted.
impl Below<JobRow> for DisagreementList {
    fn parent() -> disagreement::Column {
        disagreement::Column::JobId
    }
}

/// Where rules and model differ about a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DisagreementsOn(pub(super) Id<Signal>);

impl Loader<DisagreementsOn> for Batch {
    type Value = Vec<ExtractionDisagreement>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[DisagreementsOn],
    ) -> Result<HashMap<DisagreementsOn, Vec<ExtractionDisagreement>>, Arc<Error>> {
        self.viewer.need(Permission::SignalsRead)?;
        let rows = disagreement::Entity::find()
            .filter(disagreement::Column::SignalId.is_in(keys.iter().map(|DisagreementsOn(signal)| *signal)))
            .order_by_asc(disagreement::Column::SignalId)
            .order_by_asc(disagreement::Column::Id)
            .all(self.app.db.reader())
            .await
            .map_err(Error::from)?;
        let mut disagreements: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            let Some(signal) = row.signal_id else { continue };
            disagreements.entry(DisagreementsOn(signal)).or_default().push(row);
        }
        Ok(disagreements)
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
