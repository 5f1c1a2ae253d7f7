//! Visibility, filters and sort orders of interactions.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::entity::{Column, Direction, Entity, Kind, Model, Outcome, Sentiment, SentimentSource};
use crate::{
    auth::Viewer,
    domains::{
        activity::subject_rights::visible_subjects,
        customers::{Customer, CustomerEntity},
        identity::User,
        leads::{Lead, LeadEntity},
        shared::Below,
    },
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, IdFilter, ListFilter, Listed, Nullable, filter_input, order_input},
};

filter_input! {
    /// Conditions on interactions. All given conditions must hold.
    pub struct InteractionFilter {
        /// Condition on the kind of contact.
        kind: EnumFilter<Kind> => |filter| filter.on(Column::Kind),
        /// Condition on the direction.
        direction: Nullable<EnumFilter<Direction>> => |filter| filter.on(Column::Direction),
        /// Condition on the outcome.
        outcome: Nullable<EnumFilter<Outcome>> => |filter| filter.on(Column::Outcome),
        /// Condition on the sentiment.
        sentiment: Nullable<EnumFilter<Sentiment>> => |filter| filter.on(Column::Sentiment),
        /// Condition on the source of the sentiment.
        sentiment_source: Nullable<EnumFilter<SentimentSource>> => |filter| filter.on(Column::SentimentSource),
        /// Condition on the time at which it took place.
        occurred_at: DateTimeFilter => |filter| filter.on(Column::OccurredAt),
        /// Condition on the time at which it was logged.
        recorded_at: DateTimeFilter => |filter| filter.on(Column::RecordedAt),
        /// Condition on the user who talked to the other side.
        performed_by_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::PerformedById),
        /// Condition on the deletion time. Deleted interactions are omitted unless this is given.
        deleted_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::DeletedAt),
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

impl InteractionFilter {
    /// Returns true if any part of the filter is about the deletion.
    fn asks_for_deletion(&self) -> bool {
        let parts = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.deleted_at.is_some() || parts.into_iter().any(Self::asks_for_deletion)
    }
}

order_input! {
    /// Fields by which interactions can be sorted.
    pub enum InteractionOrderField of Entity, OccurredAt Desc unless given {
        /// Time at which it took place.
        OccurredAt => Column::OccurredAt,
        /// Time at which it was logged.
        RecordedAt => Column::RecordedAt,
    }
}

/// Who sees a lead or a customer sees its interactions.
impl Listed for Entity {
    type Node = Model;
    type Filter = InteractionFilter;
    type OrderField = InteractionOrderField;

    const SEARCHED: &'static [Column] = &[Column::Words];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        Ok(Self::find().filter(visible_subjects(viewer, Column::SubjectKind, Column::SubjectId)?))
    }

    /// Omits deleted interactions unless the filter is about the deletion.
    fn wanted(filter: Option<&InteractionFilter>, viewer: &Viewer) -> Result<Condition> {
        let asks = filter.is_some_and(InteractionFilter::asks_for_deletion);
        let wanted = filter.map(|filter| filter.condition(viewer)).transpose()?;
        Ok(Condition::all().add_option(wanted).add_option((!asks).then(|| Column::DeletedAt.is_null())))
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
