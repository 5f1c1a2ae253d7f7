//! What followers of a chat session are told.

#![expect(dead_code, reason = "SimpleObject makes getters that only the interface calls, and only some of them")]

use async_graphql::{ComplexObject, Context, Interface, Result, SimpleObject};

use super::{
    handover::ChatHandover,
    types::{ChatCollectedField, collected},
};
use crate::{
    db::Id,
    domains::{
        chat::{
            log::{ChatLog, KnownSoFar},
            message::{ChatMessage, Model as MessageRow},
            personas::Persona,
            session::{ChatSession, Entity as ChatSessionEntity, Model as SessionRow},
        },
        shared::{follow::Place, one},
        system::JobError,
    },
    graphql::{About, CursorText, Timestamp, nullable},
};

/// Something that happened in a chat session. A client may select these fields alone and ignore the kinds it does not know.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "The place of the event: give it as `after` to go on behind it."
    ),
    field(name = "session_id", ty = "&Id<SessionRow>", desc = "Which session."),
    field(name = "at", ty = "&Timestamp", desc = "When it happened.")
)]
pub enum ChatReplyEvent {
    /// The present state.
    State(ChatReplyState),
    /// Somebody said something.
    MessageAdded(ChatMessageAdded),
    /// A reply began.
    Started(ChatReplyStarted),
    /// A reply goes on.
    Delta(ChatReplyDelta),
    /// A reply began anew.
    Replaced(ChatReplyReplaced),
    /// A reply is whole.
    Completed(ChatReplyCompleted),
    /// A reply could not be written.
    Failed(ChatReplyFailed),
    /// A reply was stopped.
    Stopped(ChatReplyStopped),
    /// A person was asked for, has taken over, or has returned the session.
    HandoverChanged(ChatHandoverChanged),
    /// The session is gone.
    SessionDeleted(ChatSessionDeleted),
}

/// Defines the type of an event: the fields that all have, and its own.
macro_rules! event {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[doc = $doc])*
        #[derive(SimpleObject, Clone)]
        pub struct $name {
            /// The place of the event: give it as `after` to go on behind it.
            pub cursor: CursorText,
            /// Which session.
            pub session_id: Id<SessionRow>,
            /// When it happened.
            pub at: Timestamp,
            $($(#[$field_meta])* pub $field: $type,)*
        }
    };
}

event! {
    /// The present state of a chat session: the first event for a client that knows nothing yet.
    ChatReplyState {
        /// Replies that are to come or being written, each with its text so far, in their order.
        #[graphql(directive = About::apply(2))]
        replies: Vec<ChatMessage>,
        /// What the persona wants to know, with what is known of each.
        #[graphql(directive = About::apply(5))]
        collected: Vec<ChatCollectedField>,
        /// Whether nothing is left to ask for that must be known.
        is_complete: bool,
        /// Who answers: the persona, or a person of the team.
        handover: ChatHandover,
    }
}
event! {
    /// Somebody said something in the session, perhaps on another device.
    ChatMessageAdded {
        /// The message.
        message: ChatMessage,
        /// The id of the reply to come; null for what the persona or the team says, and while a person answers.
        reply_id: Option<Id<MessageRow>>,
        /// What the persona wants to know, with what is known of each since.
        #[graphql(directive = About::apply(5))]
        collected: Vec<ChatCollectedField>,
        /// Whether nothing is left to ask for that must be known.
        is_complete: bool,
    }
}
event! {
    /// A reply began.
    ChatReplyStarted {
        /// The id of the reply.
        message_id: Id<MessageRow>,
        /// The id of the message that it answers.
        reply_to_id: Id<MessageRow>,
        /// The id of the reply in whose place it is written; null unless there was one.
        supersedes_id: Option<Id<MessageRow>>,
    }
}
event! {
    /// The next piece of a reply.
    ChatReplyDelta {
        /// The id of the reply.
        message_id: Id<MessageRow>,
        /// How long the text was before: units of UTF-16, as JavaScript, Java, Kotlin and C# count the length of a text.
        /// When it is less than what you have, you have this piece already.
        offset: i32,
        /// The piece.
        text: String,
    }
}
event! {
    /// A reply began anew, because what wrote it was lost or failed: forget the text so far, pieces come again from the
    /// beginning.
    ChatReplyReplaced {
        /// The id of the reply.
        message_id: Id<MessageRow>,
    }
}
event! {
    /// A reply is whole.
    ChatReplyCompleted {
        /// The reply with its whole text and citations; takes the place of the pieces.
        message: ChatMessage,
        /// What the persona wants to know, with what is known of each since.
        #[graphql(directive = About::apply(5))]
        collected: Vec<ChatCollectedField>,
        /// Whether nothing is left to ask for that must be known.
        is_complete: bool,
    }
}
event! {
    /// A reply could not be written. What there was of it counts no more.
    ChatReplyFailed {
        /// The id of the reply.
        message_id: Id<MessageRow>,
        /// Why; when `retryable`, `regenerateChatReply` may help.
        error: JobError,
    }
}
event! {
    /// Somebody stopped a reply.
    ChatReplyStopped {
        /// The reply with what there is of it.
        message: ChatMessage,
    }
}
event! {
    /// The session was deleted with all that was said in it. The stream ends here.
    ChatSessionDeleted {}
}

