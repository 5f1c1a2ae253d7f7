//! Which messages of a session are listed, and in which order.

use async_graphql::Enum;

use crate::{
    domains::chat::message::{Author, Column, Entity, Role, State},
    graphql::{DateTimeFilter, EnumFilter, Order, OrderField, SortDirection, filter_input},
};

filter_input! {
    /// Which messages of a chat session. All parts that are given must hold.
    pub struct ChatMessageFilter {
        /// By which side says them.
        role: EnumFilter<Role> => |filter| filter.on(Column::Role),
        /// By who wrote them.
        author: EnumFilter<Author> => |filter| filter.on(Column::Author),
        /// By where they stand.
        state: EnumFilter<State> => |filter| filter.on(Column::State),
        /// By when they were sent, or asked for.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

/// By what the messages of a chat session can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatMessageOrderField {
    /// Their place in the talk.
    Place,
}

/// The order of a list of them.
pub type ChatMessageOrder = Order<ChatMessageOrderField>;

impl OrderField for ChatMessageOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::Place, SortDirection::Asc);

    fn column(self) -> Column {
        match self {
            Self::Place => Column::Place,
        }
    }
}
