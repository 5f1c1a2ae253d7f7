//! Tasks: what is to be done for a lead or a customer. A follow-up is a task with the interaction that it comes from.

mod entity;
mod graphql;
mod input;
mod list;
mod recurring;
mod service;
mod sweeping;
mod writing;

pub use entity::{Entity as TaskEntity, Model as Task, Priority as TaskPriority, Status as TaskStatus};
pub(super) use graphql::FollowUpsOfInteraction;
pub use graphql::{PendingFollowUpsList, TasksList, TasksMutation, TasksQuery};
pub(crate) use graphql::{TasksOfCustomer, TasksOfLead};
pub(crate) use sweeping::{cancel_open_tasks, reopen_tasks};
pub(super) use writing::{NewTask, insert_task};
