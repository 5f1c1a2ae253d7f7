//! Jobs by their ids, and the places of their events, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;

use super::service;
use crate::{
    db::Id,
    domains::Batch,
    error::{Error, Result},
    events::Found,
    jobs::JobRow,
};

impl Loader<Id<JobRow>> for Batch {
    type Value = JobRow;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<JobRow>]) -> Result<HashMap<Id<JobRow>, JobRow>, Arc<Error>> {
        let jobs = service::find_many(&self.app, &self.viewer, keys).await?;
        Ok(jobs.into_iter().map(|job| (job.id, job)).collect())
    }
}

/// An event of what the viewer has been shown, by its id in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PlaceOf(pub(crate) i64);

impl Loader<PlaceOf> for Batch {
    type Value = Found;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PlaceOf]) -> Result<HashMap<PlaceOf, Found>, Arc<Error>> {
        let ids: Vec<_> = keys.iter().map(|PlaceOf(id)| *id).collect();
        let places = self.app.events.positions_of(&ids).await.map_err(Error::from)?;
        Ok(ids.into_iter().zip(places).map(|(id, found)| (PlaceOf(id), found)).collect())
    }
}
