//! Stopping a worker: what runs ends, nothing begins, nothing is lost.

use std::time::Duration;

use rapport::jobs::{self, JobStatus};
use serde_json::json;

use super::support::{Calls, Gate, Queue, Scripted, scripted, waiting_at};

/// A job of two tasks; the first waits at the gate.
fn two_tasks(gate: &Gate, calls: &Calls) -> Scripted {
    let (gate, calls) = (gate.clone(), calls.clone());
    scripted(move |ctx, _| {
        let (gate, calls) = (gate.clone(), calls.clone());
        async move {
            let first = async {
                calls.note("first");
                gate.pass().await;
                Ok(())
            };
            ctx.task("stage", "first", first).await?;
            let second = async { Ok(calls.note("second")) };
            ctx.task("stage", "second", second).await?;
            Ok(json!("done"))
        }
    })
}

#[tokio::test]
async fn a_running_step_ends_and_is_kept_and_no_other_begins() {
    let (queue, gate, calls) = (Queue::new().await, Gate::new(), Calls::default());
    let worker = queue.worker(&two_tasks(&gate, &calls)).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    worker.begin_stop();
    gate.open(1);
    worker.stop().await;
    assert_eq!((calls.of("first"), calls.of("second")), (1, 0));
    let row = queue.row(id).await;
    assert_eq!((row.status, row.attempt, row.lease), (JobStatus::Queued, 0, None));
    let story = queue.story(id).await;
    assert_eq!(story, ["queued", "attempt 1", "first begins", "first done, 1 of 0", "queued"]);
}

#[tokio::test]
async fn another_worker_finishes_what_a_stopped_one_gave_back() {
    let (queue, gate, calls) = (Queue::new().await, Gate::new(), Calls::default());
    let job = two_tasks(&gate, &calls);
    let worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    worker.begin_stop();
    gate.open(1);
    let _other = queue.worker(&job).elsewhere().start().await;
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt), (JobStatus::Completed, 1));
    assert_eq!((calls.of("first"), calls.of("second")), (1, 1));
}

#[tokio::test]
async fn a_job_that_does_not_end_in_time_is_given_back_too() {
    let (queue, gate, calls) = (Queue::new().await, Gate::new(), Calls::default());
    let job = two_tasks(&gate, &calls);
    let worker = queue.worker(&job).grace(Duration::ZERO).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    worker.stop().await;
    let row = queue.row(id).await;
    assert_eq!((row.status, row.attempt, row.lease), (JobStatus::Queued, 0, None));
    assert_eq!(queue.count("job_steps").await, 0, "the step did not end");
    gate.open(1);
    let _other = queue.worker(&job).elsewhere().start().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Completed);
    assert_eq!(calls.of("first"), 2);
}

#[tokio::test]
async fn a_job_that_ends_in_time_is_completed() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let job = waiting_at(&gate);
    let worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    worker.begin_stop();
    gate.open(1);
    worker.stop().await;
    assert_eq!(queue.row(id).await.status, JobStatus::Completed);
}

#[tokio::test]
async fn a_stopping_worker_claims_nothing_more() {
    let (queue, gate, calls) = (Queue::new().await, Gate::new(), Calls::default());
    let worker = queue.worker(&two_tasks(&gate, &calls)).at_a_time(1).start().await;
    queue.enqueue().await;
    gate.reached().await;
    let waiting = queue.enqueue().await;
    worker.begin_stop();
    gate.open(1);
    worker.stop().await;
    assert_eq!(queue.story(waiting).await, ["queued"]);
}

#[tokio::test]
async fn a_job_that_was_to_be_cancelled_is_not_given_back() {
    let (queue, gate, calls) = (Queue::new().await, Gate::new(), Calls::default());
    let worker = queue.worker(&two_tasks(&gate, &calls)).deaf().grace(Duration::ZERO).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    jobs::cancel(&queue.db, &queue.ambient, id).await.unwrap().commit().await.unwrap();
    worker.stop().await;
    assert_eq!(queue.row(id).await.status, JobStatus::Cancelled);
}
