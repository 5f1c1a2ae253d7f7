//! Inputs of mutations.

use async_graphql::{InputObject, MaybeUndefined};

use super::entity::WeekStart;
use crate::graphql::CurrencyCode;

/// Changes to the settings. Omitted fields stay unchanged.
#[derive(InputObject)]
pub struct UpdateSettingsInput {
    /// Version that you read; fails with `CONFLICT` if the settings have changed since.
    pub(super) expected_version: i32,
    /// Name of the business, up to 200 characters; null clears it.
    pub(super) business_name: MaybeUndefined<String>,
    /// Time zone of the business, by its name in the IANA database, such as `Europe/Berlin`. Scheduled tasks follow it.
    pub(super) time_zone: MaybeUndefined<String>,
    /// Currency of the business.
    pub(super) currency: MaybeUndefined<CurrencyCode>,
    /// First day of the week.
    pub(super) week_start: MaybeUndefined<WeekStart>,
    /// Language and region of texts, numbers and dates, such as `en` or `de-AT`.
    pub(super) locale: MaybeUndefined<String>,
}
