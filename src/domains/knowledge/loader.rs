//! Documents and passages for many parents, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::{document, graphql::PassageFilter, passage, service::PassageList};
use crate::{
    auth::Permission,
    db::{Id, Keyset},
    domains::{Batch, Below, List},
    error::{Error, Result},
    graphql::PageArgs,
};

impl List for PassageList {
    type Entity = passage::Entity;
    type Node = passage::Model;

    const NEEDS: Option<Permission> = Some(Permission::KnowledgeRead);

    fn page(&self) -> &PageArgs {
        &self.page
    }

    fn keyset(&self) -> Keyset<passage::Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self) -> Select<passage::Entity> {
        let wanted = Condition::all().add_option(self.filter.as_ref().map(PassageFilter::condition));
        passage::Entity::find().filter(wanted)
    }
}

impl Below<document::Model> for PassageList {
    fn parent() -> passage::Column {
        passage::Column::DocumentId
    }
}

impl Loader<Id<document::Model>> for Batch {
    type Value = document::Model;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[Id<document::Model>],
    ) -> Result<HashMap<Id<document::Model>, document::Model>, Arc<Error>> {
        self.viewer.need(Permission::KnowledgeRead)?;
        let rows = document::Entity::find().filter(document::Column::Id.is_in(keys.iter().copied()));
        let rows = rows.all(self.app.db.reader()).await.map_err(Error::from)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader<Id<passage::Model>> for Batch {
    type Value = passage::Model;
    type Error = Arc<Error>;

    async fn load(
        &self,
        keys: &[Id<passage::Model>],
    ) -> Result<HashMap<Id<passage::Model>, passage::Model>, Arc<Error>> {
        self.viewer.need(Permission::KnowledgeRead)?;
        let rows = passage::Entity::find().filter(passage::Column::Id.is_in(keys.iter().copied()));
        let rows = rows.all(self.app.db.reader()).await.map_err(Error::from)?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}
