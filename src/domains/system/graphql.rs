//! GraphQL types, queries, mutations and subscriptions for jobs.

use async_graphql::{Context, Object, Result, Subscription};

use super::{
    Job, JobKind,
    events::{JobError, JobEvent, JobStage, result_of_job, stages_of, step_label},
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

/// Background job. Subscribe with `jobProgress`.
#[Object]
impl Job {
    /// The id, beginning with `job_`.
    pub async fn id(&self) -> Id<JobRow> {
        self.0.id
    }

    /// Kind of work.
    async fn kind(&self) -> JobKind {
        JobKind::named(&self.0.kind)
    }

    /// Status of the job.
    async fn status(&self) -> JobStatus {
        self.0.status
    }

    /// Progress, 0–1; never decreases.
    async fn progress(&self) -> f64 {
        self.0.progress
    }

    /// Last step, such as `research: case_studies - completed`; null before the job starts. `currentStepLabel` is for people.
    async fn current_step(&self) -> Option<&str> {
        self.0.current_step.as_deref()
    }

    /// Last step for people, such as `Research: Case studies - completed`; null before the job starts.
    async fn current_step_label(&self) -> Option<String> {
        self.0.current_step.as_deref().map(step_label)
    }

    /// Stages so far, with their task counts.
    #[graphql(directive = About::apply(5))]
    async fn stages(&self) -> Vec<JobStage> {
        stages_of(&self.0)
    }

    /// Error of the job or of its last attempt; null unless one failed.
    async fn error(&self) -> Option<JobError> {
        self.0.failure().map(JobError::from)
    }

    /// Result; null until the job is completed, and for kinds of work without a result.
    async fn result(&self) -> Option<Result<JobResult>> {
        result_of_job(&self.0)
    }

    /// Number of attempts started. May exceed `maxAttempts`, since an attempt whose worker was lost is not a failure.
    async fn attempt(&self) -> i32 {
        self.0.attempt
    }

    /// Number of failed attempts after which the job fails. It also fails if its worker was lost more than twenty
    /// times.
    async fn max_attempts(&self) -> i32 {
        self.0.max_attempts
    }

    /// True if cancellation was requested; the job stops as soon as its worker notices.
    async fn cancel_requested(&self) -> bool {
        self.0.cancel_requested
    }

    /// User who started the job; null for the server itself, and if you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        let id = Id::from_uuid(self.0.owner_id?);
        nullable(one::<UserEntity>(ctx, id)).await
    }

    /// Event cursor of this state. Pass it to `jobProgress` as `after` to miss no event.
    async fn cursor(&self, ctx: &Context<'_>) -> Result<CursorText> {
        let place = ctx.loader()?.load_one(PlaceOf(self.0.last_event)).await?;
        let place = place.ok_or(Error::NotFound("event"))?;
        Ok(ctx.app()?.events.cursor(service::position(&self.0, place)).into())
    }

    /// Creation time.
    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    /// Start time of the first attempt; null before.
    async fn started_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.started_at)
    }

    /// Completion time; null before.
    async fn completed_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.completed_at)
    }
}

/// Queries for jobs.
#[derive(Default, Debug)]
pub struct SystemQuery;

#[Object]
impl SystemQuery {
    /// The job with this id; null if it does not exist, or if it is somebody else's and you lack `jobs:read_all`.
    async fn job(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the job.")] id: Id<JobRow>) -> Option<Result<Job>> {
        nullable(one::<JobEntity>(ctx, id)).await
    }

    /// Event cursor of this query. Pass it to a subscription as `after` to miss no event after what the other fields
    /// show; the first events may repeat what they already show.
    async fn events_cursor(&self, ctx: &Context<'_>) -> Result<CursorText> {
        ctx.viewer()?.session()?;
        Ok(ctx.app()?.events.cursor(ctx.loader()?.loader().began).into())
    }
}

root_list! {
    /// Jobs, newest first by default: one's own, or all with `jobs:read_all`; null unless signed in.
    JobsList: jobs of JobEntity,
    filter: "Conditions on the jobs.",
    order: "Sort order. Defaults to newest first.",
    search: "Words that the kind of work, its input (such as the name of a company) or, with `users:read`, the owner must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Mutations of jobs.
#[derive(Default, Debug)]
pub struct SystemMutation;

#[Object]
impl SystemMutation {
    /// Cancels a job: at once if it is queued, or as soon as its worker notices. Requires one's own job or
    /// `jobs:manage_all`. Fails with `CONFLICT` if the job has ended.
    async fn cancel_job(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the job.")] id: Id<JobRow>) -> Result<Job> {
        Ok(Job(service::cancel(ctx.app()?, ctx.viewer()?, id).await?))
    }

    /// Restarts a failed or cancelled job without repeating its finished tasks. Requires one's own job or
    /// `jobs:manage_all`, and the permission to start such a job, such as `companies:research` for an onboarding. Fails
    /// with `CONFLICT` for other jobs.
    async fn retry_job(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the job.")] id: Id<JobRow>) -> Result<Job> {
        Ok(Job(service::retry(ctx.app()?, ctx.viewer()?, id).await?))
    }
}

/// Subscriptions of jobs.
#[derive(Default, Debug)]
pub struct SystemSubscription;

#[Subscription]
impl SystemSubscription {
    /// Streams the events of a job until it ends, after its present state. With `after`, resumes at the first missed
    /// event. Requires one's own job or `jobs:read_all`. Fails with `HISTORY_LOST` if the events after the cursor are
    /// no longer kept.
    async fn job_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the job.")] job_id: Id<JobRow>,
        #[graphql(desc = "Cursor of the last event received.")] after: Option<CursorText>,
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
