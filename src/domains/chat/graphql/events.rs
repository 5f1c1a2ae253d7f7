//! GraphQL types for the events of a chat session.

#![expect(dead_code, reason = "SimpleObject makes getters that only the interface calls, and only some of them")]

use async_graphql::{Interface, SimpleObject};

use super::{
    handover::ChatHandover,
    types::{ChatCollectedField, collected},
};
use crate::{
    db::Id,
    domains::{
        chat::{
            log::{ChatLog, KnownSoFar},
            message::{ChatMessage, Entity as MessageEntity, Model as MessageRow},
            personas::Persona,
            session::{Entity as ChatSessionEntity, Model as SessionRow},
        },
        shared::{Link, follow::Place},
        system::JobError,
    },
    graphql::{About, CursorText, Timestamp},
};

/// Event of a chat session. Clients can select these fields alone and ignore unknown event types.
#[derive(Interface, Clone)]
#[graphql(
    field(
        name = "cursor",
        ty = "&CursorText",
        desc = "Cursor of the event. Pass it as `after` to continue after this event."
    ),
    field(name = "session", ty = "&Link<ChatSessionEntity>", desc = "Session, as it is now; null once it is deleted."),
    field(name = "occurred_at", ty = "&Timestamp", desc = "Time of the event.")
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
            /// Session, as it is now; null once it is deleted.
            pub session: Link<ChatSessionEntity>,
            /// Time of the event.
            pub occurred_at: Timestamp,
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
        /// Pending reply, as it is now; null for messages of the persona or team, and while a team member answers.
        reply: Option<Link<MessageEntity>>,
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
        /// Reply, as it is now; null once the session is deleted.
        reply: Link<MessageEntity>,
        /// Message being answered; null once the session is deleted.
        reply_to: Link<MessageEntity>,
        /// Reply that this one replaces; null if there is none.
        supersedes: Option<Link<MessageEntity>>,
    }
}
event! {
    /// Next piece of a reply.
    ChatReplyDelta {
        /// Reply, as it is now; null once the session is deleted. Selecting only its `id` costs no reading of the
        /// database.
        reply: Link<MessageEntity>,
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
        /// Reply, as it is now; null once the session is deleted.
        reply: Link<MessageEntity>,
    }
}
event! {
    /// A reply is complete.
    ChatReplyCompleted {
        /// The complete reply with its citations, of the time of the event; replaces the pieces. Never null here.
        reply: Option<ChatMessage>,
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
        /// Reply, as it is now; null once the session is deleted.
        reply: Link<MessageEntity>,
        /// Reason of the failure; `regenerateChatReply` may help if `retryable` is true.
        error: JobError,
    }
}
event! {
    /// A reply was stopped by a participant.
    ChatReplyStopped {
        /// The reply with its text so far, of the time of the event. Never null here.
        reply: Option<ChatMessage>,
    }
}
event! {
    /// The session was deleted with all its messages. Ends the stream.
    ChatSessionDeleted {
        /// Id of the session, which no longer exists.
        session_id: Id<SessionRow>,
    }
}

event! {
    /// The handover status changed: a person was requested, took over, or returned the session to the persona.
    ChatHandoverChanged {
        /// Id of the session, also when it no longer exists.
        session_id: Id<SessionRow>,
        /// Handover status after the change.
        handover: ChatHandover,
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
        let Place { cursor, occurred_at } = place;
        let known = KnownSoFar::of(session);
        Self::State(ChatReplyState {
            cursor,
            session: Link::within(session.id),
            occurred_at,
            replies: replies.into_iter().map(ChatMessage).collect(),
            collected: collected(persona, &known.collected),
            is_complete: known.is_complete,
            handover: ChatHandover(session.handover()),
        })
    }

    /// Converts an event of the log. `persona` is the one that answers in the session.
    pub(super) fn logged(place: Place, session_id: Id<SessionRow>, persona: Option<&Persona>, logged: ChatLog) -> Self {
        let (Place { cursor, occurred_at }, session) = (place, Link::within(session_id));
        let fields = |known: &KnownSoFar| collected(persona, &known.collected);
        match logged {
            ChatLog::Added { message, reply_id, known } => Self::MessageAdded(ChatMessageAdded {
                cursor,
                session,
                occurred_at,
                message: ChatMessage(*message),
                reply: reply_id.map(Link::within),
                collected: fields(&known),
                is_complete: known.is_complete,
            }),
            ChatLog::Started { message_id, reply_to, supersedes } => {
                let (reply, reply_to) = (Link::within(message_id), Link::within(reply_to));
                let supersedes = supersedes.map(Link::within);
                Self::Started(ChatReplyStarted { cursor, session, occurred_at, reply, reply_to, supersedes })
            }
            ChatLog::Delta { message_id, offset, text } => {
                let reply = Link::within(message_id);
                Self::Delta(ChatReplyDelta { cursor, session, occurred_at, reply, offset, text })
            }
            ChatLog::Replaced { message_id } => {
                Self::Replaced(ChatReplyReplaced { cursor, session, occurred_at, reply: Link::within(message_id) })
            }
            ChatLog::Completed { message, known } => Self::Completed(ChatReplyCompleted {
                cursor,
                session,
                occurred_at,
                reply: Some(ChatMessage(*message)),
                collected: fields(&known),
                is_complete: known.is_complete,
            }),
            ChatLog::Failed { message_id, failure } => {
                let (reply, error) = (Link::within(message_id), failure.into());
                Self::Failed(ChatReplyFailed { cursor, session, occurred_at, reply, error })
            }
            ChatLog::Stopped { message } => {
                let reply = Some(ChatMessage(*message));
                Self::Stopped(ChatReplyStopped { cursor, session, occurred_at, reply })
            }
            ChatLog::Handover { handover } => {
                let handover = ChatHandover(handover);
                Self::HandoverChanged(ChatHandoverChanged { cursor, session, occurred_at, session_id, handover })
            }
            ChatLog::Deleted => {
                Self::SessionDeleted(ChatSessionDeleted { cursor, session: Link::gone(), occurred_at, session_id })
            }
        }
    }
}
