//! Sessions and messages by their ids, and messages below many sessions, by one statement each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use super::{
    graphql::{ChatMessageFilter, ChatMessageOrder},
    message::{Column, Entity, Model as Message},
    service,
    session::{self, Model as Session},
};
use crate::{
    db::{Id, Keyset, KeysetPage, fetch_children},
    domains::Batch,
    error::{Error, Result},
    graphql::PageArgs,
};

/// Which messages of a session are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct MessageList {
    pub(super) page: PageArgs,
    pub(super) filter: Option<ChatMessageFilter>,
    pub(super) order: Option<ChatMessageOrder>,
    pub(super) include_superseded: bool,
}

impl MessageList {
    pub(super) fn keyset(&self) -> Keyset<Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self, sessions: Vec<Id<Session>>) -> Select<Entity> {
        let standing = (!self.include_superseded).then(|| Column::SupersededById.is_null());
        let wanted = Condition::all()
            .add(Column::SessionId.is_in(sessions))
            .add_option(standing)
            .add_option(self.filter.as_ref().map(ChatMessageFilter::condition));
        Entity::find().filter(wanted)
    }
}

/// A page of the messages of one session that the viewer has been shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct MessagesBelow {
    pub(super) session: Id<Session>,
    pub(super) list: Arc<MessageList>,
}

/// The count of the messages of one session.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CountBelow(pub(super) MessagesBelow);

/// Fields that ask for the same list of different sessions are loaded together.
fn by_list<'a>(keys: impl Iterator<Item = &'a MessagesBelow>) -> HashMap<Arc<MessageList>, Vec<Id<Session>>> {
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for key in keys {
        groups.entry(key.list.clone()).or_default().push(key.session);
    }
    groups
}

impl Loader<MessagesBelow> for Batch {
    type Value = KeysetPage<Message>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[MessagesBelow]) -> Result<HashMap<MessagesBelow, Self::Value>, Arc<Error>> {
        let mut loaded = HashMap::new();
        for (list, sessions) in by_list(keys.iter()) {
            let request = list.page.request(list.keyset())?;
            let select = list.select(sessions);
            let pages = fetch_children(self.app.db.reader(), select, Column::SessionId, list.keyset(), &request);
            for (session, page) in pages.await.map_err(Error::from)? {
                loaded.insert(MessagesBelow { session: Id::from_uuid(session), list: list.clone() }, page);
            }
        }
        Ok(loaded)
    }
}

impl Loader<CountBelow> for Batch {
    type Value = u64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountBelow]) -> Result<HashMap<CountBelow, u64>, Arc<Error>> {
        let mut loaded = HashMap::new();
        for (list, sessions) in by_list(keys.iter().map(|CountBelow(key)| key)) {
            let counts: Vec<(Uuid, i64)> = list
                .select(sessions)
                .select_only()
                .column(Column::SessionId)
                .column_as(Column::Id.count(), "messages")
                .group_by(Column::SessionId)
                .into_tuple()
                .all(self.app.db.reader())
                .await
                .map_err(Error::from)?;
            for (session, count) in counts {
                let key = MessagesBelow { session: Id::from_uuid(session), list: list.clone() };
                loaded.insert(CountBelow(key), u64::try_from(count).unwrap_or_default());
            }
        }
        Ok(loaded)
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
