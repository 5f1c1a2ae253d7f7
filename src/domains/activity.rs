//! What happens with leads and customers: interactions, tasks, notes, and the timeline that points to all of it. Each
//! belongs to one lead or one customer, its subject.

mod events;
mod graphql;
mod interactions;
mod notes;
mod personal;
mod subject;
mod subject_link;
mod subject_rights;
mod tasks;
mod timeline;

pub use events::{InteractionDeleted, InteractionLogged, InteractionUpdated, TaskCompleted, TaskCreated, TaskUpdated};
pub use graphql::{ActivityMutation, ActivityQuery};
pub use interactions::{Interaction, InteractionEntity};
pub(crate) use interactions::{InteractionsOfCustomer, InteractionsOfLead};
pub use notes::{Note, NoteEntity};
pub(crate) use notes::{NotesOfCustomer, NotesOfLead};
pub use personal::Personal;
pub use subject::{SubjectKind, SubjectRef};
pub use subject_link::Subject;
pub use tasks::{Task, TaskEntity, TaskPriority, TaskStatus};
pub(crate) use tasks::{TasksOfCustomer, TasksOfLead, cancel_open_tasks, reopen_tasks};
pub use timeline::{TimelineCount, TimelineEntry, TimelineEntryEntity, TimelineKind};
pub(crate) use timeline::{TimelineOfCustomer, TimelineOfLead, Touch, bury, move_to, timeline_counts, touch, untouch};
