//! Settings of the business, which administrators change while the server runs.

mod entity;
mod graphql;
mod input;
mod loader;
mod personal;
mod service;

pub use entity::{Entity as SettingsEntity, Model as Settings, WeekStart};
pub use graphql::{SettingsMutation, SettingsQuery};
pub(crate) use loader::{business_zone, settings_of};
pub use personal::Personal;
pub use service::{ensure, time_zone};
