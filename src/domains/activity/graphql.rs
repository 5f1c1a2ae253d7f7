//! The roots of the group: one of each kind, since each root lengthens the way to every field.

use async_graphql::MergedObject;

use super::{
    interactions::{InteractionsList, InteractionsMutation, InteractionsQuery},
    notes::{NotesMutation, NotesQuery},
    tasks::{PendingFollowUpsList, TasksList, TasksMutation, TasksQuery},
    timeline::TimelineQuery,
};

/// Queries for interactions, tasks, notes and the timeline.
#[derive(MergedObject, Default)]
pub struct ActivityQuery(
    InteractionsQuery,
    InteractionsList,
    TasksQuery,
    TasksList,
    PendingFollowUpsList,
    NotesQuery,
    TimelineQuery,
);

/// Mutations of interactions, tasks and notes.
#[derive(MergedObject, Default)]
pub struct ActivityMutation(InteractionsMutation, TasksMutation, NotesMutation);
