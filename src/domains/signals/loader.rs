//! Batched loading of signals and their reports.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::{ExtractionDisagreement, Signal, SignalReport, disagreement, list::visible_reports, report};
use crate::{
    db::Id,
    domains::{Batch, ContextExt},
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
        let rows = visible_reports(&self.viewer)?
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

/// The loader key of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct OneReport(Id<SignalReport>);

impl Loader<OneReport> for Batch {
    type Value = SignalReport;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[OneReport]) -> Result<HashMap<OneReport, SignalReport>, Arc<Error>> {
        let these = visible_reports(&self.viewer)?
            .filter(report::Column::Id.is_in(keys.iter().map(|OneReport(report)| *report)));
        let rows = these.all(self.app.db.reader()).await.map_err(Error::from)?;
        Ok(rows.into_iter().map(|row| (OneReport(row.id), row)).collect())
    }
}

/// Returns the report with this id, batched with the requests of sibling fields; `None` if it does not exist.
///
/// # Errors
/// If the viewer may see no reports, or if the database fails.
pub(in crate::domains) async fn report_of(
    ctx: &(impl ContextExt<'_> + Sync),
    id: Id<SignalReport>,
) -> Result<Option<SignalReport>> {
    ctx.loader()?.load_one(OneReport(id)).await.map_err(Error::shared)
}
