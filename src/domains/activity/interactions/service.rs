//! Business rules of interactions.

use async_graphql::MaybeUndefined;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

use super::{
    entity::{Column, Entity, Model, Outcome, SentimentSource},
    input::{FollowUpInput, LogInteractionInput, UpdateInteractionInput},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Identified, WriteTx},
    domains::{
        activity::{
            events::{InteractionDeleted, InteractionLogged, InteractionUpdated},
            subject::SubjectRef,
            subject_rights::{check_author, hold, hold_known},
            tasks::{NewTask, insert_task},
            timeline::{TimelineKind, Touch},
        },
        audit::{AuditAction, Audited, Change, Versioned, Write},
        customers,
        identity::{User, active_user},
        settings::time_zone,
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::{Date, Listed, Timestamp, unless_null},
    periods::Zone,
};

/// Maximum length of a summary, in characters.
const LONGEST_SUMMARY: usize = 200;
/// Maximum length of the further text, in characters.
const LONGEST_DETAILS: usize = 20_000;
/// Maximum number of participants.
const MOST_PARTICIPANTS: usize = 20;
/// Time by which clocks of clients may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Time in which those who logged an interaction may change it.
const EDITABLE: TimeDelta = TimeDelta::hours(24);

/// Logs an interaction, with a task that follows it up if one is given.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the subject; [`Error::BadInput`] with everything that is wrong.
pub(super) async fn log(app: &App, viewer: &Viewer, input: LogInteractionInput) -> Result<Model> {
    viewer.need(Permission::InteractionsWrite)?;
    if input.follow_up.is_some() {
        viewer.need(Permission::TasksWrite)?;
    }
    let zone = time_zone(&app.db).await?;
    let now = app.ambient.now();
    let me = Id::<User>::from_uuid(viewer.user_id()?);
    let mut problems = Problems::default();
    let occurred_at = input.occurred_at.map_or(now, |Timestamp(time)| time);
    check_time(&mut problems, occurred_at, now);
    let summary = fields::name(&mut problems, "input.summary", &input.summary, LONGEST_SUMMARY);
    let details = fields::long_text(&mut problems, "input.details", input.details, LONGEST_DETAILS);
    let participants = participants(&mut problems, input.participants);
    let follow_up = input.follow_up.map(|given| follow_up(&mut problems, given, (&summary, me)));
    problems.into_result()?;
    let mut write = Write::begin(app, viewer).await?;
    let subject = hold(&write, "input.subjectId", &input.subject_id).await?;
    let performed_by = input.performed_by_id.unwrap_or(me);
    check_user(&write, "input.performedById", performed_by).await?;
    let row = Model {
        id: Id::new(&app.ambient),
        subject_kind: subject.kind,
        subject_id: subject.id,
        kind: input.kind,
        direction: input.direction,
        outcome: input.outcome,
        occurred_at,
        words: Model::words_of(Some(&summary), details.as_deref(), &participants),
        summary: Some(summary),
        details,
        participants: serde_json::to_string(&participants)?,
        sentiment: input.sentiment,
        sentiment_source: input.sentiment.map(|_| SentimentSource::Person),
        performed_by_id: Some(performed_by),
        recorded_by_id: Some(me),
        version: 1,
        recorded_at: now,
        updated_at: now,
        deleted_at: None,
    };
    write.create(AuditAction::InteractionLogged, &row).await?;
    let touch = Touch { subject, kind: TimelineKind::Interaction, ref_id: row.id.uuid(), occurred_at };
    write.touch_timeline(touch).await?;
    note_last_contact(&write, subject).await?;
    write.tell(&InteractionLogged::of(&row)).await?;
    if let Some(follow_up) = follow_up {
        insert_follow_up(&mut write, (&row, &zone), follow_up).await?;
    }
    write.commit().await?;
    Ok(row)
}

/// A task that follows up an interaction: its title, its day, and the user to whom it is assigned.
type FollowUp = (String, NaiveDate, Id<User>);