/// A person was asked for, has taken the session over, or has returned it to the persona.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct ChatHandoverChanged {
    /// The place of the event: give it as `after` to go on behind it.
    pub cursor: CursorText,
    /// Which session.
    pub session_id: Id<SessionRow>,
    /// When it happened.
    pub at: Timestamp,
    /// Who answers since.
    pub handover: ChatHandover,
}

#[ComplexObject]
impl ChatHandoverChanged {
    /// The session as it is now; null when it is gone, or when you may not see it any more.
    async fn session(&self, ctx: &Context<'_>) -> Option<Result<ChatSession>> {
        nullable(one::<ChatSessionEntity>(ctx, self.session_id)).await
    }
}

impl ChatReplyEvent {
    /// The present state of a session.
    pub(super) fn state(
        place: Place,
        session: &SessionRow,
        persona: Option<&Persona>,
        replies: Vec<MessageRow>,
    ) -> Self {
        let Place { cursor, at } = place;
        let known = KnownSoFar::of(session);
        Self::State(ChatReplyState {
            cursor,
            session_id: session.id,
            at,
            replies: replies.into_iter().map(ChatMessage).collect(),
            collected: collected(persona, &known.collected),
            is_complete: known.is_complete,
            handover: ChatHandover(session.handover()),
        })
    }

    /// An event of the log. `persona` is who answers in the session.
    pub(super) fn logged(place: Place, session_id: Id<SessionRow>, persona: Option<&Persona>, logged: ChatLog) -> Self {
        let Place { cursor, at } = place;
        let fields = |known: &KnownSoFar| collected(persona, &known.collected);
        match logged {
            ChatLog::Added { message, reply_id, known } => Self::MessageAdded(ChatMessageAdded {
                cursor,
                session_id,
                at,
                message: ChatMessage(*message),
                reply_id,
                collected: fields(&known),
                is_complete: known.is_complete,
            }),
            ChatLog::Started { message_id, reply_to, supersedes } => {
                let (reply_to_id, supersedes_id) = (reply_to, supersedes);
                Self::Started(ChatReplyStarted { cursor, session_id, at, message_id, reply_to_id, supersedes_id })
            }
            ChatLog::Delta { message_id, offset, text } => {
                Self::Delta(ChatReplyDelta { cursor, session_id, at, message_id, offset, text })
            }
            ChatLog::Replaced { message_id } => {
                Self::Replaced(ChatReplyReplaced { cursor, session_id, at, message_id })
            }
            ChatLog::Completed { message, known } => Self::Completed(ChatReplyCompleted {
                cursor,
                session_id,
                at,
                message: ChatMessage(*message),
                collected: fields(&known),
                is_complete: known.is_complete,
            }),
            ChatLog::Failed { message_id, failure } => {
                Self::Failed(ChatReplyFailed { cursor, session_id, at, message_id, error: failure.into() })
            }
            ChatLog::Stopped { message } => {
                Self::Stopped(ChatReplyStopped { cursor, session_id, at, message: ChatMessage(*message) })
            }
            ChatLog::Handover { handover } => {
                let handover = ChatHandover(handover);
                Self::HandoverChanged(ChatHandoverChanged { cursor, session_id, at, handover })
            }
            ChatLog::Deleted => Self::SessionDeleted(ChatSessionDeleted { cursor, session_id, at }),
        }
    }
}
