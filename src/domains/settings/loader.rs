//! Batched loading of the settings.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;

use super::{
    entity::{Model as Settings, SETTINGS},
    service,
};
use crate::{
    db::Id,
    domains::{Batch, ContextExt},
    error::{Error, Result},
    periods::Zone,
};

impl Loader<Id<Settings>> for Batch {
    type Value = Settings;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Settings>]) -> Result<HashMap<Id<Settings>, Settings>, Arc<Error>> {
        if !keys.contains(&SETTINGS) {
            return Ok(HashMap::new());
        }
        Ok(HashMap::from([(SETTINGS, service::find(&self.app, &self.viewer).await?)]))
    }
}

/// Returns the settings if `id` is theirs, batched with the requests of sibling fields.
///
/// # Errors
/// If nobody is signed in, or the database fails.
pub(crate) async fn settings_of(ctx: &(impl ContextExt<'_> + Sync), id: Id<Settings>) -> Result<Option<Settings>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}

/// Returns the time zone of the business.
///
/// # Errors
/// If nobody is signed in, or the database fails.
pub(crate) async fn business_zone(ctx: &(impl ContextExt<'_> + Sync)) -> Result<Zone> {
    match settings_of(ctx, SETTINGS).await? {
        Some(settings) => Zone::parse(&settings.time_zone).map_err(Error::internal),
        None => Ok(Zone::utc()),
    }
}
