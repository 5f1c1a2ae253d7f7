//! Batched counting of entries: of all, also those whose content the viewer may not see.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{SimpleObject, dataloader::Loader};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::entity::{Column, Entity, Kind};
use crate::{
    domains::{Batch, ContextExt, activity::subject_rights::visible_subjects},
    error::{Error, Result},
};

/// Number of entries of the timeline of one kind.
#[derive(SimpleObject, Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineCount {
    /// Kind of entry.
    kind: Kind,
    /// Number of entries.
    count: u64,
}

/// The loader key of the numbers of entries of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct CountsOf(Uuid);

impl Loader<CountsOf> for Batch {
    type Value = Vec<TimelineCount>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountsOf]) -> Result<HashMap<CountsOf, Vec<TimelineCount>>, Arc<Error>> {
        let visible = visible_subjects(&self.viewer, Column::SubjectKind, Column::SubjectId)?;
        let counted: Vec<(Uuid, Kind, i64)> = Entity::find()
            .select_only()
            .column(Column::SubjectId)
            .column(Column::Kind)
            .expr_as(Expr::cust("COUNT(*)"), "entries")
            .filter(visible)
            .filter(Column::SubjectId.is_in(keys.iter().map(|CountsOf(subject)| *subject)))
            .group_by(Column::SubjectId)
            .group_by(Column::Kind)
            .order_by_asc(Column::Kind)
            .into_tuple()
            .all(self.app.db.reader())
            .await
            .map_err(Error::from)?;
        let mut counts: HashMap<_, Vec<_>> = HashMap::new();
        for (subject, kind, count) in counted {
            let count = u64::try_from(count).unwrap_or_default();
            counts.entry(CountsOf(subject)).or_default().push(TimelineCount { kind, count });
        }
        Ok(counts)
    }
}

/// Returns the numbers of entries of a subject by kind, batched with the requests of sibling fields.
///
/// # Errors
/// When the database fails.
pub(crate) async fn timeline_counts(ctx: &(impl ContextExt<'_> + Sync), subject: Uuid) -> Result<Vec<TimelineCount>> {
    let counts = ctx.loader()?.load_one(CountsOf(subject)).await.map_err(Error::shared)?;
    Ok(counts.unwrap_or_default())
}
