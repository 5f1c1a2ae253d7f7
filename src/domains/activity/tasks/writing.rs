//! The writing of a new task, alone or with the interaction that it follows up.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    entity::{Model, Priority, Status},
    recurring::Recurrence,
};
use crate::{
    db::{Id, WriteTx},
    domains::{
        activity::{
            events::TaskCreated,
            interactions::Interaction,
            subject::SubjectRef,
            timeline::{TimelineKind, Touch},
        },
        audit::{AuditAction, Audited, Versioned, Write},
        identity::User,
    },
    error::Result,
    periods::Zone,
};

/// A task to be written. The values are valid.
#[derive(Debug, Clone, Default)]
pub(in crate::domains::activity) struct NewTask {
    pub(in crate::domains::activity) title: String,
    pub(in crate::domains::activity) details: Option<String>,
    pub(in crate::domains::activity) priority: Priority,
    pub(in crate::domains::activity) due_on: Option<NaiveDate>,
    pub(in crate::domains::activity) due_at: Option<DateTime<Utc>>,
    pub(in crate::domains::activity) assignee_id: Option<Id<User>>,
    pub(in crate::domains::activity) origin_id: Option<Id<Interaction>>,
    /// The interval, the first day and the number of this one.
    pub(in crate::domains::activity) recurrence: Option<(Recurrence, NaiveDate, i32)>,
}

/// Writes a task of a subject that the caller holds, with its audit entry, its event and its entry in the timeline. Days end
/// in `zone`.
///
/// # Errors
/// When the database fails.
pub(in crate::domains::activity) async fn insert_task(
    write: &mut Write,
    (subject, zone): (SubjectRef, &Zone),
    new: NewTask,
) -> Result<Model> {
    let now = write.ambient().now();
    let row = Model {
        id: Id::new(write.ambient()),
        subject_kind: subject.kind,
        subject_id: subject.id,
        words: Model::words_of(&new.title, new.details.as_deref()),
        title: new.title,
        details: new.details,
        status: Status::Open,
        priority: new.priority,
        due_on: new.due_on,
        due_at: new.due_at,
        deadline_at: deadline(zone, new.due_on, new.due_at),
        recurrence: new.recurrence.map(|(recurrence, ..)| recurrence),
        recurs_from: new.recurrence.map(|(_, first, _)| first),
        occurrence: new.recurrence.map_or(0, |(.., number)| number),
        assignee_id: new.assignee_id,
        created_by_id: write.viewer().signed_in().map(|session| Id::from_uuid(session.user_id)),
        origin_id: new.origin_id,
        cancelled_with_id: None,
        completed_at: None,
        completed_by_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    write.create(AuditAction::TaskCreated, &row).await?;
    let touch = Touch { subject, kind: TimelineKind::TaskCreated, ref_id: row.id.uuid(), occurred_at: now };
    write.touch_timeline(touch).await?;
    write.tell(&TaskCreated::of(&row)).await?;
    Ok(row)
}

/// Returns the time from which on a task is overdue: the time at which it is due, or the end of its day in `zone`.
pub(super) fn deadline(zone: &Zone, due_on: Option<NaiveDate>, due_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    due_at.or_else(|| zone.start_of_day(due_on?.succ_opt()?))
}

impl Audited for Model {
    fn called(&self) -> &str {
        &self.title
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "assignee": self.assignee_id,
            "details": self.details,
            "dueAt": self.due_at,
            "dueOn": self.due_on,
            "origin": self.origin_id,
            "priority": self.priority,
            "recurrence": self.recurrence,
            "status": self.status,
            "subject": self.subject().text(),
            "title": self.title,
        }))
    }
}

impl Versioned for Model {
    const VERSION: super::entity::Column = super::entity::Column::Version;
    const UPDATED_AT: super::entity::Column = super::entity::Column::UpdatedAt;
}
