//! Business rules of tasks.

use async_graphql::MaybeUndefined;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{
    entity::{Column, Entity, Model, Status},
    input::{CreateTaskInput, UpdateTaskInput},
    writing::{NewTask, deadline, insert_task},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Identified},
    domains::{
        activity::{
            events::{TaskCompleted, TaskUpdated},
            interactions::{Interaction, InteractionEntity},
            subject::SubjectRef,
            subject_rights::{hold, hold_known},
            timeline::{TimelineKind, Touch},
        },
        audit::{AuditAction, Change, Write},
        identity::{User, active_user},
        settings::time_zone,
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::{Date, Listed, Timestamp, unless_null},
    periods::Zone,
};

/// Maximum length of a title, in characters.
const LONGEST_TITLE: usize = 200;
/// Maximum length of the further text, in characters.
const LONGEST_DETAILS: usize = 20_000;

/// Creates a task.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the subject; [`Error::BadInput`] with everything that is wrong.
pub(super) async fn create(app: &App, viewer: &Viewer, input: CreateTaskInput) -> Result<Model> {
    viewer.need(Permission::TasksWrite)?;
    let zone = time_zone(&app.db).await?;
    let me = Id::<User>::from_uuid(viewer.user_id()?);
    let mut problems = Problems::default();
    let title = fields::name(&mut problems, "input.title", &input.title, LONGEST_TITLE);
    let details = fields::long_text(&mut problems, "input.details", input.details, LONGEST_DETAILS);
    let (due_on, due_at) = (input.due_on.map(|Date(day)| day), input.due_at.map(|Timestamp(time)| time));
    if due_on.is_some() && due_at.is_some() {
        problems.add("input.dueAt", "A task is due on a day or at a time, not both.");
    }
    if input.recurrence.is_some() && due_on.is_none() {
        problems.add("input.recurrence", "Only a task that is due on a day comes again; give `dueOn`.");
    }
    problems.into_result()?;
    let mut write = Write::begin(app, viewer).await?;
    let subject = hold(&write, "input.subjectId", &input.subject_id).await?;
    let assignee = input.assignee_id.unwrap_or(me);
    check_assignee(&write, assignee).await?;
    if let Some(origin) = input.origin_id {
        check_origin(&write, origin, subject).await?;
    }
    let new = NewTask {
        title,
        details,
        priority: input.priority.unwrap_or_default(),
        due_on,
        due_at,
        assignee_id: Some(assignee),
        origin_id: input.origin_id,
        recurrence: input.recurrence.zip(due_on).map(|(recurrence, first)| (recurrence, first, 0)),
    };
    let row = insert_task(&mut write, (subject, &zone), new).await?;
    write.commit().await?;
    Ok(row)
}

async fn check_assignee(write: &Write, user: Id<User>) -> Result<()> {
    match active_user(&***write, user).await? {
        Some(_) => Ok(()),
        None => Err(Error::bad_input("input.assigneeId", "There is no active user with this id.")),
    }
}

async fn check_origin(write: &Write, id: Id<Interaction>, subject: SubjectRef) -> Result<()> {
    let origin = InteractionEntity::find_by_id(id).one(&***write).await?;
    match origin.filter(|origin| origin.subject() == subject && origin.deleted_at.is_none()) {
        Some(_) => Ok(()),
        None => Err(Error::bad_input("input.originId", "This lead or customer has no interaction with this id.")),
    }
}

/// Returns a task that the viewer of `write` may see, and holds its subject.
async fn held(write: &Write, id: Id<Model>) -> Result<Model> {
    let found = match Entity::visible_to(write.viewer()) {
        Ok(rows) => rows.filter(Column::Id.eq(id)).one(&***write).await?,
        Err(_) => None,
    };
    let row = found.ok_or(Error::NotFound(Model::NOUN))?;
    hold_known(write, row.subject()).await?;
    Ok(row)
}

/// Updates a task unless it has changed since `expected_version`. One that comes again makes the next one when it is
/// completed.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Outdated`] or [`Error::BadInput`].
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateTaskInput) -> Result<Model> {
    viewer.need(Permission::TasksWrite)?;
    let zone = time_zone(&app.db).await?;
    let mut write = Write::begin(app, viewer).await?;
    held(&write, input.id).await?;
    let mut task = write.change::<Model>(input.id, input.expected_version).await?;
    if let MaybeUndefined::Value(assignee) = input.assignee_id
        && Some(assignee) != task.row.assignee_id
    {
        check_assignee(&write, assignee).await?;
    }
    set_values(&mut task, input, &zone)?;
    set_completion(&write, &mut task);
    let before = task.row.clone();
    let mut row = write.save(AuditAction::TaskUpdated, task).await?;
    if row.version != before.version {
        write.tell(&TaskUpdated::of(&row)).await?;
        follow_status(&mut write, (&before, &mut row), &zone).await?;
    }
    write.commit().await?;
    Ok(row)
}

