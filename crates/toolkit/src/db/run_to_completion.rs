//! Runs a future to completion even if its caller is cancelled.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::time::timeout;

use super::PATIENCE;

/// Runs `future`. If the caller is cancelled, the rest runs as a task with a time limit, and its output is dropped.
/// Without a runtime the rest is dropped at once.
pub fn run_to_completion<F>(future: F) -> impl Future<Output = F::Output> + Send
where
    F: Future<Output: Send> + Send + 'static,
{
    ToItsEnd(Some(Box::pin(future)))
}

/// The future; `None` after its end.
struct ToItsEnd<F: Future<Output: Send> + Send + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: Send> + Send + 'static> Future for ToItsEnd<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Some(future) = &mut self.0 else { return Poll::Pending };
        let output = std::task::ready!(future.as_mut().poll(cx));
        self.0 = None;
        Poll::Ready(output)
    }
}

impl<F: Future<Output: Send> + Send + 'static> Drop for ToItsEnd<F> {
    fn drop(&mut self) {
        if let Some((rest, runtime)) = self.0.take().zip(tokio::runtime::Handle::try_current().ok()) {
            runtime.spawn(async { drop(timeout(PATIENCE, rest).await) });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use futures_util::poll;
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_is_awaited_brings_what_it_brings() {
        assert_eq!(run_to_completion(async { 7 }).await, 7);
    }

    #[tokio::test]
    async fn what_is_given_up_goes_on() {
        let (go_on, may_go_on) = oneshot::channel::<()>();
        let (end, ended) = oneshot::channel();
        let mut future = Box::pin(run_to_completion(async move {
            may_go_on.await.unwrap();
            end.send(()).unwrap();
        }));
        assert!(poll!(&mut future).is_pending());
        drop(future);
        go_on.send(()).unwrap();
        ended.await.unwrap();
    }

    #[test]
    fn without_a_runtime_the_rest_is_dropped() {
        let has_run = Arc::new(AtomicBool::new(false));
        let seen = has_run.clone();
        drop(run_to_completion(async move { seen.store(true, Ordering::Relaxed) }));
        assert_eq!((Arc::strong_count(&has_run), has_run.load(Ordering::Relaxed)), (1, false));
    }
}
