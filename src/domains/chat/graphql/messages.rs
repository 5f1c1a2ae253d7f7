//! Which messages of a session are listed, and in which order.

use async_graphql::{Enum, InputObject};
use sea_orm::Condition;

use crate::{
    domains::chat::message::{Author, Column, Entity, Role, State},
    graphql::{DateTimeFilter, EnumFilter, Order, OrderField, SortDirection, combined},
};

/// Which messages of a chat session. All parts that are given must hold.
#[derive(InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ChatMessageFilter {
    /// By which side says them.
    pub role: Option<EnumFilter<Role>>,
    /// By who wrote them.
    pub author: Option<EnumFilter<Author>>,
    /// By where they stand.
    pub state: Option<EnumFilter<State>>,
    /// By when they were sent, or asked for.
    pub created_at: Option<DateTimeFilter>,
    /// Each of these holds too.
    pub and: Option<Vec<ChatMessageFilter>>,
    /// At least one of these holds.
    pub or: Option<Vec<ChatMessageFilter>>,
    /// This does not hold.
    pub not: Option<Box<ChatMessageFilter>>,
}

impl ChatMessageFilter {
    /// The filter as SQL.
    pub(in crate::domains::chat) fn condition(&self) -> Condition {
        let own = Condition::all()
            .add_option(self.role.as_ref().map(|filter| filter.on(Column::Role)))
            .add_option(self.author.as_ref().map(|filter| filter.on(Column::Author)))
            .add_option(self.state.as_ref().map(|filter| filter.on(Column::State)))
            .add_option(self.created_at.as_ref().map(|filter| filter.on(Column::CreatedAt)));
        combined(own, self.and.as_ref(), self.or.as_ref(), self.not.as_deref(), Self::condition)
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
