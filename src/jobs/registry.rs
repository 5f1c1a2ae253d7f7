//! The kinds of job there are.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};

use super::{Context, JobError};

/// A kind of background work. The value holds what the work needs (clients, settings); the input says what is wanted.
///
/// `run` may be dropped at any await and be run again from the start, in another process: what must not be done twice goes
/// into [`Context::task`], and rows are written in a transaction of [`Context::begin`].
pub trait Job: Send + Sync + 'static {
    /// The name under which the kind is stored; never changed.
    const KIND: &'static str;
    /// Attempts that may fail before the job is given up. One whose worker was lost has not failed; of those there may be
    /// twenty.
    const MAX_ATTEMPTS: i32 = 5;
    /// Jobs of this kind that one process runs at a time.
    const CONCURRENCY: usize = 8;
    /// How long one attempt may take.
    const TIMEOUT: Duration = Duration::from_secs(3600);
    /// Whether the work begins by writing: then its first transaction of [`Context::begin`] tells that the attempt began.
    /// Else that is told by a transaction of its own before the work, which may take long before it writes.
    const BEGINS_BY_WRITING: bool = false;
    /// What is wanted; stored as JSON.
    type Input: Serialize + DeserializeOwned + Send;
    /// What came out; stored as JSON.
    type Output: Serialize + Send;

    /// Does the work.
    fn run(&self, ctx: Context, input: Self::Input) -> impl Future<Output = Result<Self::Output, JobError>> + Send;

    /// One sentence for the final event.
    fn summary(_output: &Self::Output) -> String {
        "Done.".to_owned()
    }
}

/// The result of an attempt: the output as JSON, and its summary.
pub(super) type AttemptResult = Result<(String, String), JobError>;
type AttemptFuture<'a> = Pin<Box<dyn Future<Output = AttemptResult> + Send + 'a>>;

/// A [`Job`] whose types are forgotten.
pub(super) trait ErasedJob: Send + Sync {
    fn concurrency(&self) -> usize;
    fn timeout(&self) -> Duration;
    fn begins_by_writing(&self) -> bool;
    fn run<'a>(&'a self, ctx: Context, input: &'a str) -> AttemptFuture<'a>;
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
}

/// All kinds of job that this process can run.
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
    /// Adds a kind.
    #[must_use]
    pub fn with<J: Job>(mut self, job: J) -> Self {
        self.kinds.insert(J::KIND, Arc::new(job));
        self
    }

    pub(super) fn get(&self, kind: &str) -> Option<Arc<dyn ErasedJob>> {
        self.kinds.get(kind).cloned()
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.kinds.iter().map(|(kind, job)| (*kind, job.concurrency()))
    }
}
