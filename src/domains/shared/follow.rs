//! Subscriptions to one topic of the event log. A domain defines the meaning and visibility of its events ([`Feed`]);
//! this module provides the rest for all streams: the present state or the first missed event, permission checks for
//! each event and every few seconds in between, and the end of the stream. The operation is executed for each event
//! with the permissions of that moment, once for all subscribers with the same operation and permissions ([`told`]).

mod shared_answers;
mod shown;
mod source;

use std::{any::Any, sync::Arc, time::Duration};

use async_graphql::{Context, Result};
use futures_util::{StreamExt, stream};

pub use shared_answers::{Share, Told};
pub use shown::Shown;
pub use source::{Following, NewEvent, Source, SourceEvent};

use self::shared_answers::End;
use super::context::{ContextExt, missing};
use crate::{
    app::App,
    auth::{Callers, Viewer},
    error::Error,
    events::{Event, EventsError, Position, Subscription},
    graphql::{Asked, CursorText, ResumeFrom, Timestamp},
};

/// Interval of permission checks while no event arrives.
const RECHECK: Duration = Duration::from_secs(3);
/// Time for a subscriber who lost the permission to receive the reason, such as the deletion of the object.
const FAREWELL: Duration = Duration::from_secs(1);

/// The position and time of an event.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The cursor of the event.
    pub(crate) cursor: CursorText,
    /// The time of the event.
    pub(crate) occurred_at: Timestamp,
}

/// The meaning of a logged event for a subscriber.
#[derive(Debug)]
pub(crate) enum Reading<T> {
    /// An item to deliver.
    Event(T),
    /// The last item of the stream.
    Last(T),
    /// The last item, after deletion of the subscribed object and with it of the permission: delivered to those who saw
    /// the previous ones.
    Farewell(T),
    /// An event that does not concern this subscriber.
    Skip,
}

/// The meaning and visibility of the events of a topic.
pub(crate) trait Feed: Send + 'static {
    /// The event as a GraphQL type.
    type Item: Send + 'static;

    /// Interprets an event of the log, identically for all subscribers with the same arguments.
    ///
    /// # Errors
    /// If it is unreadable.
    fn read(&self, event: &Event, place: Place) -> crate::error::Result<Reading<Self::Item>>;

    /// Returns an error unless `viewer` may still see the events with the present permissions.
    ///
    /// # Errors
    /// If they may not.
    fn check(&self, viewer: &Viewer) -> crate::error::Result<()>;
}

/// Returns the position after which to resume, from the cursor in the request or the transport.
///
/// # Errors
/// For an invalid cursor, and with `HISTORY_LOST` if events after it are no longer kept.
pub(crate) async fn resumed(ctx: &Context<'_>, after: Option<CursorText>) -> crate::error::Result<Option<Position>> {
    if let Some(shown) = Shown::of(ctx) {
        return Ok(Some(shown.event().position));
    }
    match ResumeFrom::or(ctx, after) {
        Some(cursor) => Ok(Some(ctx.app()?.events.resolve(cursor.decode()?).await?)),
        None => Ok(None),
    }
}

/// The start of a subscription.
pub(crate) struct Begin<F: Feed> {
    /// The events after the subscriber's position.
    pub(crate) events: Subscription,
    /// The feed that interprets them.
    pub(crate) feed: F,
    /// The present state and its position, if the subscriber starts without a cursor.
    pub(crate) state: Option<(F::Item, Position)>,
    /// True if the log holds no further events and none will follow.
    pub(crate) is_over: bool,
}

/// The items of a subscription field in one execution: the event of that execution, if any.
pub(crate) type RootEvent<T> = stream::Iter<std::option::IntoIter<Result<T>>>;

/// Resolves a subscription field. At the start it yields nothing and registers the source stream made by `begin`. In
/// each later execution it yields the event of that execution, without calling `begin`.
///
/// # Errors
/// The errors of `begin`.
pub(crate) async fn follow<F: Feed>(
    ctx: &Context<'_>,
    begin: impl Future<Output = crate::error::Result<Begin<F>>> + Send,
) -> Result<RootEvent<F::Item>> {
    let following = ctx.data::<Following>().map_err(missing)?;
    let root: Option<Result<F::Item>> = following.root();
    if root.is_none() {
        let begin = Box::pin(begin).await;
        if let Some(shown) = Shown::of(ctx) {
            if let Some(event) = only(ctx, shown, begin)? {
                following.set_source(stream::once(std::future::ready(event)).boxed());
            }
            return Ok(stream::iter(None));
        }
        let begin = begin?;
        let (app, callers, viewer) =
            (ctx.app()?.clone(), Arc::clone(ctx.service::<Arc<dyn Callers>>()?), ctx.viewer()?.clone());
        let follower = Box::new(Follower { app, callers, viewer, asked: following.asked, begin, is_over: false });
        following.set_source(stream::unfold(follower, Follower::step).boxed());
    }
    Ok(stream::iter(root))
}

struct Follower<F: Feed> {
    app: App,
    callers: Arc<dyn Callers>,
    viewer: Viewer,
    /// The key for shared answers; `None` if this subscriber gets its own.
    asked: Option<Asked>,
    begin: Begin<F>,
    is_over: bool,
}

