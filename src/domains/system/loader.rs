//! Batched lookup of event positions.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;

use crate::{
    domains::Batch,
    error::{Error, Result},
    events::Found,
};

/// The loader key of an event position, by the event's id in the log.
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
