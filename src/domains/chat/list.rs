//! Who sees which sessions and messages, and how they are listed.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, sea_query::SimpleExpr,
};

use super::{
    handover::HandoverStatus,
    message::{self, Author, ChatMessage, Role, State},
    session::{ChatSession, Column, Entity, Model as Session},
};
use crate::{
    auth::{Caller, Permission, Viewer},
    domains::{identity::User, shared::Below},
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, IdFilter, ListFilter, Listed, StringFilter, filter_input, order_input},
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
        is_visitor: bool => |is_visitor| absent(Column::OwnerId, *is_visitor),
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

order_input! {
    /// By what chat sessions can be ordered.
    pub enum ChatSessionOrderField of Entity, LastMessageAt Desc unless given {
        /// When the last message was sent.
        LastMessageAt => Column::LastMessageAt,
        /// When they were made.
        CreatedAt => Column::CreatedAt,
    }
}

impl Listed for Entity {
    type Node = ChatSession;
    type Filter = ChatSessionFilter;
    type OrderField = ChatSessionOrderField;

    const SEARCHED: &'static [Column] = &[];

    /// A visitor sees the session of their token; users see their own, with `chats:answer` also those in which a person was
    /// ever asked for, and all with `chats:read_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let all = Self::find();
        Ok(match viewer.caller() {
            Caller::Visitor(visitor) => all.filter(Column::Id.eq(visitor.chat_session)),
            _ if viewer.may(Permission::ChatsReadAll) => all,
            _ => {
                let own = Column::OwnerId.eq(viewer.user_id()?);
                let handed =
                    viewer.may(Permission::ChatsAnswer).then(|| Column::HandoverStatus.ne(HandoverStatus::None));
                all.filter(Condition::any().add(own).add_option(handed))
            }
        })
    }

    /// A visitor has no list: they know their session.
    fn check_listing(viewer: &Viewer) -> Result<()> {
        viewer.session().map(drop)
    }
}

filter_input! {
    /// Which messages of a chat session. All parts that are given must hold.
    pub struct ChatMessageFilter {
        /// By which side says them.
        role: EnumFilter<Role> => |filter| filter.on(message::Column::Role),
        /// By who wrote them.
        author: EnumFilter<Author> => |filter| filter.on(message::Column::Author),
        /// By where they stand.
        state: EnumFilter<State> => |filter| filter.on(message::Column::State),
        /// By when they were sent, or asked for.
        created_at: DateTimeFilter => |filter| filter.on(message::Column::CreatedAt),
    }
}

/// Which messages are listed: those by a filter, without replies in whose place another was written unless they are asked
/// for too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct WantedMessages {
    /// Which of them; all when there is none.
    pub filter: Option<Box<ChatMessageFilter>>,
    /// Whether those are listed too in whose place another was written.
    pub include_superseded: bool,
}

impl ListFilter for WantedMessages {
    fn condition(&self, viewer: &Viewer) -> Result<Condition> {
        let standing = (!self.include_superseded).then(|| message::Column::SupersededById.is_null());
        let wanted = self.filter.as_deref().map(|filter| filter.condition(viewer)).transpose()?;
        Ok(Condition::all().add_option(standing).add_option(wanted))
    }
}

order_input! {
    /// By what the messages of a chat session can be ordered.
    pub enum ChatMessageOrderField of message::Entity, Place Asc unless given {
        /// Their place in the talk.
        Place => message::Column::Place,
    }
}

impl Listed for message::Entity {
    type Node = ChatMessage;
    type Filter = WantedMessages;
    type OrderField = ChatMessageOrderField;

    const SEARCHED: &'static [message::Column] = &[];

    /// Who sees a session sees its messages.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let sessions = Entity::visible_to(viewer)?.select_only().column(Column::Id).into_query();
        Ok(Self::find().filter(message::Column::SessionId.in_subquery(sessions)))
    }
}

impl Below<Session> for message::Entity {
    fn parent() -> message::Column {
        message::Column::SessionId
    }

    /// All: a visitor is shown the session that they begin before they are anybody.
    fn visible_below(_: &Viewer) -> Result<Select<Self>> {
        Ok(Self::find())
    }
}
