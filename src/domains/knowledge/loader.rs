//! Documents and passages for many parents, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{document, passage, service::passages_keyset};
use crate::{
    auth::Permission,
    db::{Id, KeysetPage, fetch_children},
    domains::Batch,
    error::{Error, Result},
    graphql::PageArgs,
};

/// A page of the passages of one document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PassagesOf {
    /// Whose.
    pub(super) document: Id<document::Model>,
    /// Which.
    pub(super) page: Arc<PageArgs>,
}

impl Loader<PassagesOf> for Batch {
    type Value = KeysetPage<passage::Model>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PassagesOf]) -> Result<HashMap<PassagesOf, Self::Value>, Arc<Error>> {
        self.viewer.need(Permission::KnowledgeRead)?;
        let mut groups: HashMap<_, Vec<_>> = HashMap::new();
        for key in keys {
            groups.entry(key.page.clone()).or_default().push(key.document);
        }
        let mut loaded = HashMap::new();
        for (page, documents) in groups {
            let request = page.request(passages_keyset())?;
            let of_document = passage::Column::DocumentId;
            let select = passage::Entity::find().filter(of_document.is_in(documents));
            let pages = fetch_children(self.app.db.reader(), select, of_document, passages_keyset(), &request).await;
            for (document, passages) in pages.map_err(Error::from)? {
                loaded.insert(PassagesOf { document: Id::from_uuid(document), page: page.clone() }, passages);
            }
        }
        Ok(loaded)
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
