//! What can be changed.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use crate::domains::chat::Chat;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        chat::{
            ChatMessage, ChatSession, message::Model as MessageRow, sending::Said, session::Model as SessionRow,
            sessions::SessionDraft,
        },
        identity::User,
    },
    graphql::{Requires, Timestamp},
};

/// A note to be left with a chat session.
#[derive(InputObject, Debug)]
pub struct ChatNoteInput {
    /// What it is about, such as `page`; 1 to 50 characters.
    pub name: String,
    /// What it says; up to 500 characters.
    pub value: String,
}

/// A chat session to be made.
#[derive(InputObject, Debug)]
pub struct CreateChatSessionInput {
    /// The key of the persona that answers; the default one when not given. `personas` lists them.
    pub persona: Option<String>,
    /// Notes about where and why, such as the page on which the chat was opened; up to 20, each name once.
    #[graphql(default)]
    pub metadata: Vec<ChatNoteInput>,
}

/// A chat session that was made.
#[derive(SimpleObject)]
pub struct CreateChatSessionPayload {
    /// The session, with the persona's greeting as its first message.
    pub session: ChatSession,
    /// The token that opens this session and nothing else, shown this once: send it as `Authorization: Bearer <token>`;
    /// null for a signed-in user, who needs none.
    pub visitor_token: Option<String>,
    /// When the token expires, unless a message is sent before; null where there is no token.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub expires_at: Option<DateTime<Utc>>,
}

/// Something to be said in a chat session.
#[derive(InputObject, Debug)]
pub struct SendChatMessageInput {
    /// The session's id.
    pub session_id: Id<SessionRow>,
    /// What is said: 1 to 4,000 characters unless the server is set otherwise, something that can be seen among them, no
    /// control characters but tabs and line ends.
    pub text: String,
    /// A random text by which a repeated request is known: the same key in the same session stands for the same message.
    /// 1 to 200 characters.
    pub idempotency_key: Option<String>,
}

/// A message that was sent.
#[derive(SimpleObject)]
pub struct SendChatMessagePayload {
    /// The message, as it is stored.
    pub message: ChatMessage,
    /// The id of the reply to come, of which `chatReply` tells; null while a person answers, and for what the team says.
    pub reply_id: Option<Id<MessageRow>>,
    /// The session, with what was collected of the message.
    pub session: ChatSession,
    /// When the visitor's token expires now; null for a signed-in user.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A chat session that was deleted.
#[derive(SimpleObject)]
pub struct DeletedChatSession {
    /// The id that the session had.
    pub id: Id<SessionRow>,
    /// How many messages were deleted with it.
    pub messages_deleted: u64,
}

/// To whom a chat session is given.
#[derive(InputObject, Debug)]
pub struct AssignChatSessionInput {
    /// The session's id.
    pub id: Id<SessionRow>,
    /// The id of the user who is to answer.
    pub user_id: Id<User>,
}

// What they do is boxed: the future of each stands in that of all mutations.
/// Mutations of chat.
#[derive(Default, Debug)]
pub struct ChatMutation;

#[Object]
impl ChatMutation {
    /// Makes a chat session: a signed-in user's own; for everybody else that of a visitor, with a token for it. Fails with
    /// `RATE_LIMITED` when too many visitors came from one network address.
    async fn create_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: CreateChatSessionInput,
    ) -> Result<CreateChatSessionPayload> {
        let metadata = input.metadata.into_iter().map(|note| (note.name, note.value)).collect();
        let draft = SessionDraft { persona: input.persona, metadata };
        let begun = Box::pin(ctx.service::<Chat>()?.begin(ctx.viewer()?, draft)).await?;
        let (token, expires_at) = begun.token.unzip();
        Ok(CreateChatSessionPayload {
            session: ChatSession(begun.session),
            visitor_token: token.map(|token| token.expose_secret().to_owned()),
            expires_at,
        })
    }

