//! GraphQL types for chat sessions and messages.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use super::{
    handover::{ChatHandover, ChatStaff, staff},
    personas::{ChatFieldKind, ChatPersona},
};
use crate::domains::chat::Chat;
use crate::{
    auth::Permission,
    db::Id,
    domains::{
        ContextExt,
        chat::{
            citation::Citation,
            collecting::{Collected, Source},
            follow,
            list::{ChatMessageFilter, ChatMessageOrderField, WantedMessages},
            message::{self, Author, ChatMessage, Model as MessageRow, Role, Status},
            personas::{FieldSpec, Persona},
            session::{ChatSession, Entity as ChatSessionEntity, Model as SessionRow},
        },
        identity::{User, UserEntity},
        leads::{Lead, LeadEntity},
        shared::{Link, below, one},
        system::{JobError, PlaceOf},
    },
    error::Error,
    graphql::{About, Connection, CursorText, ListQuery, Order, PageArgs, Paged, Timestamp, nullable},
};

/// Note that the creator of a chat session stored with it.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct ChatNote {
    /// Name of the note, such as `page`.
    pub name: String,
    /// Text of the note.
    pub value: String,
}

/// Field that the persona of a chat session collects, with its value.
#[derive(SimpleObject, Debug, Clone)]
pub struct ChatCollectedField {
    /// Key, unique within the persona, such as `email`.
    pub key: String,
    /// Display name.
    pub label: String,
    /// Type of the value.
    pub kind: ChatFieldKind,
    /// True if the session cannot be complete without this field.
    pub is_required: bool,
    /// Collected value; null if not known.
    pub value: Option<String>,
    /// Quote that proves the value; null if not known.
    pub quote: Option<String>,
    /// Method that found the value; null if not known.
    pub found_by: Option<ChatFinder>,
}

/// Method that found a collected value.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatFinder {
    /// Rules.
    Rule,
    /// A language model, checked against the text of the messages.
    Model,
}

/// Returns the fields of a persona with their known values.
pub(super) fn collected(persona: Option<&Persona>, known: &Collected) -> Vec<ChatCollectedField> {
    let fields = persona.into_iter().flat_map(|persona| &persona.fields);
    let field = |field: &FieldSpec| {
        let known = known.get(&field.key);
        ChatCollectedField {
            key: field.key.clone(),
            label: field.label.clone(),
            kind: field.kind.into(),
            is_required: field.required,
            value: known.map(|known| known.value.to_string()),
            quote: known.map(|known| known.quote.clone()),
            found_by: known.map(|known| match known.source {
                Source::Rule => ChatFinder::Rule,
                Source::Model => ChatFinder::Model,
            }),
        }
    };
    fields.map(field).collect()
}

/// Conversation between a user or visitor and a persona. Subscribe with `chatReply`.
#[Object]
impl ChatSession {
    /// The id, beginning with `chat_`.
    pub async fn id(&self) -> Id<SessionRow> {
        self.0.id
    }

    /// Persona that answers; null if it is no longer offered.
    async fn persona(&self, ctx: &Context<'_>) -> Option<Result<ChatPersona>> {
        nullable(async { Ok(ctx.service::<Chat>()?.personas().get(&self.0.persona).cloned().map(ChatPersona)) }).await
    }

