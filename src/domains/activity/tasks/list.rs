//! Visibility, filters and sort orders of tasks.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::entity::{Column, Entity, Model, Priority, Status};
use crate::{
    auth::Viewer,
    domains::{
        activity::{interactions::Interaction, subject_rights::visible_subjects},
        customers::{Customer, CustomerEntity},
        identity::User,
        leads::{Lead, LeadEntity},
        shared::Below,
    },
    error::Result,
    graphql::{
        BooleanFilter, DateFilter, DateTimeFilter, EnumFilter, IdFilter, Listed, Nullable, filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on tasks. All given conditions must hold.
    pub struct TaskFilter {
        /// Condition on the status.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// Condition on the priority.
        priority: EnumFilter<Priority> => |filter| filter.on(Column::Priority),
        /// Condition on the day on which it is due.
        due_on: Nullable<DateFilter> => |filter| filter.on(Column::DueOn),
        /// Condition on the time at which it is due.
        due_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::DueAt),
        /// Condition on the time from which on it is overdue.
        deadline_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::DeadlineAt),
        /// Condition on the user to whom it is assigned.
        assignee_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::AssigneeId),
        /// Condition on whether the task follows up an interaction.
        is_follow_up: BooleanFilter => |filter| filter.on_presence(Column::OriginId),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// Condition on the time at which it was completed.
        completed_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::CompletedAt),
    }
    naming {
        /// Condition on the id of the customer. Needs `customers:read`.
        customer_id: IdFilter<Customer> as CustomerEntity => Column::SubjectId,
        /// Condition on the id of the lead. Needs `leads:read`.
        lead_id: IdFilter<Lead> as LeadEntity => Column::SubjectId,
    }
    through {
        /// Condition on the customer.
        customer: CustomerEntity => Column::SubjectId,
        /// Condition on the lead.
        lead: LeadEntity => Column::SubjectId,
    }
}

impl TaskFilter {
    /// Returns the filter for open tasks that follow up an interaction and match this one.
    pub(super) fn pending(mut self) -> Self {
        let open = EnumFilter { eq: Some(Status::Open), is_in: None, not_in: None };
        let is_follow_up = Some(BooleanFilter { eq: Some(true) });
        self.and.get_or_insert_default().push(Self { status: Some(open), is_follow_up, ..Self::default() });
        self
    }
}

order_input! {
    /// Fields by which tasks can be sorted.
    #[expect(clippy::enum_variant_names, reason = "each sorts by a time, and is named as its field")]
    pub enum TaskOrderField of Entity, DeadlineAt Asc unless given {
        /// Time from which on it is overdue; tasks that are never due come last.
        DeadlineAt => Column::DeadlineAt,
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Time at which it was completed; others come last.
        CompletedAt => Column::CompletedAt,
    }
}

/// Who sees a lead or a customer sees its tasks.
impl Listed for Entity {
    type Node = Model;
    type Filter = TaskFilter;
    type OrderField = TaskOrderField;

    const SEARCHED: &'static [Column] = &[Column::Words];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let of_subjects = visible_subjects(viewer, Column::SubjectKind, Column::SubjectId)?;
        Ok(Self::find().filter(Column::DeletedAt.is_null()).filter(of_subjects))
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

/// The tasks that follow up an interaction.
impl Below<Interaction> for Entity {
    fn parent() -> Column {
        Column::OriginId
    }
}
