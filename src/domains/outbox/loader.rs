//! Mails of the outbox by their ids, by one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;

use super::{OutboxMail, service};
use crate::{
    db::Id,
    domains::Batch,
    error::{Error, Result},
};

impl Loader<Id<OutboxMail>> for Batch {
    type Value = OutboxMail;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<OutboxMail>]) -> Result<HashMap<Id<OutboxMail>, OutboxMail>, Arc<Error>> {
        let mails = service::find_many(&self.app, &self.viewer, keys).await?;
        Ok(mails.into_iter().map(|mail| (mail.id, mail)).collect())
    }
}