    /// User who owns the session; null for visitors, and if you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let id = Id::from_uuid(self.0.owner_id?);
        nullable(one::<UserEntity>(ctx, id)).await
    }

    /// True if the session belongs to a visitor without an account.
    async fn is_visitor(&self) -> bool {
        self.0.owner_id.is_none()
    }

    /// Notes stored by the creator, sorted by name.
    #[graphql(directive = About::apply(5))]
    async fn metadata(&self) -> Vec<ChatNote> {
        self.0.metadata().into_iter().map(|(name, value)| ChatNote { name, value }).collect()
    }

    /// Messages, oldest first by default, without superseded replies by default.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of items from the start, 0–100. Defaults to 25 unless `last` is given.")]
        first: Option<i32>,
        #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
        #[graphql(desc = "Number of items from the end, 0–100. Cannot be combined with `first`.")] last: Option<i32>,
        #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
        #[graphql(desc = "Conditions on the messages.")] filter: Option<Box<ChatMessageFilter>>,
        #[graphql(desc = "Sort order. Defaults to chronological.")] order_by: Option<Order<ChatMessageOrderField>>,
        #[graphql(desc = "Includes replies that were replaced by another.", default)] include_superseded: bool,
    ) -> Result<Connection<ChatMessage>> {
        let page = PageArgs::new(first, after, last, before);
        let wanted = WantedMessages { filter, include_superseded };
        below::<SessionRow, message::Entity>(ctx, self.0.id, ListQuery::new(page, Some(Box::new(wanted)), order_by))
            .await
    }

    /// Fields that the persona collects, with their values so far.
    #[graphql(directive = About::apply(5))]
    async fn collected(&self, ctx: &Context<'_>) -> Result<Vec<ChatCollectedField>> {
        Ok(collected(ctx.service::<Chat>()?.personas().get(&self.0.persona).map(Arc::as_ref), &self.0.collected()))
    }

    /// True if all required fields are settled: known, or declined by the visitor. The lead is then created once and
    /// remains.
    async fn is_complete(&self) -> bool {
        self.0.completed_at.is_some()
    }

    /// Time at which all required fields were settled; null before.
    async fn completed_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.completed_at)
    }

    /// Lead created from the session; null before, and if you may not see it.
    async fn lead(&self, ctx: &Context<'_>) -> Option<Result<Lead>> {
        let id = self.0.lead_id?;
        nullable(async {
            // Leads are for the team: whoever told it knows what they told.
            let viewer = ctx.viewer()?;
            let sees_leads = [Permission::LeadsRead, Permission::LeadsReadAll].iter().any(|may| viewer.may(*may));
            if sees_leads { one::<LeadEntity>(ctx, id).await } else { Ok(None) }
        })
        .await
    }

    /// Handover status: the persona or a team member answers.
    async fn handover(&self) -> ChatHandover {
        ChatHandover(self.0.handover())
    }

    /// Event cursor of this state. Pass it to `chatReply` as `after` to miss no event. Pieces of an unfinished reply
    /// may be repeated; compare their `offset`.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<CursorText> {
        let place = ctx.loader()?.load_one(PlaceOf(self.0.last_event)).await?;
        let place = place.ok_or(Error::NotFound("event"))?;
        Ok(ctx.app()?.events.cursor(follow::position(place)).into())
    }

    /// Time of the last message.
    async fn last_message_at(&self) -> Timestamp {
        Timestamp(self.0.last_message_at)
    }

    /// Creation time.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }
}

/// A message of a chat session.
#[Object]
impl ChatMessage {
    /// The id, beginning with `msg_`.
    pub async fn id(&self) -> Id<MessageRow> {
        self.0.id
    }

    /// Session of the message; null if you may not see it.
    async fn session(&self) -> Link<ChatSessionEntity> {
        Link::within(self.0.session_id)
    }

    /// Side of the conversation that speaks.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Kind of author; null for an unfinished reply.
    async fn author(&self) -> Option<Author> {
        self.0.author
    }

    /// Language model that wrote the message, such as `openai/gpt-6.1-terra`; null if none did.
    async fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// Team member who wrote the message; null unless `author` is `STAFF`.
    async fn staff(&self, ctx: &Context<'_>) -> Option<Result<ChatStaff>> {
        staff(ctx, self.0.staff_id).await
    }

    /// Status of processing.
    async fn status(&self) -> Status {
        self.0.status
    }

    /// Text; of an unfinished reply the beginning. Numbers in square brackets refer to `citations`.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Passages on which a reply is based, sorted by number; empty for other messages.
    #[graphql(directive = About::apply(5))]
    async fn citations(&self) -> Vec<Citation> {
        self.0.citations()
    }

    /// Reason of the failure; null unless the status is `FAILED`. `regenerateChatReply` retries.
    async fn error(&self) -> Option<JobError> {
        self.0.failure().map(JobError::from)
    }

    /// Message being answered; null unless this is a reply.
    async fn reply_to(&self) -> Option<Link<message::Entity>> {
        self.0.reply_to_id.map(Link::within)
    }

    /// Reply that replaced this one; null if none did.
    async fn superseded_by(&self) -> Option<Link<message::Entity>> {
        self.0.superseded_by_id.map(Link::within)
    }

    /// Time at which the message was sent, or the reply requested.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// Time at which the message completed, failed or was stopped; null before.
    async fn completed_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.completed_at)
    }
}
