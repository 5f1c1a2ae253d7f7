//! The event feed of a job.

use uuid::Uuid;

use super::{
    events::JobEvent,
    service::{self, Followed},
};
use crate::{
    auth::Viewer,
    db::Id,
    domains::shared::follow::{Begin, Feed, Place, Reading},
    error::{Error, Result},
    events::{Event, EventLog},
    graphql::Timestamp,
    jobs::{JobEvent as Logged, JobRow},
};

/// The events of one job.
pub(super) struct JobFeed {
    job: Id<JobRow>,
    owner: Option<Uuid>,
}

impl Feed for JobFeed {
    type Item = JobEvent;

    fn read(&self, event: &Event, place: Place) -> Result<Reading<JobEvent>> {
        let logged = Logged::read(event)?;
        let is_last = logged.kind.is_final();
        let item = JobEvent::logged(place, self.job, logged);
        Ok(if is_last { Reading::Last(item) } else { Reading::Event(item) })
    }

    fn check(&self, viewer: &Viewer) -> Result<()> {
        if service::may_see(viewer, self.owner)? { Ok(()) } else { Err(Error::NotFound("job")) }
    }
}

/// Returns the start of the subscription to `followed`, up to the job's last event.
pub(super) fn begin(log: &EventLog, followed: Followed) -> Begin<JobFeed> {
    let Followed { job_id, owner, events, state, is_over } = followed;
    let state = state.map(|(job, position)| {
        let place = Place { cursor: log.cursor(position).into(), occurred_at: Timestamp(job.updated_at) };
        (JobEvent::state(place, &job), position)
    });
    Begin { events, feed: JobFeed { job: job_id, owner }, state, is_over }
}
