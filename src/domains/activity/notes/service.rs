//! Business rules of notes.

use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};

use super::{
    entity::{Column, Entity, Model},
    input::{AddNoteInput, UpdateNoteInput},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Identified, WriteTx},
    domains::{
        activity::{
            subject_rights::{check_author, hold, hold_known},
            timeline::{TimelineKind, Touch},
        },
        audit::{AuditAction, Audited, Versioned, Write},
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::{Listed, unless_null},
    text::fold,
};

/// Maximum length of a note, in characters.
const LONGEST: usize = 20_000;

fn checked(problems: &mut Problems, given: String) -> String {
    let text = fields::long_text(problems, "input.text", Some(given), LONGEST);
    text.unwrap_or_else(|| {
        problems.add("input.text", "Give a text.");
        String::new()
    })
}

/// Adds a note to a lead or a customer.
///
/// # Errors
/// [`Error::NotFound`] if the viewer may not see the subject; [`Error::BadInput`].
pub(super) async fn add(app: &App, viewer: &Viewer, input: AddNoteInput) -> Result<Model> {
    viewer.need(Permission::NotesWrite)?;
    let mut problems = Problems::default();
    let text = checked(&mut problems, input.text);
    problems.into_result()?;
    let write = Write::begin(app, viewer).await?;
    let subject = hold(&write, "input.subjectId", &input.subject_id).await?;
    let now = app.ambient.now();
    let row = Model {
        id: Id::new(&app.ambient),
        subject_kind: subject.kind,
        subject_id: subject.id,
        words: fold(&text),
        text,
        is_pinned: input.is_pinned,
        author_id: Some(Id::from_uuid(viewer.user_id()?)),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    write.create(AuditAction::NoteCreated, &row).await?;
    let touch = Touch { subject, kind: TimelineKind::Note, ref_id: row.id.uuid(), occurred_at: now };
    write.touch_timeline(touch).await?;
    write.commit().await?;
    Ok(row)
}

/// Returns a note that the viewer of `write` may see and change, and holds its subject.
async fn held(write: &Write, id: Id<Model>) -> Result<Model> {
    let found = match Entity::visible_to(write.viewer()) {
        Ok(rows) => rows.filter(Column::Id.eq(id)).one(&***write).await?,
        Err(_) => None,
    };
    let row = found.ok_or(Error::NotFound(Model::NOUN))?;
    hold_known(write, row.subject()).await?;
    let me = write.viewer().user_id()?;
    check_author(write.viewer(), row.author_id.is_some_and(|author| author.uuid() == me))?;
    Ok(row)
}

/// Updates a note unless it has changed since `expected_version`: one's own, any with `interactions:delete`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Outdated`], [`Error::Forbidden`] or [`Error::BadInput`].
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateNoteInput) -> Result<Model> {
    viewer.need(Permission::NotesWrite)?;
    let write = Write::begin(app, viewer).await?;
    held(&write, input.id).await?;
    let mut note = write.change::<Model>(input.id, input.expected_version).await?;
    let mut problems = Problems::default();
    if let Some(text) = unless_null(&mut problems, "input.text", input.text) {
        let text = checked(&mut problems, text);
        note.set.words = Set(fold(&text));
        note.set.text = Set(text);
    }
    if let Some(is_pinned) = unless_null(&mut problems, "input.isPinned", input.is_pinned) {
        note.set.is_pinned = Set(is_pinned);
    }
    problems.into_result()?;
    let row = write.save(AuditAction::NoteUpdated, note).await?;
    write.commit().await?;
    Ok(row)
}

/// Deletes a note, with its entry in the timeline: one's own, any with `interactions:delete`.
///
/// # Errors
/// [`Error::NotFound`] or [`Error::Forbidden`].
pub(super) async fn delete(app: &App, viewer: &Viewer, id: Id<Model>) -> Result<Model> {
    viewer.need(Permission::NotesWrite)?;
    let write = Write::begin(app, viewer).await?;
    let row = held(&write, id).await?;
    write.delete(AuditAction::NoteDeleted, &row).await?;
    write.untouch_timeline(TimelineKind::Note, id.uuid()).await?;
    write.commit().await?;
    Ok(row)
}

impl Audited for Model {
    fn called(&self) -> &str {
        "Note"
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        let subject = self.subject().text();
        Ok(serde_json::json!({"isPinned": self.is_pinned, "subject": subject, "text": self.text}))
    }
}

impl Versioned for Model {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
}