async fn insert_follow_up(
    write: &mut Write,
    (row, zone): (&Model, &Zone),
    (title, due_on, assignee): FollowUp,
) -> Result<()> {
    check_user(write, "input.followUp.assigneeId", assignee).await?;
    let new = NewTask {
        title,
        assignee_id: Some(assignee),
        due_on: Some(due_on),
        origin_id: Some(row.id),
        ..NewTask::default()
    };
    insert_task(write, (row.subject(), zone), new).await.map(drop)
}

fn check_time(problems: &mut Problems, occurred_at: DateTime<Utc>, now: DateTime<Utc>) {
    if occurred_at > now + AHEAD {
        problems.add("input.occurredAt", "Give a time that has come; create a task for what is planned.");
    }
}

fn participants(problems: &mut Problems, given: Vec<String>) -> Vec<String> {
    if given.len() > MOST_PARTICIPANTS {
        problems.add("input.participants", format!("Give at most {MOST_PARTICIPANTS} names."));
        return Vec::new();
    }
    let name = |(index, name): (usize, String)| {
        fields::line(problems, &format!("input.participants[{index}]"), Some(name), 200)
    };
    given.into_iter().enumerate().filter_map(name).collect()
}

fn follow_up(problems: &mut Problems, given: FollowUpInput, (summary, me): (&str, Id<User>)) -> FollowUp {
    let title = given.title.map(|title| fields::name(problems, "input.followUp.title", &title, LONGEST_SUMMARY));
    let Date(due_on) = given.due_on;
    (title.unwrap_or_else(|| summary.to_owned()), due_on, given.assignee_id.unwrap_or(me))
}

async fn check_user(write: &Write, path: &str, user: Id<User>) -> Result<()> {
    match active_user(&***write, user).await? {
        Some(_) => Ok(()),
        None => Err(Error::bad_input(path, "There is no active user with this id.")),
    }
}

/// Returns an interaction that the viewer of `write` may see, and holds its subject.
async fn held(write: &Write, id: Id<Model>) -> Result<Model> {
    let found = match Entity::visible_to(write.viewer()) {
        Ok(rows) => rows.filter(Column::Id.eq(id)).filter(Column::DeletedAt.is_null()).one(&***write).await?,
        Err(_) => None,
    };
    let row = found.ok_or(Error::NotFound(Model::NOUN))?;
    hold_known(write, row.subject()).await?;
    Ok(row)
}

/// Updates an interaction unless it has changed since `expected_version`: one's own within a day, any with
/// `interactions:delete`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Outdated`], [`Error::Forbidden`] or [`Error::BadInput`].
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateInteractionInput) -> Result<Model> {
    viewer.need(Permission::InteractionsWrite)?;
    let mut write = Write::begin(app, viewer).await?;
    let row = held(&write, input.id).await?;
    let now = app.ambient.now();
    let me = viewer.user_id()?;
    let is_mine = [row.recorded_by_id, row.performed_by_id].into_iter().flatten().any(|user| user.uuid() == me);
    check_author(viewer, is_mine && now - row.recorded_at <= EDITABLE)?;
    let mut interaction = write.change::<Model>(input.id, input.expected_version).await?;
    set_values(&mut interaction, input, now)?;
    let (subject, before) = (row.subject(), row);
    let row = write.save(AuditAction::InteractionUpdated, interaction).await?;
    if row.version != before.version {
        if row.occurred_at != before.occurred_at {
            write.move_in_timeline(TimelineKind::Interaction, row.id.uuid(), row.occurred_at).await?;
        }
        note_last_contact(&write, subject).await?;
        write.tell(&InteractionUpdated::of(&row)).await?;
    }
    write.commit().await?;
    Ok(row)
}

