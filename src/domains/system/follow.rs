//! The stream of a job's events.

use async_graphql::Result;
use futures_util::{Stream, stream};

use super::{
    events::{JobEvent, Place},
    service::{self, Followed},
};
use crate::{
    app::App,
    auth::Viewer,
    domains::identity::Identity,
    error::Error,
    events::EventsError,
    graphql::{CursorText, ReplyCursor},
    jobs::JobEvent as Logged,
};

struct Follower {
    app: App,
    identity: Identity,
    viewer: Viewer,
    followed: Followed,
    cursor: ReplyCursor,
    is_over: bool,
}

/// The events of `followed`, until the job's last one. The right to see the job is checked again for each.
pub(super) fn stream(
    app: App,
    identity: Identity,
    viewer: Viewer,
    followed: Followed,
    cursor: ReplyCursor,
) -> impl Stream<Item = Result<JobEvent>> + use<> {
    let follower = Follower { app, identity, viewer, followed, cursor, is_over: false };
    stream::unfold(follower, |mut follower| async move {
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
    })
}

impl Follower {
    async fn next(&mut self) -> crate::error::Result<Option<JobEvent>> {
        let (event, cursor) = if let Some((job, position)) = self.followed.state.take() {
            let cursor = CursorText::from(self.app.events.cursor(position));
            let place = Place { cursor: cursor.clone(), job_id: job.id, at: job.updated_at };
            (JobEvent::state(place, &job), cursor)
        } else if self.followed.is_over {
            return Ok(None);
        } else {
            let event = match self.followed.events.next().await {
                Ok(event) => event,
                // The server is stopping. An end of the stream would tell the client that the job has ended; the socket
                // is closed in a moment, and the client comes back elsewhere.
                Err(EventsError::Closed) => return std::future::pending().await,
                Err(error) => return Err(error.into()),
            };
            let logged = Logged::read(&event)?;
            self.is_over = logged.kind.is_final();
            let cursor = CursorText::from(self.app.events.cursor(event.position));
            let place = Place { cursor: cursor.clone(), job_id: self.followed.job_id, at: event.at };
            (JobEvent::logged(place, logged), cursor)
        };
        let session = self.identity.recheck(self.viewer.session()?).await.map_err(Error::from)?;
        let viewer = Viewer { session: Some(session), ..self.viewer.clone() };
        if !service::may_see(&viewer, self.followed.owner)? {
            return Err(Error::NotFound("job"));
        }
        self.cursor.set(&cursor);
        Ok(Some(event))
    }
}
