//! Sessions and messages by their ids, and messages below many sessions, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{
    graphql::{ChatMessage, ChatMessageFilter, ChatMessageOrder},
    message::{Column, Entity, Model as Message},
    service,
    session::{self, Model as Session},
};
use crate::{
    auth::Permission,
    db::{Id, Keyset},
    domains::{Batch, Below, List},
    error::{Error, Result},
    graphql::PageArgs,
};

/// Which messages of a session are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct MessageList {
    pub(super) page: PageArgs,
    pub(super) filter: Option<Box<ChatMessageFilter>>,
    pub(super) order: Option<ChatMessageOrder>,
    pub(super) include_superseded: bool,
}

impl List for MessageList {
    type Entity = Entity;
    type Node = ChatMessage;

    const NEEDS: Option<Permission> = None;

    fn page(&self) -> &PageArgs {
        &self.page
    }

    fn keyset(&self) -> Keyset<Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self) -> Select<Entity> {
        let standing = (!self.include_superseded).then(|| Column::SupersededById.is_null());
        let wanted = self.filter.as_deref().map(ChatMessageFilter::condition);
        Entity::find().filter(Condition::all().add_option(standing).add_option(wanted))
    }
}

impl Below<Session> for MessageList {
    fn parent() -> Column {
        Column::SessionId
    }
}

impl Loader<Id<Session>> for Batch {
    type Value = Session;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Session>]) -> Result<HashMap<Id<Session>, Session>, Arc<Error>> {
        let sessions = service::find_many(&self.app, &self.viewer, keys).await?;
        Ok(sessions.into_iter().map(|session| (session.id, session)).collect())
    }
}

impl Loader<Id<Message>> for Batch {
    type Value = Message;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[Id<Message>]) -> Result<HashMap<Id<Message>, Message>, Arc<Error>> {
        let visible = session::Entity::find()
            .filter(service::visible_to(&self.viewer)?)
            .select_only()
            .column(session::Column::Id)
            .into_query();
        let messages = Entity::find()
            .filter(Column::Id.is_in(keys.iter().copied()))
            .filter(Column::SessionId.in_subquery(visible))
            .all(self.app.db.reader())
            .await;
        Ok(messages.map_err(Error::from)?.into_iter().map(|message| (message.id, message)).collect())
    }
}
