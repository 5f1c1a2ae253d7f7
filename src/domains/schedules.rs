//! The server's scheduled tasks, as people see and start them.

mod graphql;
mod loader;
mod personal;
mod service;
mod task;

pub use graphql::{SchedulesMutation, SchedulesQuery};
pub(crate) use loader::task_of;
pub use personal::Personal;
pub use task::{ScheduledRun, ScheduledTaskView};
