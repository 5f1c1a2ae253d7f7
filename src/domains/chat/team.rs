//! Following the hand-overs of all sessions, for those who may answer.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    graphql::ChatHandoverEvent,
    handover::{Handover, HandoverStatus},
    session::{Column, Entity, Model as Session},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::Id,
    domains::shared::follow::{Begin, Feed, Place, Reading},
    error::Result,
    events::{Event, NewEvent, Position},
    graphql::Timestamp,
};

/// The topic of the hand-overs of all sessions. Those of one session are in order by the lock on its own topic.
const TOPIC: &str = "chat_handovers";
/// Sessions that the present state shows.
const SHOWN: u64 = 25;

/// A hand-over that has changed, as the event log holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct HandedOver {
    pub(super) session: Id<Session>,
    pub(super) handover: Handover,
}

impl HandedOver {
    /// As the event log takes it.
    ///
    /// # Errors
    /// Never: the values are plain.
    pub(super) fn to_new_event(self, actor: Option<Uuid>) -> Result<NewEvent, serde_json::Error> {
        let payload = serde_json::to_value(self)?;
        Ok(NewEvent { topic: TOPIC.to_owned(), kind: "chat_handover", payload, actor })
    }
}

/// The sessions in which a person is waited for.
pub(super) struct Waiting {
    pub(super) count: u64,
    /// Those that wait longest.
    pub(super) first: Vec<Session>,
}

/// The hand-overs of all sessions, without end.
pub(super) struct HandoverFeed;

impl Feed for HandoverFeed {
    type Item = ChatHandoverEvent;

    fn read(&self, event: &Event, place: Place) -> Result<Reading<ChatHandoverEvent>> {
        let changed = HandedOver::deserialize(&event.payload)?;
        Ok(Reading::Event(ChatHandoverEvent::changed(place, changed)))
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        viewer.need(Permission::ChatsAnswer)
    }
}

/// Follows the hand-overs from `after`, or from their present state.
///
/// # Errors
/// [`Error::Forbidden`](crate::error::Error::Forbidden) without `chats:answer`, or when the database fails.
pub(super) async fn follow(app: &App, viewer: &Viewer, after: Option<Position>) -> Result<Begin<HandoverFeed>> {
    viewer.need(Permission::ChatsAnswer)?;
    // Live first, then the place, then the present state: what changes in between is told twice, but never missed.
    let mut events = app.events.subscribe(TOPIC, after.unwrap_or_default());
    let mut state = None;
    if after.is_none() {
        let here = app.events.end().await?;
        events.start_from(here);
        let place = Place { cursor: app.events.cursor(here).into(), at: Timestamp(app.ambient.now()) };
        state = Some((ChatHandoverEvent::state(place, waiting(app).await?), here));
    }
    Ok(Begin { events, feed: HandoverFeed, state, is_over: false })
}

async fn waiting(app: &App) -> Result<Waiting> {
    let all = Entity::find().filter(Column::HandoverStatus.eq(HandoverStatus::Waiting));
    let longest = all.clone().order_by_asc(Column::HandoverRequestedAt).order_by_asc(Column::Id).limit(SHOWN);
    Ok(Waiting { count: all.count(app.db.reader()).await?, first: longest.all(app.db.reader()).await? })
}
