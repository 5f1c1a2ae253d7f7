//! Customers for many parents, by one statement.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::{
    CustomerList,
    entity::{Column, Entity, Model},
};
use crate::{
    auth::Permission,
    db::{Id, Keyset, Partial},
    domains::{Batch, Below, List, intelligence::Company},
    error::{Error, Result},
    graphql::{ColumnFields, PageArgs},
};

impl List for CustomerList {
    type Entity = Entity;
    type Node = Model;

    const NEEDS: Option<Permission> = Some(Permission::CustomersRead);

    fn page(&self) -> &PageArgs {
        &self.page
    }

    fn keyset(&self) -> Keyset<Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self) -> Select<Entity> {
        self.rows()
    }

    fn partial(&self) -> Option<Partial<Model>> {
        Some(Partial { columns: self.columns?, blank: Model::blank() })
    }
}

/// What the fields of a customer need to be shown.
pub(crate) static CUSTOMER_FIELDS: LazyLock<ColumnFields> = LazyLock::new(ColumnFields::of::<Model>);

impl Below<Company> for CustomerList {
    fn parent() -> Column {
        Column::CompanyId
    }
}

impl Loader<Id<Model>> for Batch {
    type Value = Model;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Model>]) -> Result<HashMap<Id<Model>, Model>, Arc<Error>> {
        self.viewer.need(Permission::CustomersRead)?;
        let rows = Entity::find().filter(Column::Id.is_in(keys.iter().copied())).all(self.app.db.reader()).await;
        Ok(rows.map_err(Error::from)?.into_iter().map(|row| (row.id, row)).collect())
    }
}
