//! The job that ends a wait at its time.

use super::{
    ending::{Ending, end, locked},
    jobs::EndWait,
    opening::set_timer,
    row::{Model, WaitOutcome},
};
use crate::{
    db::Id,
    jobs::{Context, Job, JobError},
};

impl Job for EndWait {
    const KIND: &'static str = "end_wait";
    type Input = Id<Model>;
    /// `None` if the wait had ended before.
    type Output = Option<WaitOutcome>;

    async fn run(&self, ctx: Context, id: Id<Model>) -> Result<Option<WaitOutcome>, JobError> {
        let mut fenced = ctx.begin().await?;
        let tx = fenced.tx();
        let open = locked(tx, &self.waiters, id).await?.filter(|wait| wait.outcome.is_none());
        let Some(wait) = open else { return Ok(None) };
        let ended = match (wait.outcome_at(self.ambient.shared_now()), wait.due_at()) {
            (Some(outcome), _) => end(tx, &self.ambient, &self.waiters, &wait, Ending::of(outcome)).await?,
            // It came too early, by a clock that was ahead.
            (None, Some(at)) => {
                set_timer(tx, &self.ambient, wait, at).await?;
                None
            }
            (None, None) => None,
        };
        ctx.leave(fenced);
        Ok(ended.and_then(|wait| wait.outcome))
    }
}