/// Puts the values of an input into the change of an interaction.
fn set_values(
    Change { row, set }: &mut Change<Model>,
    input: UpdateInteractionInput,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut problems = Problems::default();
    if let Some(kind) = unless_null(&mut problems, "input.kind", input.kind) {
        set.kind = Set(kind);
    }
    if !matches!(input.direction, MaybeUndefined::Undefined) {
        set.direction = Set(input.direction.take());
    }
    if !matches!(input.outcome, MaybeUndefined::Undefined) {
        set.outcome = Set(input.outcome.take());
    }
    if let Some(Timestamp(time)) = unless_null(&mut problems, "input.occurredAt", input.occurred_at) {
        check_time(&mut problems, time, now);
        set.occurred_at = Set(time);
    }
    let (mut summary, mut details, mut names) = (row.summary.clone(), row.details.clone(), row.names());
    if let Some(given) = unless_null(&mut problems, "input.summary", input.summary) {
        summary = Some(fields::name(&mut problems, "input.summary", &given, LONGEST_SUMMARY));
    }
    if !matches!(input.details, MaybeUndefined::Undefined) {
        details = fields::long_text(&mut problems, "input.details", input.details.take(), LONGEST_DETAILS);
    }
    if let Some(given) = unless_null(&mut problems, "input.participants", input.participants) {
        names = participants(&mut problems, given);
    }
    if !matches!(input.sentiment, MaybeUndefined::Undefined) {
        let sentiment = input.sentiment.take();
        set.sentiment = Set(sentiment);
        set.sentiment_source = Set(sentiment.map(|_| SentimentSource::Person));
    }
    problems.into_result()?;
    set.words = Set(Model::words_of(summary.as_deref(), details.as_deref(), &names));
    set.participants = Set(serde_json::to_string(&names)?);
    (set.summary, set.details) = (Set(summary), Set(details));
    Ok(())
}

/// Deletes the texts of an interaction. It stays in the timeline, as deleted, and counts no more.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn delete(app: &App, viewer: &Viewer, id: Id<Model>) -> Result<Model> {
    viewer.need(Permission::InteractionsDelete)?;
    let mut write = Write::begin(app, viewer).await?;
    let row = held(&write, id).await?;
    let subject = row.subject();
    let now = app.ambient.now();
    let mut interaction = Change::<Model> { row: write.locked(id).await?, set: Default::default() };
    interaction.set.summary = Set(None);
    interaction.set.details = Set(None);
    interaction.set.participants = Set("[]".to_owned());
    interaction.set.words = Set(String::new());
    interaction.set.deleted_at = Set(Some(now));
    let row = write.save(AuditAction::InteractionDeleted, interaction).await?;
    write.bury_in_timeline(TimelineKind::Interaction, id.uuid(), now).await?;
    note_last_contact(&write, subject).await?;
    write.tell(&InteractionDeleted::of(&row)).await?;
    write.commit().await?;
    Ok(row)
}

/// Writes the time of the last contact into the row of a customer, which the caller holds.
async fn note_last_contact(write: &Write, subject: SubjectRef) -> Result<()> {
    let Some(customer) = subject.customer() else { return Ok(()) };
    let reached = Condition::any().add(Column::Outcome.is_null()).add(Column::Outcome.is_not_in(Outcome::UNREACHED));
    let last = Entity::find()
        .filter(Column::SubjectId.eq(subject.id))
        .filter(Column::DeletedAt.is_null())
        .filter(reached)
        .order_by_desc(Column::OccurredAt)
        .order_by_desc(Column::Id);
    let last = last.one(&***write).await?.map(|row| row.occurred_at);
    Ok(customers::set_last_contact(write, customer, last).await?)
}

impl Audited for Model {
    fn called(&self) -> &str {
        self.summary.as_deref().unwrap_or("Interaction")
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "deletedAt": self.deleted_at,
            "details": self.details,
            "direction": self.direction,
            "kind": self.kind,
            "occurredAt": self.occurred_at,
            "outcome": self.outcome,
            "participants": self.names(),
            "performedBy": self.performed_by_id,
            "sentiment": self.sentiment,
            "subject": self.subject().text(),
            "summary": self.summary,
        }))
    }
}

impl Versioned for Model {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
}
