//! The server's scheduled tasks, as people see and start them.

mod graphql;
mod service;
mod task;

pub use graphql::{SchedulesMutation, SchedulesQuery};
pub(crate) use service::find_node;
pub use task::{ScheduledRun, ScheduledTaskView};
