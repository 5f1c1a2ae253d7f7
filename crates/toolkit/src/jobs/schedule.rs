//! Recurring jobs on the clocks of a time zone, fired once per tick regardless of the number of processes.
//!
//! A row tells when a schedule is due next; the process that moves it on enqueues the job, in the same transaction. The
//! server's own tasks stand in the code ([`ScheduledTask`]) and follow the time zone of the settings. Schedules of domains
//! ([`set_schedule`]) stand in the table, each with a time zone of its own.
//!
//! Ticks that passed while no process was running are made up for once, as the latest of them.

mod firing;
mod row;
mod task;
mod tick;

pub use firing::{Schedule, TaskState};
pub use row::{NewSchedule, delete_schedule, set_schedule};
pub use task::ScheduledTask;
pub use tick::{LastRun, Tick};
