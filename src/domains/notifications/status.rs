//! Statuses of notifications, and what marking them changes.

use async_graphql::Enum;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, UpdateMany,
    sea_query::{Expr, Func},
};
use serde::{Deserialize, Serialize};

use super::entity::{Column, Entity, Model};
use crate::graphql::EnumFilter;

/// Status of a notification.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotificationStatus {
    /// Not read yet.
    Unread,
    /// Read.
    Read,
    /// Put away; it was read by that.
    Archived,
}

impl NotificationStatus {
    const ALL: [Self; 3] = [Self::Unread, Self::Read, Self::Archived];

    /// Returns the status of a row.
    pub(super) fn of(row: &Model) -> Self {
        match (row.read_at, row.archived_at) {
            (_, Some(_)) => Self::Archived,
            (Some(_), None) => Self::Read,
            (None, None) => Self::Unread,
        }
    }

    /// Returns the condition on rows with this status.
    fn holds(self) -> Condition {
        match self {
            Self::Unread => Condition::all().add(Column::ReadAt.is_null()),
            Self::Read => Condition::all().add(Column::ReadAt.is_not_null()).add(Column::ArchivedAt.is_null()),
            Self::Archived => Condition::all().add(Column::ArchivedAt.is_not_null()),
        }
    }

    /// Returns the condition of a filter.
    pub(super) fn condition(filter: &EnumFilter<Self>) -> Condition {
        let none = Condition::any().add(Expr::cust("1 = 0"));
        let accepted = Self::ALL.into_iter().filter(|status| filter.accepts(status));
        accepted.fold(none, |any, status| any.add(status.holds()))
    }
}

/// Mark to set on notifications.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NotificationMark {
    /// Seen, such as in an opened list. The status stays.
    Seen,
    /// Read, and thereby seen. An archived one leaves the archive if its id is given.
    Read,
    /// Unread. An archived one leaves the archive if its id is given.
    Unread,
    /// Archived, and thereby read and seen.
    Archived,
}

impl NotificationMark {
    /// Returns the condition on the rows that the mark changes. Archived ones stay in the archive unless they are named.
    pub(super) fn changes(self, are_named: bool) -> Condition {
        let all = Condition::all().add_option((!are_named).then(|| Column::ArchivedAt.is_null()));
        match self {
            Self::Seen => all.add(Column::SeenAt.is_null()),
            Self::Read => all.add(Condition::any().add(Column::ReadAt.is_null()).add(Column::ArchivedAt.is_not_null())),
            Self::Unread => all.add(Column::ReadAt.is_not_null()),
            Self::Archived => all.add(Column::ArchivedAt.is_null()),
        }
    }

    /// Returns the number by which the number of unread ones changes where `changed` rows get the mark, `unread` of which
    /// are unread.
    pub(super) fn unread_change(self, changed: u64, unread: u64) -> i64 {
        match self {
            Self::Seen => 0,
            Self::Read | Self::Archived => -i64::try_from(unread).unwrap_or(i64::MAX),
            Self::Unread => i64::try_from(changed).unwrap_or(i64::MAX),
        }
    }

    /// Returns the update that sets the mark at a time. What happens again is not counted in rows that were read.
    pub(super) fn update(self, at: DateTime<Utc>) -> UpdateMany<Entity> {
        let first = |column: Column| Expr::from(Func::coalesce([Expr::col(column), Expr::value(at)]));
        let no_time = || Expr::value(None::<DateTime<Utc>>);
        let rows = Entity::update_many();
        if self == Self::Seen {
            return rows.col_expr(Column::SeenAt, Expr::value(at));
        }
        let rows = rows.col_expr(Column::GroupKey, Expr::value(None::<String>));
        let archived_at = if self == Self::Archived { Expr::value(at) } else { no_time() };
        let rows = rows.col_expr(Column::ArchivedAt, archived_at);
        match self {
            Self::Unread => rows.col_expr(Column::ReadAt, no_time()),
            _ => rows.col_expr(Column::SeenAt, first(Column::SeenAt)).col_expr(Column::ReadAt, first(Column::ReadAt)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NotificationMark::{Archived, Read, Seen, Unread};

    #[test]
    fn a_mark_changes_the_number_of_unread_ones_by_those_that_it_reads_or_by_all_that_it_makes_unread() {
        for (mark, expected) in [(Seen, 0), (Read, -3), (Unread, 5), (Archived, -3)] {
            assert_eq!(mark.unread_change(5, 3), expected, "{mark:?}");
        }
    }
}
