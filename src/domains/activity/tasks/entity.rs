//! Tasks.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::recurring::Recurrence;
use crate::{
    db::{Id, Identified},
    domains::{
        activity::{
            interactions::Interaction,
            subject::{SubjectKind, SubjectRef},
        },
        identity::User,
    },
    graphql::{Date, PlainValue, Timestamp, plain_fields},
    text::text_words,
};

/// Task for a lead or a customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "tasks")]
#[graphql(name = "Task", complex)]
pub struct Model {
    /// The id, beginning with `task_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub subject_kind: SubjectKind,
    #[graphql(skip)]
    pub subject_id: Uuid,
    /// Title.
    pub title: String,
    /// Further text; null if there is none.
    pub details: Option<String>,
    #[graphql(skip)]
    pub words: String,
    /// Status.
    pub status: Status,
    /// Priority.
    pub priority: Priority,
    /// Day on which it is due; null if it is due at a time, or at none.
    #[graphql(skip, derived(name = "due_on", owned, into = "Option<Date>", with = "Date::maybe"))]
    pub due_on: Option<NaiveDate>,
    /// Time at which it is due; null if it is due on a day, or at no time.
    #[graphql(skip, derived(name = "due_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub due_at: Option<DateTimeUtc>,
    /// Time from which on it is overdue: that at which it is due, or the end of its day in the time zone of the business;
    /// null if it is never due.
    #[graphql(skip, derived(name = "deadline_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub deadline_at: Option<DateTimeUtc>,
    /// Interval at which it comes again once it is completed; null if it does not, or has come again.
    pub recurrence: Option<Recurrence>,
    #[graphql(skip)]
    pub recurs_from: Option<NaiveDate>,
    #[graphql(skip)]
    pub occurrence: i32,
    #[graphql(skip)]
    pub assignee_id: Option<Id<User>>,
    #[graphql(skip)]
    pub created_by_id: Option<Id<User>>,
    #[graphql(skip)]
    pub origin_id: Option<Id<Interaction>>,
    /// What cancelled it together with others: the id of a churn, or of a deleted customer.
    #[graphql(skip)]
    pub cancelled_with_id: Option<Uuid>,
    /// Time at which it was completed; null unless it is done.
    #[graphql(skip, derived(name = "completed_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub completed_at: Option<DateTimeUtc>,
    #[graphql(skip)]
    pub completed_by_id: Option<Id<User>>,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the task.
    pub version: i32,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
    #[graphql(skip)]
    pub deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "task";
    const NOUN: &'static str = "task";
}

plain_fields!(Model => id, title, details, status, priority, due_on, due_at, deadline_at, recurrence, completed_at, version, created_at);

impl Model {
    /// Returns the lead or customer.
    pub fn subject(&self) -> SubjectRef {
        SubjectRef { kind: self.subject_kind, id: self.subject_id }
    }

    /// Returns true if the task is open and its deadline has passed.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.status == Status::Open && self.deadline_at.is_some_and(|deadline| deadline <= now)
    }

    /// Returns the words by which a task with these texts is found.
    pub(super) fn words_of(title: &str, details: Option<&str>) -> String {
        text_words(&[Some(title.to_owned()), details.map(str::to_owned)])
    }
}

/// Status of a task.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TaskStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Still to be done.
    #[default]
    Open,
    /// Completed.
    Done,
    /// Given up.
    Cancelled,
}

impl PlainValue for Status {}

/// Priority of a task.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TaskPriority")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Priority {
    /// After the others.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Before the others.
    High,
}

impl PlainValue for Priority {}
