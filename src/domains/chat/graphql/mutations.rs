//! Mutations of chat sessions and their inputs.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use crate::domains::chat::Chat;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        chat::{
            ChatMessage, ChatSession,
            input::{AssignChatSessionInput, CreateChatSessionInput, SendChatMessageInput},
            message::Model as MessageRow,
            session::Model as SessionRow,
        },
    },
    graphql::{Requires, Timestamp},
};

/// Result of creating a chat session.
#[derive(SimpleObject)]
pub struct CreateChatSessionPayload {
    /// The session, with the persona's greeting as its first message.
    pub session: ChatSession,
    /// Token for this session only, shown once. Send it as `Authorization: Bearer <token>`. Null for signed-in users,
    /// who need none.
    pub visitor_token: Option<String>,
    /// Expiry time of the token, extended by each message; null if there is no token.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Result of sending a chat message.
#[derive(SimpleObject)]
pub struct SendChatMessagePayload {
    /// The stored message.
    pub message: ChatMessage,
    /// Pending reply, streamed by `chatReply`; null while a team member answers, and for messages of the team.
    pub reply: Option<ChatMessage>,
    /// The session, with the values collected from the message.
    pub session: ChatSession,
    /// New expiry time of the visitor's token; null for signed-in users.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A deleted chat session.
#[derive(SimpleObject)]
pub struct DeletedChatSession {
    /// Id of the deleted session.
    pub id: Id<SessionRow>,
    /// Number of messages deleted with it.
    pub messages_deleted: u64,
}

// What they do is boxed: the future of each stands in that of all mutations.
/// Mutations of chat.
#[derive(Default, Debug)]
pub struct ChatMutation;

#[Object]
impl ChatMutation {
    /// Creates a chat session for the signed-in user, or for an anonymous visitor, who receives a token. Fails with
    /// `RATE_LIMITED` if too many visitors came from one IP address.
    async fn create_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Settings of the session.")] input: CreateChatSessionInput,
    ) -> Result<CreateChatSessionPayload> {
        let begun = Box::pin(ctx.service::<Chat>()?.begin(ctx.viewer()?, input)).await?;
        let (token, expires_at) = begun.token.unzip();
        Ok(CreateChatSessionPayload {
            session: ChatSession(begun.session),
            visitor_token: token.map(|token| token.expose_secret().to_owned()),
            expires_at,
        })
    }

    /// Deletes a chat session and its messages, but not the lead created from it. Requires one's own session, as user
    /// or visitor, or `chats:delete_all`.
    async fn delete_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the session.")] id: Id<SessionRow>,
    ) -> Result<DeletedChatSession> {
        let deleted = Box::pin(ctx.service::<Chat>()?.delete(ctx.viewer()?, id)).await?;
        Ok(DeletedChatSession { id: deleted.id, messages_deleted: deleted.messages })
    }

    /// Sends a message in one's own session. The message is stored at once and answered by the persona, one message at
    /// a time; `chatReply` streams the reply. The persona does not answer while a team member does. A team member who
    /// called `takeOverChatSession` also answers with this mutation. Fails with `RATE_LIMITED` if a visitor sends too
    /// fast, and with `CONFLICT` if ten messages wait for a reply.
    async fn send_chat_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: SendChatMessageInput,
    ) -> Result<SendChatMessagePayload> {
        let sent = Box::pin(ctx.service::<Chat>()?.send(ctx.viewer()?, input)).await?;
        Ok(SendChatMessagePayload {
            message: ChatMessage(sent.message),
            reply: sent.reply.map(ChatMessage),
            session: ChatSession(sent.session),
            expires_at: sent.expires_at,
        })
    }

    /// Stops a reply in one's own session and keeps its text so far, with the status `STOPPED`. Returns a finished reply
    /// unchanged.
    async fn stop_chat_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the reply.")] id: Id<MessageRow>,
    ) -> Result<ChatMessage> {
        Ok(ChatMessage(Box::pin(ctx.service::<Chat>()?.stop(ctx.viewer()?, id)).await?))
    }

    /// Regenerates the last reply of one's own session and returns the new, pending reply; the old one is kept as
    /// superseded. Fails with `CONFLICT` if the reply is unfinished or not the last one.
    async fn regenerate_chat_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the reply to regenerate.")] id: Id<MessageRow>,
    ) -> Result<ChatMessage> {
        Ok(ChatMessage(Box::pin(ctx.service::<Chat>()?.regenerate(ctx.viewer()?, id)).await?))
    }

    /// Requests a person in one's own session. Notifies those who may answer by mail; the first to respond takes over.
    /// The persona answers until then. Returns a session that already waits unchanged.
    async fn request_chat_handover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the session.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.request_handover(ctx.viewer()?, id)).await?))
    }

    /// Withdraws the request for a person in one's own session, so that only the persona answers. Returns a session
    /// that is not waiting unchanged. Fails with `CONFLICT` if a person already answers.
    async fn withdraw_chat_handover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the session.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.withdraw_request(ctx.viewer()?, id)).await?))
    }

    /// Takes over a chat session: you answer with `sendChatMessage`, the persona stops answering, and its unfinished
    /// reply is stopped. Needs `chats:answer`. Fails with `CONFLICT` if somebody else has taken over.
    #[graphql(directive = Requires::apply(&["chats:answer"]))]
    async fn take_over_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the session.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.take_over(ctx.viewer()?, id)).await?))
    }

    /// Assigns a chat session to a team member and notifies them by mail. Reassigns the session at once if a person
    /// answers in it; otherwise it waits for them. Needs `chats:answer`, also for the assignee.
    #[graphql(directive = Requires::apply(&["chats:answer"]))]
    async fn assign_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session and the assignee.")] input: AssignChatSessionInput,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.assign(ctx.viewer()?, input)).await?))
    }

    /// Returns a chat session to its persona, which answers again. Needs `chats:answer`. Fails with `CONFLICT` if no
    /// person was requested.
    #[graphql(directive = Requires::apply(&["chats:answer"]))]
    async fn return_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the session.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.give_back(ctx.viewer()?, id)).await?))
    }
}
