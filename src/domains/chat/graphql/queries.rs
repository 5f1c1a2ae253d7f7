//! Queries and subscriptions of chat.

use async_graphql::{Context, Object, Result, Subscription};

use super::{events::ChatReplyEvent, feed::begin, personas::ChatPersona, team::ChatHandoverEvent, team_feed};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        chat::{
            Chat, ChatSession, follow,
            message::{ChatMessage, Entity as MessageEntity, Model as MessageRow},
            pick::one_of,
            session::{Entity, Model as SessionRow},
        },
        shared::{
            follow::{RootEvent, follow as stream_of, resumed},
            one, root_list,
        },
    },
    error::Error,
    graphql::{About, CursorText, Listed, Requires, nullable},
};

/// Queries for chat.
#[derive(Default, Debug)]
pub struct ChatQuery;

#[Object]
impl ChatQuery {
    /// The chat session with this id. Requires one's own session, `chats:read_all`, or `chats:answer` if a person was
    /// requested in it; a visitor sees the session of their token. Null if it does not exist or you may not see it.
    async fn chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the session.")] id: Id<SessionRow>,
    ) -> Option<Result<ChatSession>> {
        nullable(one::<Entity>(ctx, id)).await
    }

    /// The chat message with this id; null if it does not exist or you may not see its session.
    async fn chat_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the message.")] id: Id<MessageRow>,
    ) -> Option<Result<ChatMessage>> {
        nullable(one::<MessageEntity>(ctx, id)).await
    }

    /// Personas that answer in chat sessions, the default one first.
    #[graphql(directive = About::apply(5))]
    async fn personas(&self, ctx: &Context<'_>) -> Result<Vec<ChatPersona>> {
        Ok(ctx.service::<Chat>()?.personas().list().iter().cloned().map(ChatPersona).collect())
    }

    /// A random greeting of a persona. Fails with `NOT_FOUND` if the persona does not exist.
    async fn greeting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Key of the persona. Defaults to the default persona.")] persona: Option<String>,
    ) -> Result<String> {
        let personas = ctx.service::<Chat>()?.personas();
        let persona = match persona {
            Some(key) => personas.get(&key).ok_or(Error::NotFound("persona"))?,
            None => personas.default_persona(),
        };
        Ok(one_of(&persona.greetings, ctx.app()?.ambient.unit()).to_owned())
    }
}

root_list! {
    /// Chat sessions, the latest message first by default: one's own; with `chats:answer` also those in which a person
    /// was requested; with `chats:read_all` all. Null unless signed in.
    ChatSessionsList: chat_sessions of Entity,
    filter: "Conditions on the sessions.",
    order: "Sort order. Defaults to the latest message first.",
    search: "Words that a note, a collected value or, with `users:read`, the owner must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Subscriptions of chat.
#[derive(Default, Debug)]
pub struct ChatSubscription;

#[Subscription]
impl ChatSubscription {
    /// Streams the events of a chat session until it is deleted: first the present state with the text of unfinished
    /// replies, then every event, replies piece by piece. With `after`, resumes at the first missed event. Requires
    /// one's own session, as user or visitor, `chats:read_all`, or `chats:answer` if a person was requested in it.
    /// Fails with `HISTORY_LOST` if the events after the cursor are no longer kept.
    async fn chat_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the session.")] session_id: Id<SessionRow>,
        #[graphql(desc = "Cursor of the last event received.")] after: Option<CursorText>,
    ) -> Result<RootEvent<ChatReplyEvent>> {
        let begin = async move {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            Entity::visible_to(viewer)?;
            let after = resumed(ctx, after).await?;
            let followed = follow::session(app, viewer, session_id, after).await?;
            Ok(begin(&app.events, ctx.service::<Chat>()?.personas(), followed))
        };
        stream_of(ctx, begin).await
    }

    /// Streams handover changes in all chat sessions, without end: first the waiting sessions, then every change. With
    /// `after`, resumes at the first missed event; `eventsCursor` of an earlier query is a valid start. A session
    /// deleted while it waits or a person answers is reported as returned. Needs `chats:answer`; losing it ends the
    /// subscription. Fails with `HISTORY_LOST` if the events after the cursor are no longer kept.
    #[graphql(directive = Requires::apply(&["chats:answer"]))]
    async fn chat_handover_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Cursor of the last event received.")] after: Option<CursorText>,
    ) -> Result<RootEvent<ChatHandoverEvent>> {
        let begin = async move {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            viewer.session()?;
            let after = resumed(ctx, after).await?;
            team_feed::follow(app, viewer, after).await
        };
        stream_of(ctx, begin).await
    }
}
