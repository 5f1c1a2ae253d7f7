//! Subscriptions over one topic of the event log: a domain says what its events mean and who may see them ([`Feed`]); what
//! all streams share is here. The present state first or the first event that was missed, the right checked again for each
//! event, the cursor told to the transport, and an end only where the feed says so.

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use futures_util::{Stream, stream};

use super::{ContextExt, Services};
use crate::{
    auth::Viewer,
    events::{Event, EventLog, EventsError, Position, Subscription},
    graphql::{CursorText, ReplyCursor, ResumeFrom},
};

/// Where and when something happened.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The place of the event.
    pub(crate) cursor: CursorText,
    /// When it happened.
    pub(crate) at: DateTime<Utc>,
}

/// What an event of the log is to a follower.
#[derive(Debug)]
pub(crate) enum Reading<T> {
    /// Something to show.
    Event(T),
    /// Something to show, after which nothing comes.
    Last(T),
    /// The same, when what was followed is gone, and with it the right to follow it: who saw the rest may see this too.
    Farewell(T),
    /// Nothing that this follower asked for.
    Skip,
}

/// What a domain knows of the events of a topic.
pub(crate) trait Feed: Send + 'static {
    /// The event as clients see it.
    type Item: Send + 'static;

    /// What an event of the log means.
    ///
    /// # Errors
    /// When it is not readable.
    fn read(&mut self, event: &Event, place: Place) -> crate::error::Result<Reading<Self::Item>>;

    /// Holds that `viewer`, with the rights of now, may still see the events.
    ///
    /// # Errors
    /// When they may not.
    fn check(&self, viewer: &Viewer) -> crate::error::Result<()>;
}

/// The place behind the last event that a client has seen, as the cursor in its request or its transport tells.
///
/// # Errors
/// For text that is no cursor, and with `HISTORY_LOST` when events after it are no longer kept.
pub(crate) async fn resumed(ctx: &Context<'_>, after: Option<CursorText>) -> crate::error::Result<Option<Position>> {
    match ResumeFrom::or(ctx, after) {
        // Boxed, like all that only the begin of a subscription needs: async-graphql keeps its room as long as it lasts.
        Some(cursor) => Ok(Some(Box::pin(ctx.app()?.events.resolve(cursor.decode()?)).await?)),
        None => Ok(None),
    }
}

/// What a follower begins with.
pub(crate) struct Begin<F: Feed> {
    /// The events, from behind what the follower knows.
    pub(crate) events: Subscription,
    /// What they mean.
    pub(crate) feed: F,
    /// The present state and its place, when the follower knows nothing.
    pub(crate) state: Option<(F::Item, Position)>,
    /// Whether the log holds nothing more, and nothing will come.
    pub(crate) is_over: bool,
}

/// The stream of what `begin` follows.
///
/// # Errors
/// Never in a request that `http` made.
pub(crate) fn follow<F: Feed>(
    ctx: &Context<'_>,
    begin: Begin<F>,
) -> Result<impl Stream<Item = Result<F::Item>> + use<F>> {
    // Boxed, because it is handed on with each event.
    let follower = Box::new(Follower {
        log: ctx.app()?.events.clone(),
        services: ctx.services()?.clone(),
        viewer: ctx.viewer()?.clone(),
        begin,
        cursor: ReplyCursor::of(ctx),
        is_over: false,
    });
    Ok(stream::unfold(follower, |mut follower| async move {
        if follower.is_over {
            return None;
        }
        match follower.next().await {
            Ok(event) => event.map(|event| (Ok(event), follower)),
            Err(error) => {
                follower.is_over = true;
                Some((Err(error.into()), follower))
            }
        }
    }))
}

struct Follower<F: Feed> {
    log: EventLog,
    services: Services,
    viewer: Viewer,
    begin: Begin<F>,
    cursor: ReplyCursor,
    is_over: bool,
}

/// What is to be shown next.
struct Found<T> {
    item: T,
    cursor: CursorText,
    is_farewell: bool,
}

impl<F: Feed> Follower<F> {
    async fn next(&mut self) -> crate::error::Result<Option<F::Item>> {
        let Some(Found { item, cursor, is_farewell }) = self.item().await? else { return Ok(None) };
        if !is_farewell {
            self.viewer.caller = self.services.recheck_caller(&self.viewer.caller).await?;
            self.begin.feed.check(&self.viewer)?;
        }
        self.cursor.set(&cursor);
        Ok(Some(item))
    }

    async fn item(&mut self) -> crate::error::Result<Option<Found<F::Item>>> {
        if let Some((item, position)) = self.begin.state.take() {
            let cursor = self.log.cursor(position).into();
            return Ok(Some(Found { item, cursor, is_farewell: false }));
        }
        if self.begin.is_over {
            return Ok(None);
        }
        loop {
            let event = match self.begin.events.next().await {
                Ok(event) => event,
                // The server is stopping. An end of the stream would tell the client that nothing more comes; the socket
                // is closed in a moment, and the client comes back elsewhere.
                Err(EventsError::Closed) => return std::future::pending().await,
                Err(error) => return Err(error.into()),
            };
            let cursor = CursorText::from(self.log.cursor(event.position));
            let (item, is_last, is_farewell) =
                match self.begin.feed.read(&event, Place { cursor: cursor.clone(), at: event.at })? {
                    Reading::Event(item) => (item, false, false),
                    Reading::Last(item) => (item, true, false),
                    Reading::Farewell(item) => (item, true, true),
                    Reading::Skip => continue,
                };
            self.is_over = is_last;
            return Ok(Some(Found { item, cursor, is_farewell }));
        }
    }
}
