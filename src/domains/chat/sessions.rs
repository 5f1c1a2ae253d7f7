//! Creation and deletion of chat sessions.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;

use super::{
    access::is_own,
    collecting::Collected,
    handover::{Handover, HandoverStatus},
    handover_event::HandoverChanged,
    input::{ChatNoteInput, CreateChatSessionInput},
    log::{self, ChatLog, KnownSoFar},
    message::{self, Author, Model as Message, Role, Status},
    personas::{Persona, Personas},
    pick::one_of,
    service::Chat,
    session::{Column, Entity, Model as Session, words},
    visitor,
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{AuditAction, Entry, Write},
        notification_kinds::Notice,
        notifications,
    },
    error::{Error, Problems, Result},
    events::{self, NewEvent},
    graphql::Listed,
    limiter::{BudgetSubject, Rule},
};

/// Maximum number of notes of a session.
const MAX_METADATA: usize = 20;

/// A created session.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) session: Session,
    /// The visitor's token and its expiry; `None` for a user, who needs none.
    pub(super) token: Option<(SecretString, DateTime<Utc>)>,
}

/// A deleted session.
#[derive(Debug)]
pub(super) struct Deleted {
    pub(super) id: Id<Session>,
    pub(super) messages: u64,
}

fn check(personas: &Personas, draft: CreateChatSessionInput) -> Result<(&Persona, BTreeMap<String, String>)> {
    let mut problems = Problems::default();
    let persona = match draft.persona.as_deref() {
        None => Some(personas.default_persona()),
        Some(key) => personas.get(key).map(Arc::as_ref),
    };
    if persona.is_none() {
        problems.add("input.persona", "There is no persona with this key; the query `personas` lists all.");
    }
    if draft.metadata.len() > MAX_METADATA {
        problems.add("input.metadata", format!("At most {MAX_METADATA} notes."));
    }
    let mut metadata = BTreeMap::new();
    for (n, ChatNoteInput { name, value }) in draft.metadata.into_iter().take(MAX_METADATA).enumerate() {
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 50 || name.contains(char::is_control) {
            problems.add(format!("input.metadata[{n}].name"), "Give 1 to 50 characters.");
        }
        if value.chars().count() > 500 || value.contains(char::is_control) {
            problems.add(format!("input.metadata[{n}].value"), "Give up to 500 characters.");
        }
        if metadata.insert(name, value).is_some() {
            problems.add(format!("input.metadata[{n}].name"), "There is already a note with this name.");
        }
    }
    problems.into_result()?;
    let persona = persona.ok_or_else(|| Error::internal(anyhow::anyhow!("a missing persona passed")))?;
    Ok((persona, metadata))
}

impl Chat {
    /// Creates a session with a greeting, for a user or for a visitor, who gets a token.
    ///
    /// # Errors
    /// [`Error::BadInput`]; [`Error::RateLimited`] for too many visitors from one address.
    pub(super) async fn begin(&self, viewer: &Viewer, draft: CreateChatSessionInput) -> Result<Begun> {
        let (persona, metadata) = check(self.personas(), draft)?;
        let ambient = &self.app().ambient;
        let owner = viewer.signed_in().map(|session| session.user_id);
        if owner.is_none() {
            self.admit_visitor(viewer).await?;
        }
        let now = ambient.now();
        let (metadata_json, collected) =
            (serde_json::to_string(&metadata)?, serde_json::to_string(&Collected::default())?);
        let mut session = Session {
            id: Id::new(ambient),
            persona: persona.id.clone(),
            owner_id: owner,
            words: words(&metadata_json, &collected),
            metadata: metadata_json,
            collected,
            asked: "{}".to_owned(),
            completed_at: None,
            lead_id: None,
            handover_status: HandoverStatus::None,
            handover_reason: None,
            handover_requested_at: None,
            handover_assignee_id: None,
            last_event: 0,
            last_message_at: now,
            created_at: now,
        };
        let mut write = Write::begin(self.app(), viewer).await?;
        write.hold(log::topic(session.id).name());
        write.insert(&session).await?;
        let greeting = greeting(self.app(), &session, persona);
        write.insert(&greeting).await?;
        let known = KnownSoFar::of(&session);
        let added = ChatLog::Added { message: Box::new(greeting), reply_id: None, known };
        session.last_event = log::append(&mut write, ambient, session.id, owner, &added).await?;
        let token = match owner {
            Some(_) => None,
            None => Some(visitor::issue(&write, self.app(), session.id).await?),
        };
        let entry = Entry::of(AuditAction::ChatSessionCreated, session.id, persona.name.as_str());
        let entry = entry.after(json!({"persona": session.persona, "metadata": metadata}));
        write.record(entry).await?;
        write.commit().await?;
        Ok(Begun { session, token })
    }

