//! Operation of the server: jobs and health.

mod events;
mod fold_texts;
mod follow;
mod graphql;
mod health;
mod health_graphql;
mod job;
mod job_kind;
mod list;
mod loader;
mod personal;
mod server_info;
mod service;

pub use events::JobError;
pub use fold_texts::{FoldTexts, fold_after_migrating};
pub use graphql::{JobsList, SystemMutation, SystemQuery, SystemSubscription};
pub use health::{HealthReport, HealthStatus, PartHealth, ServerPartName, check as check_health, hanging};
pub use health_graphql::HealthQuery;
pub use job::Job;
pub use job_kind::JobKind;
pub(crate) use loader::PlaceOf;
pub use personal::Personal;
pub use server_info::ServerInfoQuery;
