//! Start of a subscription to a chat session.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    log,
    message::{self, Model as Message},
    session::{self, Model as Session},
};
use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    error::{Error, Result},
    events::{Found, Position, Subscription},
    graphql::Listed,
};

/// The start of a subscription to a session.
pub(super) struct Followed {
    pub(super) session: Session,
    /// The events after the subscriber's position.
    pub(super) events: Subscription,
    /// Unfinished replies and the position of this state, if the subscriber starts without a cursor.
    pub(super) state: Option<(Vec<Message>, Position)>,
}

/// Returns the position after a known event; if it was purged, the start of the history.
pub(super) fn position(found: Found) -> Position {
    match found {
        Found::At(place) | Found::Purged(place) => place,
    }
}

/// Subscribes to a session from `after`, or from its present state.
///
/// # Errors
/// [`Error::NotFound`] for a session that the viewer may not see, or when the database fails.
pub(super) async fn session(app: &App, viewer: &Viewer, id: Id<Session>, after: Option<Position>) -> Result<Followed> {
    let topic = log::topic(id);
    // Live first, then the present state: what changes in between is seen twice, and dropped, but never missed.
    let mut events = app.events.subscribe(topic.name(), after.unwrap_or_default());
    // The state and its place are of one moment, so that no piece of a reply is told twice.
    let snapshot = app.db.snapshot().await?;
    let find = session::Entity::visible_to(viewer)?.filter(session::Column::Id.eq(id));
    let session = find.one(&*snapshot).await?.ok_or(Error::NotFound("chat session"))?;
    let state = if after.is_some() {
        None
    } else {
        let replies = message::Entity::find()
            .filter(message::Column::SessionId.eq(id))
            .filter(message::Column::Status.is_in(message::NOT_ENDED))
            .order_by_asc(message::Column::Place);
        let replies = replies.all(&*snapshot).await?;
        let here = app.events.end_of(&*snapshot, topic.name()).await?;
        events.start_from(here);
        Some((replies, here))
    };
    snapshot.end().await?;
    Ok(Followed { session, events, state })
}
