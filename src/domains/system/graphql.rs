//! Jobs, as clients see them.

use async_graphql::{Context, Object, Result, Subscription};

use super::{
    Job,
    events::{JobError, JobEvent, JobStage, result_of_job, stages_of},
    follow::begin,
    loader::PlaceOf,
    service,
};
use crate::{
    db::Id,
    domains::{
        ContextExt, JobResult,
        identity::{User, UserEntity},
        shared::{
            follow::{RootEvent, follow, resumed},
            one, root_list,
        },
    },
    error::Error,
    graphql::{About, CursorText, Timestamp, nullable},
    jobs::{JobEntity, JobRow, JobStatus},
};

/// A piece of background work. Follow it by `jobProgress`.
#[Object]
impl Job {
    /// The id, beginning with `job_`.
    pub async fn id(&self) -> Id<JobRow> {
        self.0.id
    }

    /// What kind of work, such as `onboard_company`.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Where it stands.
    async fn status(&self) -> JobStatus {
        self.0.status
    }

    /// How far it is, 0 to 1; never falls.
    async fn progress(&self) -> f64 {
        self.0.progress
    }

    /// What it did last, such as `research: pricing - completed`; null before it began.
    async fn current_step(&self) -> Option<&str> {
        self.0.current_step.as_deref()
    }

    /// Its stages so far, with their counts.
    #[graphql(directive = About::apply(5))]
    async fn stages(&self) -> Vec<JobStage> {
        stages_of(&self.0)
    }

    /// What went wrong; null unless it failed, or its last attempt did.
    async fn error(&self) -> Option<JobError> {
        self.0.failure().map(JobError::from)
    }

    /// What it yielded; null until it is completed, and for kinds of work that yield nothing to show.
    async fn result(&self) -> Option<Result<JobResult>> {
        result_of_job(&self.0)
    }

    /// Attempts begun. May be above `maxAttempts`: one whose worker was lost has not failed.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// Attempts that may fail before it is given up. It is given up too when its worker was lost more than twenty times.
    async fn max_attempts(&self) -> i32 {
        self.0.max_attempts
    }

    /// Whether somebody asked to stop it; its worker does so as soon as it sees it.
    async fn cancel_requested(&self) -> bool {
        self.0.cancel_requested
    }

    /// Who asked for it; null for the server itself, and when you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let id = Id::from_uuid(self.0.owner_id?);
        nullable(one::<UserEntity>(ctx, id)).await
    }

    /// The place of this state in the stream of events: give it to `jobProgress` as `after` and nothing falls between.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<CursorText> {
        let place = ctx.loader()?.load_one(PlaceOf(self.0.last_event)).await?;
        let place = place.ok_or(Error::NotFound("event"))?;
        Ok(ctx.app()?.events.cursor(service::position(&self.0, place)).into())
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// When its first attempt began; null before.
    async fn started_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.started_at)
    }

    /// When it ended; null before.
    async fn completed_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.completed_at)
    }
}

/// Queries for jobs.
#[derive(Default, Debug)]
pub struct SystemQuery;

#[Object]
impl SystemQuery {
    /// The job with this id; null when there is none, or when it is somebody else's and you lack `jobs:read_all`.
    async fn job(&self, ctx: &Context<'_>, #[graphql(desc = "The job's id.")] id: Id<JobRow>) -> Option<Result<Job>> {
        nullable(one::<JobEntity>(ctx, id)).await
    }

    /// The place of this query in the stream of events. Give it to a subscription as `after`: nothing falls between what
    /// the other fields of the query show and what the subscription tells; what it tells first they may show already.
    async fn events_cursor(&self, ctx: &Context<'_>) -> Result<CursorText> {
        ctx.viewer()?.session()?;
        Ok(ctx.app()?.events.cursor(ctx.loader()?.loader().began).into())
    }
}

root_list! {
    /// Jobs, newest first unless ordered otherwise: one's own, or all with `jobs:read_all`; null when
    /// nobody is signed in.
    JobsList: jobs of JobEntity,
    filter: "Which jobs.",
    order: "In which order; newest first when not given."
}

/// Mutations of jobs.
#[derive(Default, Debug)]
pub struct SystemMutation;

#[Object]
impl SystemMutation {
    /// Cancels a job: at once when it waits, as soon as its worker sees it when it runs. One's own, or anybody's with
    /// `jobs:manage_all`. Fails with `CONFLICT` when the job has ended.
    async fn cancel_job(&self, ctx: &Context<'_>, #[graphql(desc = "The job's id.")] id: Id<JobRow>) -> Result<Job> {
        Ok(Job(service::cancel(ctx.app()?, ctx.viewer()?, id).await?))
    }

    /// Starts a failed or cancelled job again; what it finished is not repeated. One's own, or anybody's with
    /// `jobs:manage_all`; and what making a job of its kind needs, as `companies:research` for an onboarding. Fails with `CONFLICT` otherwise.
    async fn retry_job(&self, ctx: &Context<'_>, #[graphql(desc = "The job's id.")] id: Id<JobRow>) -> Result<Job> {
        Ok(Job(service::retry(ctx.app()?, ctx.viewer()?, id).await?))
    }
}

/// Subscriptions of jobs.
#[derive(Default, Debug)]
pub struct SystemSubscription;

#[Subscription]
impl SystemSubscription {
    /// What happens to a job: its present state first, then every event, until it ends. With `after` it begins with the
    /// first event that was missed. One's own job, or anybody's with `jobs:read_all`. Fails with `HISTORY_LOST` when the
    /// events after the cursor are no longer kept.
    async fn job_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The job's id.")] job_id: Id<JobRow>,
        #[graphql(desc = "The cursor of the last event that was seen.")] after: Option<CursorText>,
    ) -> Result<RootEvent<JobEvent>> {
        let begin = async move {
            let (app, viewer) = (ctx.app()?, ctx.viewer()?);
            viewer.session()?;
            let after = resumed(ctx, after).await?;
            Ok(begin(&app.events, service::follow(app, viewer, job_id, after).await?))
        };
        follow(ctx, begin).await
    }
}