    async fn admit_visitor(&self, viewer: &Viewer) -> Result<()> {
        let rule = Rule {
            name: "chat-session",
            attempts: self.app().config.chat.visitor_sessions,
            window: Duration::from_secs(3600),
        };
        let subject = viewer.peer.map_or(BudgetSubject::Unknown, BudgetSubject::address).to_string();
        self.attempt(rule, &subject).await
    }

    /// Deletes a session with its messages: the viewer's own, or any with `chats:delete_all`.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a session that the viewer may not see, [`Error::Forbidden`] for one that they may only
    /// read.
    pub(super) async fn delete(&self, viewer: &Viewer, id: Id<Session>) -> Result<Deleted> {
        let select = Entity::visible_to(viewer)?.filter(Column::Id.eq(id));
        let mut write = Write::begin(self.app(), viewer).await?;
        log::topic(id).lock(&write).await?;
        let session = select.one(&**write).await?.ok_or(Error::NotFound("chat session"))?;
        if !is_own(viewer, &session) {
            viewer.need(Permission::ChatsDeleteAll)?;
        }
        let messages = self.erase(&mut write, viewer, &session).await?;
        let entry = Entry::of(AuditAction::ChatSessionDeleted, id, self.persona_name(&session));
        let state = json!({
            "persona": session.persona,
            "createdAt": session.created_at,
            "messages": messages,
            "isComplete": session.completed_at.is_some(),
        });
        write.record(entry.before(state)).await?;
        write.commit().await?;
        self.visitors().forget(id);
        Ok(Deleted { id, messages })
    }

    /// Deletes a session and its events, and notifies its subscribers.
    async fn erase(&self, tx: &mut WriteTx, viewer: &Viewer, session: &Session) -> Result<u64> {
        let messages = message::Entity::find().filter(message::Column::SessionId.eq(session.id)).count(&**tx).await?;
        // Its messages and the token go with it.
        Entity::delete_by_id(session.id).exec(&**tx).await?;
        let actor = viewer.signed_in().map(|session| session.user_id);
        let before = session.handover();
        if matches!(before.status, HandoverStatus::Waiting | HandoverStatus::Taken) {
            let handover = Handover { status: HandoverStatus::Returned, assignee_id: None, ..before };
            let event = NewEvent::of(&HandoverChanged { session: session.id, handover }, actor)?;
            events::append(tx, &self.app().ambient, event).await?;
            notifications::settle(tx, &self.app().ambient, actor, Notice::ChatWaiting(session.id)).await?;
        }
        let last = log::append(tx, &self.app().ambient, session.id, actor, &ChatLog::Deleted).await?;
        self.app().events.forget(tx, log::topic(session.id).name(), &[], last).await?;
        Ok(messages)
    }
}

fn greeting(app: &App, session: &Session, persona: &Persona) -> Message {
    Message {
        id: Id::new(&app.ambient),
        session_id: session.id,
        place: 1,
        role: Role::Assistant,
        author: Some(Author::Persona),
        model: None,
        status: Status::Completed,
        text: one_of(&persona.greetings, app.ambient.unit()).to_owned(),
        citations: "[]".to_owned(),
        reply_to_id: None,
        superseded_by_id: None,
        error_code: None,
        error_message: None,
        client_key: None,
        job_id: None,
        staff_id: None,
        ended_by: None,
        created_at: session.created_at,
        completed_at: Some(session.created_at),
    }
}
