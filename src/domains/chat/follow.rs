//! Following a chat session.

use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{
    graphql::ChatReplyEvent,
    handover::HandoverStatus,
    log::{self, ChatLog},
    message::{self, Model as Message},
    personas::{Persona, Personas},
    service,
    session::{self, Model as Session},
};
use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    domains::shared::follow::{Begin, Feed, Place, Reading},
    error::{Error, Result},
    events::{Event, EventLog, Found, Position, Subscription},
    graphql::Listed,
    graphql::Timestamp,
};

/// What a follower of a session begins with.
pub(super) struct Followed {
    session: Session,
    /// The events after what the follower knows.
    events: Subscription,
    /// Replies to come or being written, and the place of this state, when the follower knows nothing.
    state: Option<(Vec<Message>, Position)>,
}

/// The place behind an event that is known; where it was purged, the begin of the history.
pub(super) fn position(found: Found) -> Position {
    match found {
        Found::At(place) | Found::Purged(place) => place,
    }
}

/// Follows a session from `after`, or from its present state.
///
/// # Errors
/// [`Error::NotFound`] for a session that the viewer may not see, or when the database fails.
pub(super) async fn session(app: &App, viewer: &Viewer, id: Id<Session>, after: Option<Position>) -> Result<Followed> {
    let topic = log::topic(id);
    // Live first, then the present state: what changes in between is seen twice, and dropped, but never missed.
    let mut events = app.events.subscribe(&topic, after.unwrap_or_default());
    // The state and its place are of one moment, so that no piece of a reply is told twice.
    let snapshot = app.db.snapshot().await?;
    let find = session::Entity::visible_to(viewer)?.filter(session::Column::Id.eq(id));
    let session = find.one(&*snapshot).await?.ok_or(Error::NotFound("chat session"))?;
    let state = if after.is_some() {
        None
    } else {
        let replies = message::Entity::find()
            .filter(message::Column::SessionId.eq(id))
            .filter(message::Column::State.is_in(message::NOT_ENDED))
            .order_by_asc(message::Column::Place);
        let replies = replies.all(&*snapshot).await?;
        let here = app.events.end_of(&*snapshot, &topic).await?;
        events.start_from(here);
        Some((replies, here))
    };
    snapshot.end().await?;
    Ok(Followed { session, events, state })
}

/// The events of a session, until it is deleted.
pub(super) struct ChatFeed {
    session: Id<Session>,
    owner: Option<Uuid>,
    /// Whether a person was ever asked for.
    was_handed_over: bool,
    persona: Option<Arc<Persona>>,
}

impl Feed for ChatFeed {
    type Item = ChatReplyEvent;

    fn read(&self, event: &Event, place: Place) -> Result<Reading<ChatReplyEvent>> {
        let logged = ChatLog::read(event)?;
        let is_end = logged == ChatLog::Deleted;
        let item = ChatReplyEvent::logged(place, self.session, self.persona.as_deref(), logged);
        Ok(if is_end { Reading::Farewell(item) } else { Reading::Event(item) })
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        let may_see = service::may_see(viewer, self.session, (self.owner, self.was_handed_over))?;
        if may_see { Ok(()) } else { Err(Error::NotFound("chat session")) }
    }
}

/// What is followed, as [`crate::domains::shared::follow::follow`] takes it.
pub(super) fn begin(log: &EventLog, personas: &Personas, followed: Followed) -> Begin<ChatFeed> {
    let Followed { session, events, state } = followed;
    let persona = personas.get(&session.persona).cloned();
    let state = state.map(|(replies, position)| {
        let place = Place { cursor: log.cursor(position).into(), at: Timestamp(session.last_message_at) };
        (ChatReplyEvent::state(place, &session, persona.as_deref(), replies), position)
    });
    let was_handed_over = session.handover_status != HandoverStatus::None;
    let feed = ChatFeed { session: session.id, owner: session.owner_id, was_handed_over, persona };
    Begin { events, feed, state, is_over: false }
}
