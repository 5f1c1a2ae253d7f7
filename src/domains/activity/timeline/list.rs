//! Visibility, filters and sort orders of entries of the timeline.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::entity::{Column, Entity, Kind, Model};
use crate::{
    auth::{Permission, Viewer},
    domains::{
        activity::subject_rights::visible_subjects, customers::Customer, identity::User, leads::Lead, shared::Below,
    },
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, IdFilter, Listed, Nullable, filter_input, order_input},
};

filter_input! {
    /// Conditions on entries of the timeline. All given conditions must hold.
    pub struct TimelineEntryFilter {
        /// Condition on the kind of entry.
        kind: EnumFilter<Kind> => |filter| filter.on(Column::Kind),
        /// Condition on the time at which it happened.
        occurred_at: DateTimeFilter => |filter| filter.on(Column::OccurredAt),
        /// Condition on the user who did it.
        actor_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::ActorId),
        /// Condition on the time at which what it points to was deleted.
        deleted_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::DeletedAt),
    }
}

order_input! {
    /// Fields by which entries of the timeline can be sorted.
    pub enum TimelineEntryOrderField of Entity, OccurredAt Desc unless given {
        /// Time at which it happened.
        OccurredAt => Column::OccurredAt,
    }
}

/// Who sees a lead or a customer sees its timeline, apart from entries whose kind needs a right of its own.
impl Listed for Entity {
    type Node = Model;
    type Filter = TimelineEntryFilter;
    type OrderField = TimelineEntryOrderField;

    const SEARCHED: &'static [Column] = &[];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let of_subjects = visible_subjects(viewer, Column::SubjectKind, Column::SubjectId)?;
        let hidden = (!viewer.may(Permission::SignalsRead)).then(|| Column::Kind.ne(Kind::Signal));
        Ok(Self::find().filter(of_subjects).filter(Condition::all().add_option(hidden)))
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
