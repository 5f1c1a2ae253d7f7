//! The running of the server itself: jobs, as people see and steer them.

mod events;
mod fold_texts;
mod follow;
mod graphql;
mod health;
mod health_graphql;
mod loader;
mod service;

pub use events::JobError;
pub use fold_texts::FoldTexts;
pub(crate) use graphql::job_of;
pub use graphql::{Job, SystemMutation, SystemQuery, SystemSubscription};
pub use health::{HealthReport, HealthStatus, PartHealth, check as check_health, hanging};
pub use health_graphql::HealthQuery;
pub(crate) use loader::PlaceOf;
