//! GraphQL fields, query and mutation for the settings.

use async_graphql::{ComplexObject, Context, Object, Result};

use super::{
    entity::{Model as Settings, SETTINGS},
    input::UpdateSettingsInput,
    loader::settings_of,
    service,
};
use crate::{
    domains::ContextExt,
    error::Error,
    graphql::{CurrencyCode, Requires, nullable},
    money::Currency,
};

#[ComplexObject]
impl Settings {
    /// Currency of the business.
    #[graphql(name = "currency")]
    async fn currency_code(&self) -> Result<CurrencyCode> {
        Ok(CurrencyCode(Currency::parse(&self.currency).map_err(Error::internal)?))
    }
}

/// Query for the settings.
#[derive(Default, Debug)]
pub struct SettingsQuery;

#[Object]
impl SettingsQuery {
    /// Settings of the business; null unless you are signed in.
    async fn settings(&self, ctx: &Context<'_>) -> Option<Result<Settings>> {
        nullable(settings_of(ctx, SETTINGS)).await
    }
}

/// Mutation of the settings.
#[derive(Default, Debug)]
pub struct SettingsMutation;

#[Object]
impl SettingsMutation {
    /// Updates the settings of the business. Needs `settings:manage`. Fails with `CONFLICT` if the settings have changed
    /// since `expectedVersion`. Scheduled tasks follow a changed time zone within seconds.
    #[graphql(directive = Requires::apply(&["settings:manage"]))]
    async fn update_settings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the settings.")] input: UpdateSettingsInput,
    ) -> Result<Settings> {
        Ok(service::update(ctx.app()?, ctx.viewer()?, input).await?)
    }
}
