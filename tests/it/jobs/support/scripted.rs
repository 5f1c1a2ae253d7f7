//! Kinds of job for tests.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use rapport::{
    error::ErrorCode,
    jobs::{Context, Failure, Job, JobError},
};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::{Calls, Gate};
use crate::support::patience;

type Work = dyn Fn(Context, Value) -> BoxFuture<'static, Result<Value, JobError>> + Send + Sync;

/// A job that does what the test says.
#[derive(Clone)]
pub struct Scripted<const AT_A_TIME: usize = 8, const TIMEOUT_MS: u64 = 600_000>(Arc<Work>);

impl<const AT_A_TIME: usize, const TIMEOUT_MS: u64> Scripted<AT_A_TIME, TIMEOUT_MS> {
    fn new<F>(work: impl Fn(Context, Value) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Value, JobError>> + Send + 'static,
    {
        Self(Arc::new(move |ctx, input| Box::pin(work(ctx, input))))
    }
}

/// A job of usual limits and three attempts.
pub fn scripted<F>(work: impl Fn(Context, Value) -> F + Send + Sync + 'static) -> Scripted
where
    F: Future<Output = Result<Value, JobError>> + Send + 'static,
{
    Scripted::new(work)
}

/// A job that a worker runs twice at a time at most.
pub fn limited<F>(work: impl Fn(Context, Value) -> F + Send + Sync + 'static) -> Scripted<2>
where
    F: Future<Output = Result<Value, JobError>> + Send + 'static,
{
    Scripted::new(work)
}

/// A job whose attempts may take a twentieth of a second.
pub fn hasty<F>(work: impl Fn(Context, Value) -> F + Send + Sync + 'static) -> Scripted<8, 50>
where
    F: Future<Output = Result<Value, JobError>> + Send + 'static,
{
    Scripted::new(work)
}

impl<const AT_A_TIME: usize, const TIMEOUT_MS: u64> Job for Scripted<AT_A_TIME, TIMEOUT_MS> {
    const KIND: &'static str = "scripted";
    const MAX_ATTEMPTS: i32 = 3;
    const CONCURRENCY: usize = AT_A_TIME;
    const TIMEOUT: Duration = Duration::from_millis(TIMEOUT_MS);
    type Input = Value;
    type Output = Value;

    async fn run(&self, ctx: Context, input: Value) -> Result<Value, JobError> {
        (self.0)(ctx, input).await
    }
}

/// A job that is done at once.
#[derive(Clone)]
pub struct Probe;

impl Job for Probe {
    const KIND: &'static str = "probe";
    type Input = ();
    type Output = ();

    async fn run(&self, _ctx: Context, (): ()) -> Result<(), JobError> {
        Ok(())
    }
}

/// What a job says that may succeed later.
pub fn busy() -> JobError {
    JobError::Retry { failure: Failure::new(ErrorCode::ProviderUnavailable, "The other side is busy."), after: None }
}

/// What a job or a task says that will not succeed.
pub fn refused() -> Failure {
    Failure::new(ErrorCode::BadInput, "The other side refuses.")
}

/// A job that waits at the gate and is done then.
pub fn waiting_at(gate: &Gate) -> Scripted {
    let gate = gate.clone();
    scripted(move |_, _| {
        let gate = gate.clone();
        async move {
            gate.pass().await;
            Ok(Value::Null)
        }
    })
}

/// A job whose first run never ends by itself.
pub fn endless_at_first(stopped: &Stopped) -> Scripted {
    let (stopped, calls) = (stopped.clone(), Calls::default());
    scripted(move |_, _| {
        let is_first = calls.note("run") == 0;
        let stopped = stopped.clone();
        async move {
            if is_first {
                let _note = stopped.begin();
                std::future::pending::<()>().await;
            }
            Ok(Value::Null)
        }
    })
}

/// Knows whether work that never ends by itself has begun, and whether it was stopped.
#[derive(Clone)]
pub struct Stopped {
    begun: Arc<Semaphore>,
    stopped: Arc<Semaphore>,
}

impl Default for Stopped {
    fn default() -> Self {
        Self { begun: Arc::new(Semaphore::new(0)), stopped: Arc::new(Semaphore::new(0)) }
    }
}

impl Stopped {
    fn begin(&self) -> impl Drop + use<> {
        self.begun.add_permits(1);
        Note(self.stopped.clone())
    }

    pub async fn has_begun(&self) {
        patience(self.begun.acquire()).await.unwrap().forget();
    }

    pub async fn has_stopped(&self) {
        patience(self.stopped.acquire()).await.unwrap().forget();
    }
}

/// Says when it is dropped.
struct Note(Arc<Semaphore>);

impl Drop for Note {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}
