//! GraphQL types, query and mutations for notes.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use super::{
    entity::{Entity, Model as Note},
    input::{AddNoteInput, UpdateNoteInput},
    service,
};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        activity::subject_link::{Subject, subject_of},
        customers::Customer,
        identity::{Person, person_of},
        leads::Lead,
        shared::{list_below, one},
    },
    graphql::{Requires, nullable},
};

#[ComplexObject]
impl Note {
    /// Lead or customer; null if it is gone.
    #[graphql(name = "subject")]
    async fn of_subject(&self, ctx: &Context<'_>) -> Option<Result<Subject>> {
        nullable(subject_of(ctx, self.subject())).await
    }

    /// User who wrote it; null for the server itself.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.author_id?;
        nullable(person_of(ctx, id)).await
    }
}

list_below! {
    /// Notes on the customer; null without `customers:read` or `leads:read`.
    NotesOfCustomer: notes of Entity, below Customer,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the notes.",
    order: "Sort order. Defaults to the latest first.",
    search: "Words that the text must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

list_below! {
    /// Notes on the lead; null without `customers:read` or `leads:read`.
    NotesOfLead: notes of Entity, below Lead,
    needs: "customers:read" or "leads:read",
    filter: "Conditions on the notes.",
    order: "Sort order. Defaults to the latest first.",
    search: "Words that the text must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Query for notes.
#[derive(Default, Debug)]
pub struct NotesQuery;

#[Object]
impl NotesQuery {
    /// The note with this id; null if it does not exist or you may not see its lead or customer. Needs `customers:read` for
    /// those on customers, `leads:read` for those on leads.
    #[graphql(directive = Requires::apply(&["customers:read", "leads:read"]))]
    async fn note(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the note.")] id: Id<Note>) -> Option<Result<Note>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

/// A deleted note.
#[derive(SimpleObject, Debug)]
pub struct DeletedNote {
    /// Id of the deleted note.
    id: Id<Note>,
}

/// Mutations of notes.
#[derive(Default, Debug)]
pub struct NotesMutation;

#[Object]
impl NotesMutation {
    /// Adds a note to a lead or a customer that you may see. Needs `notes:write`.
    #[graphql(directive = Requires::apply(&["notes:write"]))]
    async fn add_note(&self, ctx: &Context<'_>, #[graphql(desc = "The note.")] input: AddNoteInput) -> Result<Note> {
        Ok(Box::pin(service::add(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Updates a note: your own, any with `interactions:delete`. Needs `notes:write`. Fails with `CONFLICT` if the note has
    /// changed since `expectedVersion`.
    #[graphql(directive = Requires::apply(&["notes:write"]))]
    async fn update_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the note.")] input: UpdateNoteInput,
    ) -> Result<Note> {
        Ok(Box::pin(service::update(ctx.app()?, ctx.viewer()?, input)).await?)
    }

    /// Deletes a note, with its entry in the timeline: your own, any with `interactions:delete`. Needs `notes:write`.
    #[graphql(directive = Requires::apply(&["notes:write"]))]
    async fn delete_note(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the note.")] id: Id<Note>,
    ) -> Result<DeletedNote> {
        Ok(DeletedNote { id: Box::pin(service::delete(ctx.app()?, ctx.viewer()?, id)).await?.id })
    }
}