impl<F: Feed> Follower<F> {
    async fn step(mut self: Box<Self>) -> Option<(SourceEvent, Box<Self>)> {
        if self.is_over {
            return None;
        }
        let event = match self.next().await {
            Ok(event) => event?,
            Err(error) => {
                self.is_over = true;
                self.alone(Err(error.into()), None)
            }
        };
        Some((event, self))
    }

    async fn next(&mut self) -> crate::error::Result<Option<SourceEvent>> {
        if let Some((item, position)) = self.begin.state.take() {
            self.check().await?;
            let cursor = CursorText::from(self.app.events.cursor(position));
            return Ok(Some(self.alone(Ok(item), Some(cursor))));
        }
        if self.begin.is_over {
            return Ok(None);
        }
        let mut refused = None;
        loop {
            // While nothing happens the right is looked at all the same, so that a stream without it ends.
            let wait = if refused.is_some() { FAREWELL } else { RECHECK };
            let Ok(heard) = tokio::time::timeout(wait, self.begin.events.next()).await else {
                if let Some(refused) = refused {
                    return Err(refused);
                }
                // A database that is away for a moment ends nothing.
                refused = self.check().await.err().filter(Error::is_refusal);
                continue;
            };
            let event = match heard {
                Ok(event) => event,
                // The server is stopping. An end of the stream would tell the client that nothing more comes; the socket
                // is closed in a moment, and the client comes back elsewhere.
                Err(EventsError::Closed) => return std::future::pending().await,
                Err(error) => return Err(error.into()),
            };
            let checked = self.check().await;
            // Who is refused makes no answer that others would wait for.
            let asked = self.asked.filter(|_| checked.is_ok());
            let Some((event, end)) = self.tell(&event, asked).await? else { continue };
            if end != End::Farewell {
                checked?;
            }
            self.is_over = end != End::No;
            return Ok(Some(event));
        }
    }

    /// Returns an error unless the subscriber may see the events with the present permissions.
    async fn check(&mut self) -> crate::error::Result<()> {
        let caller = self.callers.recheck(self.viewer.caller()).await?;
        self.viewer.set_caller(caller);
        self.begin.feed.check(&self.viewer)
    }

    /// Returns the answer for `event`, shared with others whose `asked` is equal; `None` for an event that does not
    /// concern the subscriber.
    async fn tell(
        &mut self,
        event: &Arc<Event>,
        asked: Option<Asked>,
    ) -> crate::error::Result<Option<(SourceEvent, End)>> {
        if let Some(asked) = &asked
            && let Some(told) = Told::of(event, asked, &self.viewer).await
        {
            let end = told.end;
            return Ok(Some((SourceEvent::Told(told), end)));
        }
        let Some((item, end, cursor)) = read(&self.app, &self.begin.feed, event)? else { return Ok(None) };
        let (viewer, looked) = self.viewer.watched();
        let share = asked.map(|asked| Share::new(event, asked, (viewer.clone(), looked), cursor.clone(), end));
        let is_last = end != End::No;
        let new = NewEvent { root: root(Ok(item)), viewer, cursor: Some(cursor), share, is_last };
        Ok(Some((SourceEvent::New(Box::new(new)), end)))
    }

    /// Returns an event answered for this subscriber alone.
    fn alone(&self, item: Result<F::Item>, cursor: Option<CursorText>) -> SourceEvent {
        let cursor = cursor.map(|cursor| cursor.0.into());
        let (viewer, is_last) = (self.viewer.clone(), self.is_over);
        let new = NewEvent { root: root(item), viewer, cursor, share: None, is_last };
        SourceEvent::New(Box::new(new))
    }
}

/// An item, whether the stream ends with it, and its cursor.
type Read<T> = (T, End, Arc<str>);

/// Returns the item of `event`; `None` if it does not concern the subscriber.
fn read<F: Feed>(app: &App, feed: &F, event: &Event) -> crate::error::Result<Option<Read<F::Item>>> {
    let cursor = CursorText::from(app.events.cursor(event.position));
    let place = Place { cursor: cursor.clone(), occurred_at: Timestamp(event.at) };
    let (item, end) = match feed.read(event, place)? {
        Reading::Event(item) => (item, End::No),
        Reading::Last(item) => (item, End::Last),
        Reading::Farewell(item) => (item, End::Farewell),
        Reading::Skip => return Ok(None),
    };
    Ok(Some((item, end, cursor.0.into())))
}

/// Returns the only event of a subscription that is executed for `shown`; `None` if it does not concern the subscription, or
/// if the viewer may not see it.
fn only<F: Feed>(
    ctx: &Context<'_>,
    shown: &Shown,
    begin: crate::error::Result<Begin<F>>,
) -> crate::error::Result<Option<SourceEvent>> {
    let (app, viewer, event) = (ctx.app()?, ctx.viewer()?.clone(), shown.event());
    let seen = begin.and_then(|begin| begin.feed.check(&viewer).map(|()| begin));
    let Some(begin) = shown.unless_unseen(seen)? else { return Ok(None) };
    if begin.events.topic() != &*event.topic {
        return Ok(None);
    }
    let Some((item, _, cursor)) = read(app, &begin.feed, event)? else { return Ok(None) };
    let new = NewEvent { root: root(Ok(item)), viewer, cursor: Some(cursor), share: None, is_last: true };
    Ok(Some(SourceEvent::New(Box::new(new))))
}

/// Wraps the item for the field of an execution, as read by [`follow`].
fn root<T: Send + 'static>(item: Result<T>) -> Box<dyn Any + Send> {
    Box::new(item)
}
