//! Documents and passages for many parents, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, prelude::Uuid};

use super::{document, passage, service::PassageList};
use crate::{
    auth::Permission,
    db::{Id, KeysetPage, fetch_children},
    domains::Batch,
    error::{Error, Result},
};

/// A page of the passages of one document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct PassagesOf {
    /// Whose.
    pub(super) document: Id<document::Model>,
    /// Which.
    pub(super) list: Arc<PassageList>,
}

/// The count of the passages of one document.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CountOf(pub(super) PassagesOf);

/// Fields that ask for the same list of different documents are loaded together.
fn by_list<'a>(keys: impl Iterator<Item = &'a PassagesOf>) -> HashMap<Arc<PassageList>, Vec<Id<document::Model>>> {
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for key in keys {
        groups.entry(key.list.clone()).or_default().push(key.document);
    }
    groups
}

impl Loader<PassagesOf> for Batch {
    type Value = KeysetPage<passage::Model>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PassagesOf]) -> Result<HashMap<PassagesOf, Self::Value>, Arc<Error>> {
        self.viewer.need(Permission::KnowledgeRead)?;
        let of_document = passage::Column::DocumentId;
        let mut loaded = HashMap::new();
        for (list, documents) in by_list(keys.iter()) {
            let request = list.page.request(list.keyset())?;
            let select = list.select().filter(of_document.is_in(documents));
            let pages = fetch_children(self.app.db.reader(), select, of_document, list.keyset(), &request);
            for (document, page) in pages.await.map_err(Error::from)? {
                loaded.insert(PassagesOf { document: Id::from_uuid(document), list: list.clone() }, page);
            }
        }
        Ok(loaded)
    }
}

impl Loader<CountOf> for Batch {
    type Value = u64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountOf]) -> Result<HashMap<CountOf, u64>, Arc<Error>> {
        self.viewer.need(Permission::KnowledgeRead)?;
        let mut loaded = HashMap::new();
        for (list, documents) in by_list(keys.iter().map(|CountOf(key)| key)) {
            let counts: Vec<(Uuid, i64)> = list
                .select()
                .filter(passage::Column::DocumentId.is_in(documents))
                .select_only()
                .column(passage::Column::DocumentId)
                .column_as(passage::Column::Id.count(), "passages")
                .group_by(passage::Column::DocumentId)
                .into_tuple()
                .all(self.app.db.reader())
                .await
                .map_err(Error::from)?;
            for (document, count) in counts {
                let key = PassagesOf { document: Id::from_uuid(document), list: list.clone() };
                loaded.insert(CountOf(key), u64::try_from(count).unwrap_or_default());
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
