//! The running of the server itself: jobs, as people see and steer them.

mod events;
mod follow;
mod graphql;
mod service;

pub(crate) use graphql::job_node;
pub use graphql::{Job, SystemMutation, SystemQuery, SystemSubscription};
