//! Visibility, filters and sort orders of notifications.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::{
    entity::{Column, Entity, Model},
    status::NotificationStatus,
};
use crate::{
    auth::Viewer,
    domains::notification_kinds::{NotificationKind, NotificationSeverity},
    error::Result,
    graphql::{AnyIdFilter, DateTimeFilter, EnumFilter, Listed, filter_input, order_input},
    text::fold,
};

filter_input! {
    /// Conditions on notifications. All given conditions must hold.
    pub struct NotificationFilter {
        /// Condition on the kind of notification.
        kind: EnumFilter<NotificationKind> => |filter| NotificationKind::condition(filter, Column::Kind),
        /// Condition on the status.
        status: EnumFilter<NotificationStatus> => NotificationStatus::condition,
        /// Condition on the severity.
        severity: EnumFilter<NotificationSeverity> => severity_condition,
        /// Condition on the id of the object that it is about.
        subject_id: AnyIdFilter => |filter| filter.on(Column::SubjectId),
        /// Condition on the time at which it happened last.
        updated_at: DateTimeFilter => |filter| filter.on(Column::UpdatedAt),
    }
}

order_input! {
    /// Fields by which notifications can be sorted.
    pub enum NotificationOrderField of Entity, UpdatedAt Desc unless given {
        /// Time at which it happened last.
        UpdatedAt => Column::UpdatedAt,
        /// Time at which it happened first.
        CreatedAt => Column::CreatedAt,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = NotificationFilter;
    type OrderField = NotificationOrderField;

    const SEARCHED: &'static [Column] = &[];

    /// One's own, whatever one's permissions.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        Ok(Self::find().filter(Column::UserId.eq(viewer.user_id()?)))
    }

    /// Searches the title.
    fn holding(_: &Viewer, word: &str) -> Condition {
        let word = fold(word);
        let titled = NotificationKind::ALL.iter().filter(|kind| fold(kind.title()).contains(&word));
        Condition::all().add(Column::Kind.is_in(titled.map(|kind| kind.as_str())))
    }
}

/// Returns the condition of a filter on the severity, which the kind says.
fn severity_condition(filter: &EnumFilter<NotificationSeverity>) -> Condition {
    let accepts_other = filter.accepts(&NotificationKind::Other.severity());
    let kinds = NotificationKind::ALL.iter().filter(|kind| filter.accepts(&kind.severity()) != accepts_other);
    let names = kinds.map(|kind| kind.as_str());
    Condition::all().add(if accepts_other { Column::Kind.is_not_in(names) } else { Column::Kind.is_in(names) })
}
