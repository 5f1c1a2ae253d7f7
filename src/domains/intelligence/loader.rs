//! Batched loading of companies and their facts.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{company, fact};
use crate::{
    auth::Permission,
    db::Id,
    domains::Batch,
    error::{Error, Result},
};

/// The loader key of a company's facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FactsOf(pub(super) Id<company::Model>);

impl Loader<FactsOf> for Batch {
    type Value = Arc<Vec<fact::Model>>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[FactsOf]) -> Result<HashMap<FactsOf, Self::Value>, Arc<Error>> {
        self.viewer.need(Permission::CompaniesRead)?;
        let rows = fact::Entity::find()
            .filter(fact::Column::CompanyId.is_in(keys.iter().map(|FactsOf(company)| *company)))
            .order_by_asc(fact::Column::CompanyId)
            .order_by_asc(fact::Column::Topic)
            .order_by_asc(fact::Column::Rank)
            .all(self.app.db.reader())
            .await
            .map_err(Error::from)?;
        let mut facts: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            facts.entry(FactsOf(row.company_id)).or_default().push(row);
        }
        Ok(facts.into_iter().map(|(company, facts)| (company, Arc::new(facts))).collect())
    }
}
