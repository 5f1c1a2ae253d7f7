//! The index by which the customers of many companies are read in order.

use sea_orm_migration::prelude::*;

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The unique index on the first two columns gives no order by id, which closes the order of every list: each company's customers
/// were sorted again.
const NAME: &str = "customers_below_company";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index(NAME, "customers", &["company_id", "name_key", "id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table(Alias::new("customers")).to_owned()).await
    }
}
