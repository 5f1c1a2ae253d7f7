//! The registry of job kinds.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Context, JobError,
    entity::{JobStatus, Model as JobRow},
};
use crate::db::WriteTx;

/// A kind of background job. The value holds its dependencies (clients, settings); the input describes the work.
///
/// `run` may be dropped at any await and run again from the start, in another process: what must not be repeated goes
/// into [`Context::task`], and rows are written in a transaction of [`Context::begin`].
pub trait Job: Send + Sync + 'static {
    /// The stored name of the kind; never changed.
    const KIND: &'static str;
    /// Maximum number of failed attempts. An attempt whose worker was lost is not a failure; up to twenty of those are
    /// allowed.
    const MAX_ATTEMPTS: i32 = 5;
    /// Maximum number of concurrent jobs of this kind per process.
    const CONCURRENCY: usize = 8;
    /// Time limit of one attempt.
    const TIMEOUT: Duration = Duration::from_secs(3600);
    /// True if the work starts by writing, so that its first transaction of [`Context::begin`] records the start of the
    /// attempt. Otherwise a separate transaction records it before the work.
    const BEGINS_BY_WRITING: bool = false;
    /// The input, stored as JSON.
    type Input: Serialize + DeserializeOwned + Send;
    /// The output, stored as JSON.
    type Output: Serialize + Send;

    /// Runs the job.
    fn run(&self, ctx: Context, input: Self::Input) -> impl Future<Output = Result<Self::Output, JobError>> + Send;

    /// Returns a one-sentence summary for the final event.
    fn summary(_output: &Self::Output) -> String {
        "Done.".to_owned()
    }

    /// Writes what belongs to the end of `job`, in the transaction in which it completes or fails permanently. `job` is
    /// the row before that.
    fn on_end(
        &self,
        _tx: &mut WriteTx,
        _job: &JobRow,
        _status: JobStatus,
    ) -> impl Future<Output = Result<(), JobError>> + Send {
        std::future::ready(Ok(()))
    }
}

/// The result of an attempt: the output as JSON, and its summary.
pub(super) type AttemptResult = Result<(String, String), JobError>;
type EndFuture<'a> = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send + 'a>>;
type AttemptFuture<'a> = Pin<Box<dyn Future<Output = AttemptResult> + Send + 'a>>;

/// A type-erased [`Job`].
pub(super) trait ErasedJob: Send + Sync {
    fn concurrency(&self) -> usize;
    fn timeout(&self) -> Duration;
    fn begins_by_writing(&self) -> bool;
    fn run<'a>(&'a self, ctx: Context, input: &'a str) -> AttemptFuture<'a>;
    fn on_end<'a>(&'a self, tx: &'a mut WriteTx, job: &'a JobRow, status: JobStatus) -> EndFuture<'a>;
}

impl<J: Job> ErasedJob for J {
    fn concurrency(&self) -> usize {
        J::CONCURRENCY
    }

    fn timeout(&self) -> Duration {
        J::TIMEOUT
    }

    fn begins_by_writing(&self) -> bool {
        J::BEGINS_BY_WRITING
    }

    fn run<'a>(&'a self, ctx: Context, input: &'a str) -> AttemptFuture<'a> {
        Box::pin(async move {
            let input = serde_json::from_str(input)?;
            let output = Job::run(self, ctx, input).await?;
            Ok((serde_json::to_string(&output)?, J::summary(&output)))
        })
    }

    fn on_end<'a>(&'a self, tx: &'a mut WriteTx, job: &'a JobRow, status: JobStatus) -> EndFuture<'a> {
        Box::pin(Job::on_end(self, tx, job, status))
    }
}

/// All kinds of jobs that this process can run.
#[derive(Default, Clone)]
pub struct Registry {
    kinds: HashMap<&'static str, Arc<dyn ErasedJob>>,
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.kinds.keys()).finish()
    }
}

impl Registry {
    /// Adds a kind of job.
    #[must_use]
    pub fn with<J: Job>(mut self, job: J) -> Self {
        self.kinds.insert(J::KIND, Arc::new(job));
        self
    }

    pub(super) fn get(&self, kind: &str) -> Option<Arc<dyn ErasedJob>> {
        self.kinds.get(kind).cloned()
    }

    /// Returns the names of the kinds, each with the number of jobs that may run concurrently.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.kinds.iter().map(|(kind, job)| (*kind, job.concurrency()))
    }
}
