//! Leads by their ids, by one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;

use super::{Lead, service};
use crate::{
    db::Id,
    domains::Batch,
    error::{Error, Result},
};

impl Loader<Id<Lead>> for Batch {
    type Value = Lead;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Lead>]) -> Result<HashMap<Id<Lead>, Lead>, Arc<Error>> {
        let leads = service::find_many(&self.app, &self.viewer, keys).await?;
        Ok(leads.into_iter().map(|lead| (lead.id, lead)).collect())
    }
}
