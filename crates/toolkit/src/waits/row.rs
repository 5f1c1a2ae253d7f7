//! The rows of waits.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use chrono::{DateTime, Utc};
use sea_orm::{QuerySelect, entity::prelude::*};

use super::matching::EventMatch;
use crate::{
    db::{Db, Id, Identified},
    events::Position,
    jobs::JobRow,
};

/// A wait. The texts `matches` and `result` are JSON.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "waits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The kind of its owner ([`super::Waiter::kind`]).
    pub owner_kind: String,
    pub owner_id: Uuid,
    /// The generation of its owner: a later one does not know of it.
    pub generation: i32,
    /// The place in its owner that waits.
    pub path: String,
    pub kind: WaitKind,
    /// The time that it waits for.
    pub wake_at: Option<DateTimeUtc>,
    pub expires_at: Option<DateTimeUtc>,
    /// The job that ends it at its time.
    pub job_id: Option<Id<JobRow>>,
    pub matches: String,
    /// The place in the log after which an event counts; `None` for its opening.
    pub since_tx: Option<i64>,
    pub since_id: Option<i64>,
    /// True once the log was looked back into.
    pub is_live: bool,
    /// The time at which events that it may have waited for were found to be purged.
    pub lost_at: Option<DateTimeUtc>,
    /// `None` while it is open.
    pub outcome: Option<WaitOutcome>,
    pub result: Option<String>,
    /// The user who decided.
    pub decided_by: Option<Uuid>,
    pub began_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "wait";
    const NOUN: &'static str = "wait";
}

/// Kind of wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitKind {
    /// For a time.
    Timer,
    /// For an event.
    Event,
    /// For the decision of a person.
    Approval,
}

impl WaitKind {
    /// Returns the name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timer => "timer",
            Self::Event => "event",
            Self::Approval => "approval",
        }
    }
}

/// Way in which a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, serde::Serialize, serde::Deserialize)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WaitOutcome {
    /// Its time came.
    Due,
    /// Its event came.
    Matched,
    /// A person approved.
    Approved,
    /// A person rejected.
    Rejected,
    /// Nothing of that came before it expired.
    Expired,
    /// Events that it may have waited for were purged before they were read.
    HistoryLost,
    /// Its owner cancelled it, or waits no more.
    Cancelled,
}

impl Model {
    /// Returns the time at which it ends by itself.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.wake_at.into_iter().chain(self.expires_at).min()
    }

    /// Returns its outcome if it ends by itself at `now`; `None` if it is not due.
    pub(super) fn outcome_at(&self, now: DateTime<Utc>) -> Option<WaitOutcome> {
        let is_past = |time: Option<DateTime<Utc>>| time.is_some_and(|time| time <= now);
        match () {
            () if is_past(self.wake_at) && self.wake_at == self.due_at() => Some(WaitOutcome::Due),
            () if is_past(self.expires_at) => Some(WaitOutcome::Expired),
            () => None,
        }
    }

    /// Returns the place in the log after which an event counts; `None` for its opening.
    pub(super) fn since(&self) -> Option<Position> {
        self.since_tx.zip(self.since_id).map(|(tx, id)| Position { tx, id })
    }

    /// Returns the events of which it waits for one.
    ///
    /// # Errors
    /// If the row is unreadable.
    pub(super) fn any(&self) -> Result<Vec<EventMatch>, serde_json::Error> {
        serde_json::from_str(&self.matches)
    }
}

/// Returns the number of open waits by kind.
///
/// # Errors
/// When the database fails.
pub async fn open_waits(db: &Db) -> Result<Vec<(WaitKind, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Kind)
        .column_as(Column::Id.count(), "waits")
        .filter(Column::Outcome.is_null())
        .group_by(Column::Kind)
        .into_tuple()
        .all(db.reader())
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(wake_at: Option<i64>, expires_at: Option<i64>) -> Model {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        Model {
            id: Id::nil(),
            owner_kind: String::new(),
            owner_id: Uuid::nil(),
            generation: 0,
            path: String::new(),
            kind: WaitKind::Timer,
            wake_at: wake_at.map(time),
            expires_at: expires_at.map(time),
            job_id: None,
            matches: "[]".to_owned(),
            since_tx: None,
            since_id: None,
            is_live: false,
            lost_at: None,
            outcome: None,
            result: None,
            decided_by: None,
            began_at: time(0),
            ended_at: None,
        }
    }

    #[test]
    fn a_wait_ends_by_itself_at_the_earlier_of_its_times() {
        let at = |wait: Model, seconds| wait.outcome_at(DateTime::from_timestamp(seconds, 0).unwrap());
        assert_eq!(at(wait(Some(5), None), 4), None);
        assert_eq!(at(wait(Some(5), None), 5), Some(WaitOutcome::Due));
        assert_eq!(at(wait(None, Some(5)), 5), Some(WaitOutcome::Expired));
        assert_eq!(at(wait(Some(9), Some(5)), 99), Some(WaitOutcome::Expired));
        assert_eq!(at(wait(Some(5), Some(9)), 99), Some(WaitOutcome::Due));
        assert_eq!(at(wait(None, None), 99), None);
    }
}