    /// Deletes a chat session with all that was said in it; a lead that came of it stays. One's own, also a visitor's, or
    /// anybody's with `chats:delete_all`.
    async fn delete_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] id: Id<SessionRow>,
    ) -> Result<DeletedChatSession> {
        let deleted = Box::pin(ctx.service::<Chat>()?.delete(ctx.viewer()?, id)).await?;
        Ok(DeletedChatSession { id: deleted.id, messages_deleted: deleted.messages })
    }

    /// Says something in one's own session. It is stored at once and answered by the persona, one message after the other;
    /// `chatReply` tells of the answer while it is written. While a person answers, the persona is silent. Who has taken a
    /// session over by `takeOverChatSession` answers in it by this too. Fails with `RATE_LIMITED` for a visitor who is too quick, with
    /// `CONFLICT` when ten messages wait for a reply.
    async fn send_chat_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is said.")] input: SendChatMessageInput,
    ) -> Result<SendChatMessagePayload> {
        let said = Said { session: input.session_id, text: input.text, key: input.idempotency_key };
        let sent = Box::pin(ctx.service::<Chat>()?.send(ctx.viewer()?, said)).await?;
        Ok(SendChatMessagePayload {
            message: ChatMessage(sent.message),
            reply_id: sent.reply.map(|reply| reply.id),
            session: ChatSession(sent.session),
            expires_at: sent.expires_at,
        })
    }

    /// Stops a reply in one's own session: what there is of it stays, as `STOPPED`. One that has ended is returned as it is.
    async fn stop_chat_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the reply.")] reply_id: Id<MessageRow>,
    ) -> Result<ChatMessage> {
        Ok(ChatMessage(Box::pin(ctx.service::<Chat>()?.stop(ctx.viewer()?, reply_id)).await?))
    }

    /// Has the last reply of one's own session written again, and returns the reply to come; the one that there was is kept
    /// as superseded. Fails with `CONFLICT` when the reply is still being written or is not the last one.
    async fn regenerate_chat_reply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the reply that there is.")] message_id: Id<MessageRow>,
    ) -> Result<ChatMessage> {
        Ok(ChatMessage(Box::pin(ctx.service::<Chat>()?.regenerate(ctx.viewer()?, message_id)).await?))
    }

    /// Asks for a person in one's own session: those who may answer are told by mail, and whoever is first takes it over.
    /// Until then the persona answers. A session that waits already is returned as it is.
    async fn request_chat_handover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.request_handover(ctx.viewer()?, id)).await?))
    }

    /// Takes the request for a person in one's own session back: the persona answers alone again. A session in which nobody is
    /// waited for is returned as it is. Fails with `CONFLICT` when a person answers already.
    async fn withdraw_chat_handover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.withdraw_request(ctx.viewer()?, id)).await?))
    }

    /// Takes over a chat session of somebody else: you answer by `sendChatMessage`, and the persona is silent; what it was
    /// writing is stopped. Needs `chats:answer`. Fails with `CONFLICT` when somebody else has taken it.
    #[graphql(directive = Requires::apply(&["chats:answer"]))]
    async fn take_over_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.take_over(ctx.viewer()?, id)).await?))
    }

    /// Gives a chat session to somebody of the team, who is told by mail: at once when a person has it, else it waits for
    /// them. Needs `chats:answer`, which they must have too.
    #[graphql(directive = Requires::apply(&["chats:answer"]))]
    async fn assign_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session, and to whom.")] input: AssignChatSessionInput,
    ) -> Result<ChatSession> {
        let AssignChatSessionInput { id, user_id } = input;
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.assign(ctx.viewer()?, id, user_id)).await?))
    }

    /// Returns a chat session to its persona, which answers again. Needs `chats:answer`. Fails with `CONFLICT` when no person
    /// was asked for.
    #[graphql(directive = Requires::apply(&["chats:answer"]))]
    async fn return_chat_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's id.")] id: Id<SessionRow>,
    ) -> Result<ChatSession> {
        Ok(ChatSession(Box::pin(ctx.service::<Chat>()?.give_back(ctx.viewer()?, id)).await?))
    }
}
