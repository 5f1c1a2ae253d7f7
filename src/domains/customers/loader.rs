//! Customers below many companies, by one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    CustomerList,
    entity::{Column, Entity, Model},
};
use crate::{
    auth::Permission,
    db::{Id, KeysetPage, fetch_children},
    domains::{Batch, intelligence::Company},
    error::{Error, Result},
};

/// A page of the customers of one company.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CustomersBelow {
    /// Whose.
    pub company: Id<Company>,
    /// Which.
    pub list: Arc<CustomerList>,
}

/// The count of the customers of one company.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CountBelow(pub CustomersBelow);

/// Fields that ask for the same list of different companies are loaded together.
fn by_list<'a>(keys: impl Iterator<Item = &'a CustomersBelow>) -> HashMap<Arc<CustomerList>, Vec<Id<Company>>> {
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for key in keys {
        groups.entry(key.list.clone()).or_default().push(key.company);
    }
    groups
}

impl Loader<CustomersBelow> for Batch {
    type Value = KeysetPage<Model>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CustomersBelow]) -> Result<HashMap<CustomersBelow, Self::Value>, Arc<Error>> {
        self.viewer.need(Permission::CustomersRead)?;
        let mut loaded = HashMap::new();
        for (list, companies) in by_list(keys.iter()) {
            let request = list.page.request(list.keyset())?;
            let select = list.select().filter(Column::CompanyId.is_in(companies));
            let pages = fetch_children(self.app.db.reader(), select, Column::CompanyId, list.keyset(), &request);
            for (company, page) in pages.await.map_err(Error::from)? {
                loaded.insert(CustomersBelow { company: Id::from_uuid(company), list: list.clone() }, page);
            }
        }
        Ok(loaded)
    }
}

impl Loader<CountBelow> for Batch {
    type Value = u64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountBelow]) -> Result<HashMap<CountBelow, u64>, Arc<Error>> {
        self.viewer.need(Permission::CustomersRead)?;
        let mut loaded = HashMap::new();
        for (list, companies) in by_list(keys.iter().map(|CountBelow(key)| key)) {
            let counts: Vec<(Uuid, i64)> = list
                .select()
                .filter(Column::CompanyId.is_in(companies))
                .select_only()
                .column(Column::CompanyId)
                .column_as(Column::Id.count(), "customers")
                .group_by(Column::CompanyId)
                .into_tuple()
                .all(self.app.db.reader())
                .await
                .map_err(Error::from)?;
            for (company, count) in counts {
                let key = CustomersBelow { company: Id::from_uuid(company), list: list.clone() };
                loaded.insert(CountBelow(key), u64::try_from(count).unwrap_or_default());
            }
        }
        Ok(loaded)
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
