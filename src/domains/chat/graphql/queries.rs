//! What can be asked and followed.

use async_graphql::{Context, Object, Result, Subscription};

use super::{events::ChatReplyEvent, feed::begin, personas::ChatPersona, team::ChatHandoverEvent, team_feed};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        chat::{
            Chat, ChatSession, follow,
            pick::one_of,
            session::{Entity, Model as SessionRow},
        },
        shared::{
            follow::{RootEvent, follow as stream_of, resumed},
            one, root_list,
        },
    },
    error::Error,
    graphql::{About, CursorText, Listed, nullable},
};

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
        nullable(one::<Entity>(ctx, id)).await
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

root_list! {
    /// Chat sessions, the one with the latest message first unless ordered otherwise: one's own, with `chats:answer` also
    /// those in which a person was asked for, or all with `chats:read_all`; null when nobody is signed in.
    ChatSessionsList: chat_sessions of Entity,
    filter: "Which sessions.",
    order: "In which order; the one with the latest message first when not given."
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
            Entity::visible_to(viewer)?;
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
            team_feed::follow(app, viewer, after).await
        };
        stream_of(ctx, begin).await
    }
}
