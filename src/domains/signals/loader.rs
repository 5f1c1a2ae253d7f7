//! Batched loading of signals and their reports.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{ExtractionDisagreement, Signal, SignalReport, disagreement, report, signal};
use crate::{
    db::Id,
    domains::Batch,
    error::{Error, Result},
    graphql::Listed,
};

/// The loader key of the disagreements about a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DisagreementsOn(pub(super) Id<Signal>);

impl Loader<DisagreementsOn> for Batch {
    type Value = Vec<ExtractionDisagreement>;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[DisagreementsOn],
    ) -> Result<HashMap<DisagreementsOn, Vec<ExtractionDisagreement>>, Arc<Error>> {
        let rows = disagreement::Entity::visible_to(&self.viewer)?
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

/// The loader key of the reports on a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ReportsOn(pub(super) Id<Signal>);

impl Loader<ReportsOn> for Batch {
    type Value = Vec<SignalReport>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ReportsOn]) -> Result<HashMap<ReportsOn, Vec<SignalReport>>, Arc<Error>> {
        // Who sees a signal sees the reports on it.
        signal::Entity::visible_to(&self.viewer)?;
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