/// Puts the values of an input into the change of a task.
fn set_values(Change { row, set }: &mut Change<Model>, input: UpdateTaskInput, zone: &Zone) -> Result<()> {
    let mut problems = Problems::default();
    let (mut title, mut details) = (row.title.clone(), row.details.clone());
    if let Some(given) = unless_null(&mut problems, "input.title", input.title) {
        title = fields::name(&mut problems, "input.title", &given, LONGEST_TITLE);
    }
    if !matches!(input.details, MaybeUndefined::Undefined) {
        details = fields::long_text(&mut problems, "input.details", input.details.take(), LONGEST_DETAILS);
    }
    if let Some(status) = unless_null(&mut problems, "input.status", input.status) {
        set.status = Set(status);
        if status != row.status {
            set.cancelled_with_id = Set(None);
        }
    }
    if let Some(priority) = unless_null(&mut problems, "input.priority", input.priority) {
        set.priority = Set(priority);
    }
    if !matches!(input.assignee_id, MaybeUndefined::Undefined) {
        set.assignee_id = Set(input.assignee_id.take());
    }
    let (due_on, due_at) = due(&mut problems, row, (input.due_on, input.due_at));
    let recurrence = match input.recurrence {
        MaybeUndefined::Undefined => row.recurrence,
        given => given.take(),
    };
    if recurrence.is_some() && due_on.is_none() {
        problems.add("input.recurrence", "Only a task that is due on a day comes again; give `dueOn`.");
    }
    if recurrence != row.recurrence || due_on != row.due_on {
        set.recurs_from = Set(due_on.filter(|_| recurrence.is_some()));
        set.occurrence = Set(0);
    }
    problems.into_result()?;
    set.recurrence = Set(recurrence);
    set.words = Set(Model::words_of(&title, details.as_deref()));
    (set.title, set.details) = (Set(title), Set(details));
    if (due_on, due_at) != (row.due_on, row.due_at) {
        set.deadline_at = Set(deadline(zone, due_on, due_at));
    }
    (set.due_on, set.due_at) = (Set(due_on), Set(due_at));
    Ok(())
}

/// Returns when a task is due once an input is applied: a day takes the place of a time, and a time that of a day.
fn due(
    problems: &mut Problems,
    row: &Model,
    (day, time): (MaybeUndefined<Date>, MaybeUndefined<Timestamp>),
) -> (Option<NaiveDate>, Option<DateTime<Utc>>) {
    if day.is_value() && time.is_value() {
        problems.add("input.dueAt", "A task is due on a day or at a time, not both.");
    }
    let (mut due_on, mut due_at) = (row.due_on, row.due_at);
    if !matches!(day, MaybeUndefined::Undefined) {
        due_on = day.take().map(|Date(day)| day);
        due_at = due_at.filter(|_| due_on.is_none());
    }
    if !matches!(time, MaybeUndefined::Undefined) {
        due_at = time.take().map(|Timestamp(time)| time);
        due_on = due_on.filter(|_| due_at.is_none());
    }
    (due_on, due_at)
}

/// Notes who completed a task and when, or that it is open again.
fn set_completion(write: &Write, Change { row, set }: &mut Change<Model>) {
    let status = set.status.try_as_ref().copied().unwrap_or(row.status);
    if status == row.status {
        return;
    }
    let is_done = status == Status::Done;
    let me = write.viewer().signed_in().map(|session| Id::<User>::from_uuid(session.user_id));
    set.completed_at = Set(is_done.then(|| write.ambient().now()));
    set.completed_by_id = Set(me.filter(|_| is_done));
}

/// Brings the timeline up to a changed status, tells of a completed task, and makes the next one of those that come again.
async fn follow_status(write: &mut Write, (before, row): (&Model, &mut Model), zone: &Zone) -> Result<()> {
    if before.status == row.status {
        return Ok(());
    }
    if before.status == Status::Done {
        write.untouch_timeline(TimelineKind::TaskCompleted, row.id.uuid()).await?;
    }
    let Some(occurred_at) = row.completed_at else { return Ok(()) };
    let (subject, kind) = (row.subject(), TimelineKind::TaskCompleted);
    write.touch_timeline(Touch { subject, kind, ref_id: row.id.uuid(), occurred_at }).await?;
    write.tell(&TaskCompleted::of(row)).await?;
    let today = zone.day_of(occurred_at).unwrap_or_else(|| occurred_at.date_naive());
    let next = row.recurrence.zip(row.recurs_from).and_then(|(recurrence, first)| {
        let (number, day) = recurrence.next(first, row.occurrence, today)?;
        Some((recurrence, first, number, day))
    });
    if let Some((recurrence, first, number, day)) = next {
        let new = NewTask {
            title: row.title.clone(),
            details: row.details.clone(),
            priority: row.priority,
            due_on: Some(day),
            due_at: None,
            assignee_id: row.assignee_id,
            origin_id: row.origin_id,
            recurrence: Some((recurrence, first, number)),
        };
        insert_task(write, (subject, zone), new).await?;
        // Completed again after it was opened again, it makes no second one.
        stop_recurring(write, row).await?;
    }
    Ok(())
}

async fn stop_recurring(write: &Write, row: &mut Model) -> Result<()> {
    (row.recurrence, row.recurs_from) = (None, None);
    let change = super::entity::ActiveModel {
        id: Set(row.id),
        recurrence: Set(None),
        recurs_from: Set(None),
        ..Default::default()
    };
    Entity::update(change).exec(&***write).await?;
    Ok(())
}

/// Deletes a task, with its entries in the timeline.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn delete(app: &App, viewer: &Viewer, id: Id<Model>) -> Result<Model> {
    viewer.need(Permission::TasksWrite)?;
    let write = Write::begin(app, viewer).await?;
    held(&write, id).await?;
    let mut task = Change::<Model> { row: write.locked(id).await?, set: Default::default() };
    task.set.deleted_at = Set(Some(app.ambient.now()));
    let row = write.save(AuditAction::TaskDeleted, task).await?;
    write.untouch_timeline(TimelineKind::TaskCreated, id.uuid()).await?;
    write.untouch_timeline(TimelineKind::TaskCompleted, id.uuid()).await?;
    write.commit().await?;
    Ok(row)
}
