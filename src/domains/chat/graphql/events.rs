//! GraphQL types for the events of a chat session.

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

/// Event of a chat session. Clients can select these fields alone and ignore unknown event types.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "Cursor of the event. Pass it as `after` to continue after this event."
    ),
    field(name = "session_id", ty = "&Id<SessionRow>", desc = "Id of the session."),
    field(name = "at", ty = "&Timestamp", desc = "Time of the event.")
)]
pub enum ChatReplyEvent {
    /// The present state.
    State(ChatReplyState),
    /// A message was added.
    MessageAdded(ChatMessageAdded),
    /// A reply began.
    Started(ChatReplyStarted),
    /// A piece of a reply arrived.
    Delta(ChatReplyDelta),
    /// A reply was restarted.
    Replaced(ChatReplyReplaced),
    /// A reply is complete.
    Completed(ChatReplyCompleted),
    /// A reply failed.
    Failed(ChatReplyFailed),
    /// A reply was stopped.
    Stopped(ChatReplyStopped),
    /// The handover status changed.
    HandoverChanged(ChatHandoverChanged),
    /// The session was deleted.
    SessionDeleted(ChatSessionDeleted),
}

/// Defines an event type with the common fields and its own.
macro_rules! event {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* }) => {
        $(#[doc = $doc])*
        #[derive(SimpleObject, Clone)]
        pub struct $name {
            /// Cursor of the event. Pass it as `after` to continue after this event.
            pub cursor: CursorText,
            /// Id of the session.
            pub session_id: Id<SessionRow>,
            /// Time of the event.
            pub at: Timestamp,
            $($(#[$field_meta])* pub $field: $type,)*
        }
    };
}

event! {
    /// Present state of a chat session, sent first when the subscription starts without `after`.
    ChatReplyState {
        /// Pending and streaming replies with their text so far, in order.
        #[graphql(directive = About::apply(2))]
        replies: Vec<ChatMessage>,
        /// Fields that the persona collects, with their values so far.
        #[graphql(directive = About::apply(5))]
        collected: Vec<ChatCollectedField>,
        /// True if all required fields are settled.
        is_complete: bool,
        /// Handover status: the persona or a team member answers.
        handover: ChatHandover,
    }
}
event! {
    /// A message was added to the session, possibly from another device.
    ChatMessageAdded {
        /// The message.
        message: ChatMessage,
        /// Id of the pending reply; null for messages of the persona or team, and while a team member answers.
        reply_id: Option<Id<MessageRow>>,
        /// Fields that the persona collects, with their values after this message.
        #[graphql(directive = About::apply(5))]
        collected: Vec<ChatCollectedField>,
        /// True if all required fields are settled.
        is_complete: bool,
    }
}
event! {
    /// A reply started.
    ChatReplyStarted {
        /// Id of the reply.
        message_id: Id<MessageRow>,
        /// Id of the message being answered.
        reply_to_id: Id<MessageRow>,
        /// Id of the reply that this one replaces; null if there is none.
        supersedes_id: Option<Id<MessageRow>>,
    }
}
event! {
    /// Next piece of a reply.
    ChatReplyDelta {
        /// Id of the reply.
        message_id: Id<MessageRow>,
        /// Length of the text before this piece, in UTF-16 units as in JavaScript, Java, Kotlin and C#. If it is less
        /// than the length of the text that you have, you already have this piece.
        offset: i32,
        /// Text to append.
        text: String,
    }
}
event! {
    /// A reply restarted after its worker was lost or failed. Discard the text so far; pieces follow from the
    /// beginning.
    ChatReplyReplaced {
        /// Id of the reply.
        message_id: Id<MessageRow>,
    }
}
event! {
    /// A reply is complete.
    ChatReplyCompleted {
        /// The complete reply with its citations; replaces the pieces.
        message: ChatMessage,
        /// Fields that the persona collects, with their values after this reply.
        #[graphql(directive = About::apply(5))]
        collected: Vec<ChatCollectedField>,
        /// True if all required fields are settled.
        is_complete: bool,
    }
}
event! {
    /// A reply failed. Discard its text.
    ChatReplyFailed {
        /// Id of the reply.
        message_id: Id<MessageRow>,
        /// Reason of the failure; `regenerateChatReply` may help if `retryable` is true.
        error: JobError,
    }
}
event! {
    /// A reply was stopped by a participant.
    ChatReplyStopped {
        /// The reply with its text so far.
        message: ChatMessage,
    }
}
event! {
    /// The session was deleted with all its messages. Ends the stream.
    ChatSessionDeleted {}
}

/// The handover status changed: a person was requested, took over, or returned the session to the persona.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct ChatHandoverChanged {
    /// Cursor of the event. Pass it as `after` to continue after this event.
    pub cursor: CursorText,
    /// Id of the session.
    pub session_id: Id<SessionRow>,
    /// Time of the event.
    pub at: Timestamp,
    /// Handover status after the change.
    pub handover: ChatHandover,
}

#[ComplexObject]
impl ChatHandoverChanged {
    /// The session; null if it was deleted or you may no longer see it.
    async fn session(&self, ctx: &Context<'_>) -> Option<Result<ChatSession>> {
        nullable(one::<ChatSessionEntity>(ctx, self.session_id)).await
    }
}

impl ChatReplyEvent {
    /// Returns the present state of a session.
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

    /// Converts an event of the log. `persona` is the one that answers in the session.
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
