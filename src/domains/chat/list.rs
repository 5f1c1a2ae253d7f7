//! Visibility, filters and sort orders of chat sessions and messages.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{
    handover::HandoverStatus,
    message::{self, Author, ChatMessage, Role, Status},
    session::{ChatSession, Column, Entity, Model as Session},
};
use crate::{
    auth::{Caller, Permission, Viewer},
    domains::{
        identity::{User, UserEntity, named_in},
        shared::Below,
    },
    error::Result,
    graphql::{
        BooleanFilter, DateTimeFilter, EnumFilter, IdFilter, ListFilter, Listed, Nullable, StringFilter, contains,
        filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on chat sessions. All given conditions must hold.
    pub struct ChatSessionFilter {
        /// Condition on the key of the persona.
        persona: StringFilter => |filter| filter.on(Column::Persona),
        /// Condition on whether the session is one of a visitor without an account.
        is_visitor: BooleanFilter => |filter| filter.on_absence(Column::OwnerId),
        /// Condition on whether all required fields are settled.
        is_complete: BooleanFilter => |filter| filter.on_presence(Column::CompletedAt),
        /// Condition on the handover status; `WAITING` sessions wait for a person.
        handover_status: EnumFilter<HandoverStatus> => |filter| filter.on(Column::HandoverStatus),
        /// Condition on the team member who answers or is assigned.
        handover_assignee_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::HandoverAssigneeId),
        /// Condition on the time of the last message.
        last_message_at: DateTimeFilter => |filter| filter.on(Column::LastMessageAt),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
    naming {
        /// Condition on the owner. Needs `users:read`, unless it is your own id.
        owner_id: Nullable<IdFilter<User>> as UserEntity => Column::OwnerId,
    }
}

order_input! {
    /// Fields by which chat sessions can be sorted.
    #[expect(clippy::enum_variant_names, reason = "each sorts by a time, and is named as its field")]
    pub enum ChatSessionOrderField of Entity, LastMessageAt Desc unless given {
        /// Time of the last message.
        LastMessageAt => Column::LastMessageAt,
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Time at which all required fields were settled; incomplete sessions come last.
        CompletedAt => Column::CompletedAt,
        /// Time of the last request for a person; sessions without one come last.
        HandoverRequestedAt => Column::HandoverRequestedAt,
    }
}

impl Listed for Entity {
    type Node = ChatSession;
    type Filter = ChatSessionFilter;
    type OrderField = ChatSessionOrderField;

    const SEARCHED: &'static [Column] = &[Column::Words];

    /// A visitor sees the session of their token. Users see their own sessions, with `chats:answer` also those in which
    /// a person was ever requested, and with `chats:read_all` all.
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

    /// Searches notes and collected values, and for those who may see users the owner.
    fn holding(viewer: &Viewer, word: &str) -> Condition {
        let owned = viewer.may(Permission::UsersRead).then(|| named_in(Column::OwnerId, word));
        Condition::any().add(contains(Column::Words, word)).add_option(owned)
    }

    /// Returns an error for visitors, who know their only session.
    fn check_listing(viewer: &Viewer) -> Result<()> {
        viewer.session().map(drop)
    }
}

filter_input! {
    /// Conditions on the messages of a chat session. All given conditions must hold.
    pub struct ChatMessageFilter {
        /// Condition on the side that speaks.
        role: EnumFilter<Role> => |filter| filter.on(message::Column::Role),
        /// Condition on the kind of author.
        author: Nullable<EnumFilter<Author>> => |filter| filter.on(message::Column::Author),
        /// Condition on the status of processing.
        status: EnumFilter<Status> => |filter| filter.on(message::Column::Status),
        /// Condition on the time at which the message was sent, or the reply requested.
        created_at: DateTimeFilter => |filter| filter.on(message::Column::CreatedAt),
    }
}

/// A selection of messages: by a filter, and without superseded replies unless requested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct WantedMessages {
    /// The filter; `None` selects all.
    pub filter: Option<Box<ChatMessageFilter>>,
    /// Includes replies that were replaced by another.
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
    /// Fields by which the messages of a chat session can be sorted.
    pub enum ChatMessageOrderField of message::Entity, Place Asc unless given {
        /// Position in the conversation.
        Place => message::Column::Place,
    }
}

impl Listed for message::Entity {
    type Node = ChatMessage;
    type Filter = WantedMessages;
    type OrderField = ChatMessageOrderField;

    const SEARCHED: &'static [message::Column] = &[];

    /// Messages are visible to those who see the session.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let sessions = Entity::visible_to(viewer)?.select_only().column(Column::Id).into_query();
        Ok(Self::find().filter(message::Column::SessionId.in_subquery(sessions)))
    }
}

impl Below<Session> for message::Entity {
    fn parent() -> message::Column {
        message::Column::SessionId
    }

    /// Allows everybody: a new visitor is shown the session before they have a token.
    fn visible_below(_: &Viewer) -> Result<Select<Self>> {
        Ok(Self::find())
    }
}
