//! Opening of entries, batched: the keys of all entries of a page are read by one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, dataloader::Loader};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{
    entity::Model as AuditEntry,
    person_key::{Column, Entity, Model as PersonKey},
    sealing,
};
use crate::{
    db::Id,
    domains::shared::{Batch, ContextExt},
    error::{Error, Result},
};

impl Loader<Id<PersonKey>> for Batch {
    type Value = PersonKey;
    type Error = Arc<Error>;

    async fn load(&self, ids: &[Id<PersonKey>]) -> Result<HashMap<Id<PersonKey>, PersonKey>, Arc<Error>> {
        let keys = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(self.app.db.reader()).await;
        let keys = keys.map_err(|error| Arc::new(error.into()))?;
        Ok(keys.into_iter().map(|key| (key.id, key)).collect())
    }
}

/// Returns the entry with the values of the person, or `None` if there are none, or they were erased.
pub(super) async fn opened(ctx: &Context<'_>, entry: &AuditEntry) -> Result<Option<AuditEntry>> {
    let Some(id) = entry.person_key_id else { return Ok(None) };
    let Some(key) = ctx.loader()?.load_one(id).await.map_err(Error::shared)? else { return Ok(None) };
    Ok(Some(sealing::open(&ctx.app()?.secrets, &key, entry)?))
}
