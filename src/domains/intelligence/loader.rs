//! Batched loading of the facts of companies.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};

use super::{company, fact};
use crate::{
    db::Id,
    domains::Batch,
    error::{Error, Result},
    graphql::Listed,
};

/// The loader key of a company's present facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct FactsOf(pub(super) Id<company::Model>);

impl Loader<FactsOf> for Batch {
    type Value = Arc<Vec<fact::Model>>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[FactsOf]) -> Result<HashMap<FactsOf, Self::Value>, Arc<Error>> {
        let rows = fact::Entity::visible_to(&self.viewer)?
            .filter(fact::Column::SupersededAt.is_null())
            .filter(fact::Column::CompanyId.is_in(keys.iter().map(|FactsOf(company)| *company)))
            .order_by_asc(fact::Column::CompanyId)
            .order_by_asc(fact::Column::Place)
            .order_by_asc(fact::Column::Id)
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
