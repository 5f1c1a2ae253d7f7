//! What can be asked and followed.

use async_graphql::{Context, Enum, Object, Result, Subscription};
use sea_orm::{ColumnTrait, sea_query::SimpleExpr};

use super::{ChatHandoverEvent, ChatReplyEvent, ChatSession, personas::ChatPersona, session_of};
use crate::domains::chat::Chat;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        chat::{
            follow::{self, begin},
            gathering::one_of,
            handover::HandoverStatus,
            service::{self, SessionList},
            session::{Column, Entity, Model as SessionRow},
            team,
        },
        follow::{RootEvent, follow as stream_of, resumed},
        identity::User,
    },
    error::Error,
    graphql::{
        About, Connection, CursorText, DateTimeFilter, EnumFilter, IdFilter, Order, OrderField, PageArgs, Paged,
        SortDirection, StringFilter, filter_input, nullable,
    },
};

/// Whether a column holds nothing, or something.
fn absent(column: Column, is_absent: bool) -> SimpleExpr {
    if is_absent { column.is_null() } else { column.is_not_null() }
}

filter_input! {
    /// Which chat sessions. All parts that are given must hold.
    pub struct ChatSessionFilter {
        /// By the key of their persona.
        persona: StringFilter => |filter| filter.on(Column::Persona),
        /// By the id of the user whose session it is.
        owner_id: IdFilter<User> => |filter| filter.on(Column::OwnerId),
        /// By whether they are sessions of visitors without an account.
        is_visitors: bool => |is_visitors| absent(Column::OwnerId, *is_visitors),
        /// By whether nothing is left to ask for that must be known.
        is_complete: bool => |is_complete| absent(Column::CompletedAt, !*is_complete),
        /// By who answers: `WAITING` are those that wait for a person.
        handover_status: EnumFilter<HandoverStatus> => |filter| filter.on(Column::HandoverStatus),
        /// By the id of the user who answers, or is to.
        handover_assignee_id: IdFilter<User> => |filter| filter.on(Column::HandoverAssigneeId),
        /// By when the last message was sent.
        last_message_at: DateTimeFilter => |filter| filter.on(Column::LastMessageAt),
        /// By when they were made.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

/// By what chat sessions can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatSessionOrderField {
    /// When the last message was sent.
    LastMessageAt,
    /// When they were made.
    CreatedAt,
}

/// The order of a list of them.
pub type ChatSessionOrder = Order<ChatSessionOrderField>;

impl OrderField for ChatSessionOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::LastMessageAt, SortDirection::Desc);

    fn column(self) -> Column {
        match self {
            Self::LastMessageAt => Column::LastMessageAt,
            Self::CreatedAt => Column::CreatedAt,
        }
    }
}

/// Queries for chat.
#[derive(Default, Debug)]
pub struct ChatQuery;

#[Object]
impl ChatQuery {
    /// The chat session with this id; null when there is none, or when it is somebody else's and you lack
    /// `chats:read_all`, or `chats:answer` where a person was asked for. A visitor sees the session of their token.
    async fn chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] id: Id<SessionRow>,
    ) -> Option<Result<ChatSession>> {
        nullable(session_of(ctx, id)).await
    }

    /// Chat sessions, the one with the latest message first unless ordered otherwise: one's own, with `chats:answer` also
    /// those in which a person was asked for, or all with `chats:read_all`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn chat_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which sessions.")] filter: Option<ChatSessionFilter>,
        #[graphql(desc = "In which order; the one with the latest message first when not given.")] order_by: Option<
            ChatSessionOrder,
        >,
    ) -> Result<Connection<ChatSession>> {
        let list = SessionList { page: PageArgs::new(first, after, last, before), filter, order: order_by };
        let keyset = list.keyset();
        let (page, total) = service::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }

    /// The personas that answer in chat sessions, the default one first.
    #[graphql(directive = About::apply(5))]
    async fn personas(&self, ctx: &Context<'_>) -> Result<Vec<ChatPersona>> {
        Ok(ctx.service::<Chat>()?.personas().list().iter().cloned().map(ChatPersona).collect())
    }

    /// A greeting of a persona, at random. Fails with `NOT_FOUND` when there is no such persona.
    async fn greeting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The persona's key; the default one when not given.")] persona: Option<String>,
    ) -> Result<String> {
        let personas = ctx.service::<Chat>()?.personas();
        let persona = match persona {
            Some(key) => personas.get(&key).ok_or(Error::NotFound("persona"))?,
            None => personas.default_persona(),
        };
        Ok(one_of(&persona.greetings, ctx.app()?.ambient.unit()).to_owned())
    }
}

/// Subscriptions of chat.
#[derive(Default, Debug)]
pub struct ChatSubscription;

#[Subscription]
impl ChatSubscription {
    /// What happens in a chat session: its present state first, with what there is of replies that are being written, then
    /// every event, word by word, until the session is deleted. With `after` it begins with the first event that was
    /// missed. One's own session, also a visitor's by their token, anybody's with `chats:read_all`, and with
    /// `chats:answer` those in which a person was asked for. Fails with `HISTORY_LOST` when the events after the cursor are no longer kept.
    async fn chat_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] session_id: Id<SessionRow>,
        #[graphql(desc = "The cursor of the last event that was seen.")] after: Option<CursorText>,
    ) -> Result<RootEvent<ChatReplyEvent>> {
        let begin = async move {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            service::visible_to(viewer)?;
            let after = resumed(ctx, after).await?;
            let followed = follow::session(app, viewer, session_id, after).await?;
            Ok(begin(&app.events, ctx.service::<Chat>()?.personas(), followed))
        };
        stream_of(ctx, begin).await
    }

    /// The hand-overs of all chat sessions, for those who answer: the sessions in which a person is waited for first, then each
    /// change of a hand-over, without end. With `after` it begins with the first that was missed; `eventsCursor` of an earlier
    /// query is a place to begin from. A session that is deleted while it waits, or a person has it, is told of as returned.
    /// Needs `chats:answer`: losing it ends the subscription. Fails with `HISTORY_LOST` when the events after the cursor are no
    /// longer kept.
    async fn chat_handover_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cursor of the last event that was seen.")] after: Option<CursorText>,
    ) -> Result<RootEvent<ChatHandoverEvent>> {
        let begin = async move {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            viewer.session()?;
            let after = resumed(ctx, after).await?;
            team::follow(app, viewer, after).await
        };
        stream_of(ctx, begin).await
    }
}
