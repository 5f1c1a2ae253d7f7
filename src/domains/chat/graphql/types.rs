//! Sessions and messages.

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
            message::{self, Author, ChatMessage, Model as MessageRow, Role, State},
            personas::{FieldSpec, Persona},
            session::{ChatSession, Model as SessionRow},
        },
        identity::{User, UserEntity},
        leads::{Lead, LeadEntity},
        shared::{below, one},
        system::{JobError, PlaceOf},
    },
    error::Error,
    graphql::{About, Connection, CursorText, ListQuery, Order, PageArgs, Paged, Timestamp, nullable},
};

/// A note that the maker of a chat session left with it.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct ChatNote {
    /// What it is about, such as `page`.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// Something that the persona of a chat session wants to know.
#[derive(SimpleObject, Debug, Clone)]
pub struct ChatCollectedField {
    /// Its key, unique within the persona, such as `email`.
    pub key: String,
    /// What it is called before people.
    pub label: String,
    /// What kind of value it is.
    pub kind: ChatFieldKind,
    /// Whether the session is complete only when it is known.
    pub is_required: bool,
    /// What was said; null when it is not known.
    pub value: Option<String>,
    /// The words that prove it; null when it is not known.
    pub quote: Option<String>,
    /// How it was found; null when it is not known.
    pub found_by: Option<ChatFinder>,
}

/// How something that was said was found.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatFinder {
    /// By rules.
    Rule,
    /// By a language model, and checked against what was said.
    Model,
}

/// The fields of a persona with what is known of each.
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

/// A conversation between a user or a visitor and a persona. Follow it by `chatReply`.
#[Object]
impl ChatSession {
    /// The id, beginning with `chat_`.
    pub async fn id(&self) -> Id<SessionRow> {
        self.0.id
    }

    /// Who answers; null when the persona is not offered any more.
    async fn persona(&self, ctx: &Context<'_>) -> Option<Result<ChatPersona>> {
        nullable(async { Ok(ctx.service::<Chat>()?.personas().get(&self.0.persona).cloned().map(ChatPersona)) }).await
    }

    /// Whose session it is; null for a visitor's, and when you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let id = Id::from_uuid(self.0.owner_id?);
        nullable(one::<UserEntity>(ctx, id)).await
    }

    /// Whether it is the session of a visitor without an account.
    async fn is_visitor(&self) -> bool {
        self.0.owner_id.is_none()
    }

    /// What its maker noted with it, in the order of the names.
    #[graphql(directive = About::apply(5))]
    async fn metadata(&self) -> Vec<ChatNote> {
        self.0.metadata().into_iter().map(|(name, value)| ChatNote { name, value }).collect()
    }

    /// What was said, the oldest first. Replies that were written again are left out unless asked for.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which messages.")] filter: Option<Box<ChatMessageFilter>>,
        #[graphql(desc = "In which order; as they were said when not given.")] order_by: Option<
            Order<ChatMessageOrderField>,
        >,
        #[graphql(desc = "Whether replies are listed too in whose place another was written.", default)]
        include_superseded: bool,
    ) -> Result<Connection<ChatMessage>> {
        let page = PageArgs::new(first, after, last, before);
        let wanted = WantedMessages { filter, include_superseded };
        below::<SessionRow, message::Entity>(ctx, self.0.id, ListQuery::new(page, Some(Box::new(wanted)), order_by))
            .await
    }

    /// What the persona wants to know, with what is known of each so far.
    #[graphql(directive = About::apply(5))]
    async fn collected(&self, ctx: &Context<'_>) -> Result<Vec<ChatCollectedField>> {
        Ok(collected(ctx.service::<Chat>()?.personas().get(&self.0.persona).map(Arc::as_ref), &self.0.collected()))
    }

    /// Whether nothing is left to ask for that must be known: it is known, or the visitor does not tell it. Then `lead` was
    /// made, once, and stays.
    async fn is_complete(&self) -> bool {
        self.0.completed_at.is_some()
    }

    /// When nothing was left to ask for that must be known; null before.
    async fn completed_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.completed_at)
    }

    /// The lead that the session became; null before, and when you may not see it.
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

    /// Who answers: the persona, or a person of the team.
    async fn handover(&self) -> ChatHandover {
        ChatHandover(self.0.handover())
    }

    /// The place of this state in the stream of events: give it to `chatReply` as `after` and nothing falls between. Pieces
    /// of a reply that is being written may come again from there; their `offset` tells.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<CursorText> {
        let place = ctx.loader()?.load_one(PlaceOf(self.0.last_event)).await?;
        let place = place.ok_or(Error::NotFound("event"))?;
        Ok(ctx.app()?.events.cursor(follow::position(place)).into())
    }

    /// When the last message was sent.
    async fn last_message_at(&self) -> Timestamp {
        Timestamp(self.0.last_message_at)
    }

    /// When it was made.
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

    /// The session it belongs to.
    async fn session_id(&self) -> Id<SessionRow> {
        self.0.session_id
    }

    /// Which side says it.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Who wrote it; null for a reply that is not whole.
    async fn author(&self) -> Option<Author> {
        self.0.author
    }

    /// The language model that wrote it, such as `openai/gpt-6.1-terra`; null unless one did.
    async fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// Who of the team wrote it; null unless `author` is `STAFF`.
    async fn staff(&self, ctx: &Context<'_>) -> Option<Result<ChatStaff>> {
        staff(ctx, self.0.staff_id).await
    }

    /// Where it stands.
    async fn state(&self) -> State {
        self.0.state
    }

    /// The text; of a reply that is being written its beginning. Numbers in square brackets refer to `citations`.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The passages that the reply rests on, by their numbers; none for other messages.
    #[graphql(directive = About::apply(5))]
    async fn citations(&self) -> Vec<Citation> {
        self.0.citations()
    }

    /// What went wrong; null unless it is `FAILED`. `regenerateChatReply` tries again.
    async fn error(&self) -> Option<JobError> {
        self.0.failure().map(JobError::from)
    }

    /// The id of the message that it answers; null unless it is a reply.
    async fn reply_to_id(&self) -> Option<Id<MessageRow>> {
        self.0.reply_to_id
    }

    /// The id of the reply that was written in its place; null when none was.
    async fn superseded_by_id(&self) -> Option<Id<MessageRow>> {
        self.0.superseded_by_id
    }

    /// When it was sent, or asked for.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When it was whole, had failed or was stopped; null before.
    async fn completed_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.completed_at)
    }
}
