//! Subscriptions over one topic of the event log: a domain says what its events mean and who may see them ([`Feed`]); what
//! all streams share is here. The present state first or the first event that was missed, the right checked again for each
//! event and every few seconds between them, and an end only where the feed says so. The operation is executed for each event, with the rights of then; for
//! followers who ask the same with the same rights once ([`told`]).

mod source;
mod told;

use std::{any::Any, sync::Arc, time::Duration};

use async_graphql::{Context, Result};
use futures_util::{StreamExt, stream};

pub use source::{Following, NewEvent, Source, SourceEvent};
pub use told::{Share, Told};

use self::told::End;
use super::context::{ContextExt, missing};
use crate::{
    app::App,
    auth::{Callers, Viewer},
    error::Error,
    events::{Event, EventsError, Position, Subscription},
    graphql::{Asked, CursorText, ResumeFrom, Timestamp},
};

/// How often a follower's right is checked while nothing happens.
const RECHECK: Duration = Duration::from_secs(3);
/// How long a follower without a right is left to hear why: what they followed may be gone, and says goodbye.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where and when something happened.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The place of the event.
    pub(crate) cursor: CursorText,
    /// When it happened.
    pub(crate) at: Timestamp,
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

    /// What an event of the log means: the same to all who follow the same with the same arguments.
    ///
    /// # Errors
    /// When it is not readable.
    fn read(&self, event: &Event, place: Place) -> crate::error::Result<Reading<Self::Item>>;

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
        Some(cursor) => Ok(Some(ctx.app()?.events.resolve(cursor.decode()?).await?)),
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

/// What a subscription field shows in one execution: the event that it is for, if it is for one.
pub(crate) type RootEvent<T> = stream::Iter<std::option::IntoIter<Result<T>>>;

/// What a subscription field shows. At the begin of a subscription that is nothing: what `begin` says is followed from
/// then on. In each execution after that it is the event that the execution is for, and `begin` is not asked.
///
/// # Errors
/// Those of `begin`.
pub(crate) async fn follow<F: Feed>(
    ctx: &Context<'_>,
    begin: impl Future<Output = crate::error::Result<Begin<F>>> + Send,
) -> Result<RootEvent<F::Item>> {
    let following = ctx.data::<Following>().map_err(missing)?;
    let root: Option<Result<F::Item>> = following.root();
    if root.is_none() {
        let begin = Box::pin(begin).await?;
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
    /// What the client asked for, unless it is to be told alone.
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

    /// Holds that the follower may see what comes, with the rights of now.
    async fn check(&mut self) -> crate::error::Result<()> {
        let caller = self.callers.recheck(self.viewer.caller()).await?;
        self.viewer.set_caller(caller);
        self.begin.feed.check(&self.viewer)
    }

    /// What is to be told of `event`, as others who `asked` the same are told it: nothing, where it is none that the follower
    /// asked for.
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
        let cursor = CursorText::from(self.app.events.cursor(event.position));
        let place = Place { cursor: cursor.clone(), at: Timestamp(event.at) };
        let (item, end) = match self.begin.feed.read(event, place)? {
            Reading::Event(item) => (item, End::No),
            Reading::Last(item) => (item, End::Last),
            Reading::Farewell(item) => (item, End::Farewell),
            Reading::Skip => return Ok(None),
        };
        let (cursor, (viewer, looked)) = (Arc::<str>::from(cursor.0), self.viewer.watched());
        let share = asked.map(|asked| Share::new(event, asked, (viewer.clone(), looked), cursor.clone(), end));
        let is_last = end != End::No;
        let new = NewEvent { root: root(Ok(item)), viewer, cursor: Some(cursor), share, is_last };
        Ok(Some((SourceEvent::New(Box::new(new)), end)))
    }

    /// What is told to this follower alone.
    fn alone(&self, item: Result<F::Item>, cursor: Option<CursorText>) -> SourceEvent {
        let cursor = cursor.map(|cursor| cursor.0.into());
        let (viewer, is_last) = (self.viewer.clone(), self.is_over);
        let new = NewEvent { root: root(item), viewer, cursor, share: None, is_last };
        SourceEvent::New(Box::new(new))
    }
}

/// What the field of an execution is to show, as [`follow`] takes it.
fn root<T: Send + 'static>(item: Result<T>) -> Box<dyn Any + Send> {
    Box::new(item)
}
