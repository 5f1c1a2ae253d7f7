//! Visibility, filters and sort orders of notes.

use sea_orm::{EntityTrait, QueryFilter, Select};

use super::entity::{Column, Entity, Model};
use crate::{
    auth::Viewer,
    domains::{
        activity::subject_rights::visible_subjects, customers::Customer, identity::User, leads::Lead, shared::Below,
    },
    error::Result,
    graphql::{BooleanFilter, DateTimeFilter, IdFilter, Listed, Nullable, filter_input, order_input},
};

filter_input! {
    /// Conditions on notes. All given conditions must hold.
    pub struct NoteFilter {
        /// Condition on whether the note is to be shown before the others.
        is_pinned: BooleanFilter => |filter| filter.on(Column::IsPinned),
        /// Condition on the author.
        author_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::AuthorId),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// Condition on the time of the last change.
        updated_at: DateTimeFilter => |filter| filter.on(Column::UpdatedAt),
    }
}

order_input! {
    /// Fields by which notes can be sorted.
    pub enum NoteOrderField of Entity, CreatedAt Desc unless given {
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Time of the last change.
        UpdatedAt => Column::UpdatedAt,
    }
}

/// Who sees a lead or a customer sees the notes on it.
impl Listed for Entity {
    type Node = Model;
    type Filter = NoteFilter;
    type OrderField = NoteOrderField;

    const SEARCHED: &'static [Column] = &[Column::Words];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        Ok(Self::find().filter(visible_subjects(viewer, Column::SubjectKind, Column::SubjectId)?))
    }
}

impl Below<Customer> for Entity {
    fn parent() -> Column {
        Column::SubjectId
    }
}

impl Below<Lead> for Entity {
    fn parent() -> Column {
        Column::SubjectId
    }
}
