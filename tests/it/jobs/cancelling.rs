//! What people do with jobs: cancel them, and start them again.

use std::time::Duration;

use chrono::TimeDelta;
use rapport::{
    error::ErrorCode,
    jobs::{self, JobError, JobStatus, job_topic},
};
use serde_json::{Value, json};

use super::support::{
    Calls, Gate, JobId, Queue, Scripted, Stopped, busy, endless_at_first, eventually, refused, scripted, waiting_at,
};
use crate::support::TestDb;

async fn cancel(queue: &Queue, id: JobId) {
    jobs::cancel(&queue.db, &queue.ambient, id).await.unwrap().commit().await.unwrap();
}

async fn retry(queue: &Queue, id: JobId) {
    jobs::retry(&queue.db, &queue.ambient, id).await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once_and_not_run() {
    let queue = Queue::new().await;
    let id = queue.enqueue().await;
    let row = jobs::cancel(&queue.db, &queue.ambient, id).await.unwrap().commit().await.unwrap();
    assert_eq!((row.status, row.completed_at), (JobStatus::Cancelled, Some(queue.now())));
    let _worker = queue.worker(&scripted(|_, _| async { Ok(Value::Null) })).start().await;
    queue.look_through().await;
    assert_eq!(queue.story(id).await, ["queued", "cancelled"]);
}

#[tokio::test]
async fn a_job_that_waits_for_its_next_attempt_is_cancelled_at_once() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&scripted(|_, _| async { Err(busy()) })).start().await;
    let id = queue.enqueue().await;
    queue.queued_again(id).await;
    cancel(&queue, id).await;
    assert_eq!(queue.story(id).await, ["queued", "attempt 1", "retry scheduled", "cancelled"]);
}

#[tokio::test]
async fn a_running_job_stops_at_once_though_it_waits_for_what_never_comes() {
    let (queue, stopped) = (Queue::new().await, Stopped::default());
    let _worker = queue.worker(&endless_at_first(&stopped)).start().await;
    let id = queue.enqueue().await;
    stopped.has_begun().await;
    cancel(&queue, id).await;
    stopped.has_stopped().await;
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.lease, row.completed_at), (JobStatus::Cancelled, None, Some(queue.now())));
    assert_eq!(queue.story(id).await, ["queued", "attempt 1", "cancel requested", "cancelled"]);
}

#[tokio::test]
async fn a_job_that_runs_on_another_server_stops_at_once() {
    let (queue, stopped) = (Queue::new().await, Stopped::default());
    let _worker = queue.worker(&endless_at_first(&stopped)).elsewhere().start().await;
    let id = queue.enqueue().await;
    stopped.has_begun().await;
    cancel(&queue, id).await;
    stopped.has_stopped().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Cancelled);
}

#[tokio::test]
async fn the_renewal_of_the_lease_sees_a_cancellation_that_no_event_told_of() {
    let (queue, stopped) = (Queue::new().await, Stopped::default());
    let _worker = queue.worker(&endless_at_first(&stopped)).deaf().lease(Duration::from_secs(2)).start().await;
    let id = queue.enqueue().await;
    stopped.has_begun().await;
    cancel(&queue, id).await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Cancelled);
}

#[tokio::test]
async fn a_transaction_of_the_job_sees_a_cancellation_that_no_event_told_of() {
    let queue = Queue::new().await;
    let job = scripted({
        let (db, ambient) = (queue.db.clone(), queue.ambient.clone());
        move |ctx, _| {
            let (db, ambient) = (db.clone(), ambient.clone());
            async move {
                jobs::cancel(&db, &ambient, ctx.id()).await.unwrap().commit().await.unwrap();
                ctx.announce("stage", "task").await?;
                std::future::pending().await
            }
        }
    });
    let _worker = queue.worker(&job).deaf().start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Cancelled);
}

#[tokio::test]
async fn a_cancellation_between_the_claim_and_the_begin_is_not_missed() {
    if !TestDb::is_postgres() {
        // SQLite has one writer: there is nothing in between.
        return;
    }
    let (queue, stopped) = (Queue::new().await, Stopped::default());
    let id = queue.enqueue().await;
    let tx = queue.db.begin().await.unwrap();
    job_topic(id).lock(&tx).await.unwrap();
    // It hears of no events, so only the row can tell it.
    let _worker = queue.worker(&endless_at_first(&stopped)).deaf().start().await;
    eventually(async || queue.row(id).await.status == JobStatus::Running).await;
    jobs::cancel_unless_ended(tx, &queue.ambient, id).await.unwrap().commit().await.unwrap();
    assert_eq!(queue.ended(id).await.status, JobStatus::Cancelled);
    assert_eq!(queue.story(id).await, ["queued", "cancel requested", "attempt 1", "cancelled"]);
}

#[tokio::test]
async fn a_job_that_fails_after_it_was_to_be_cancelled_is_not_tried_again() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let job = scripted({
        let gate = gate.clone();
        move |_, _| {
            let gate = gate.clone();
            async move {
                gate.pass().await;
                Err(busy())
            }
        }
    });
    let worker = queue.worker(&job).deaf().start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    cancel(&queue, id).await;
    gate.open(1);
    worker.stop().await;
    assert_eq!(queue.row(id).await.status, JobStatus::Cancelled);
}

#[tokio::test]
async fn a_job_of_a_lost_worker_that_was_to_be_cancelled_is_cancelled() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let id = queue.enqueue().await;
    let _lost = queue.worker(&waiting_at(&gate)).deaf().without_polls().start().await;
    gate.reached().await;
    cancel(&queue, id).await;
    queue.advance(TimeDelta::seconds(1001));
    let _other = queue.worker(&waiting_at(&gate)).start().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Cancelled);
}

#[tokio::test]
async fn cancelling_twice_tells_once() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let _worker = queue.worker(&waiting_at(&gate)).deaf().start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    cancel(&queue, id).await;
    // A worker that was slow to begin to listen reads of the first in the log, and may have stopped by now.
    if let Ok(steered) = jobs::cancel(&queue.db, &queue.ambient, id).await {
        steered.commit().await.unwrap();
    }
    let story = queue.story(id).await;
    assert_eq!(story.iter().filter(|event| *event == "cancel requested").count(), 1, "{story:?}");
    assert!(queue.row(id).await.cancel_requested);
}

#[tokio::test]
async fn cancelling_and_claiming_at_the_same_moment_leave_no_half_claimed_job() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&scripted(|_, _| async { Ok(Value::Null) })).elsewhere().at_a_time(4).start().await;
    for _ in 0..60 {
        let id = queue.enqueue().await;
        // It may have ended already.
        if let Ok(steered) = jobs::cancel(&queue.db, &queue.ambient, id).await {
            steered.commit().await.unwrap();
        }
        let row = queue.ended(id).await;
        assert_eq!(row.lease, None, "{row:?}");
    }
}

#[tokio::test]
async fn a_job_that_has_ended_cannot_be_cancelled() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&scripted(|_, _| async { Ok(Value::Null) })).start().await;
    let id = queue.enqueue().await;
    queue.ended(id).await;
    let before = queue.written(id).await;
    let error = jobs::cancel(&queue.db, &queue.ambient, id).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(queue.written(id).await, before);
}

#[tokio::test]
async fn only_a_failed_or_cancelled_job_can_be_started_again() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let id = queue.enqueue().await;
    let try_it = async || match jobs::retry(&queue.db, &queue.ambient, id).await {
        Ok(steered) => steered.commit().await.map_err(|error| error.code()),
        Err(error) => Err(error.code()),
    };
    assert_eq!(try_it().await, Err(ErrorCode::Conflict), "it waits");
    let _worker = queue.worker(&waiting_at(&gate)).start().await;
    gate.reached().await;
    assert_eq!(try_it().await, Err(ErrorCode::Conflict), "it runs");
    gate.open(1);
    queue.ended(id).await;
    assert_eq!(try_it().await, Err(ErrorCode::Conflict), "it is completed");
}

/// A job of two tasks whose second fails, and the job with it, the first so many times.
fn failing_at_the_end(times: usize, calls: &Calls) -> Scripted {
    let calls = calls.clone();
    scripted(move |ctx, _| {
        let calls = calls.clone();
        async move {
            let good = ctx.task("stage", "good", async { Ok(calls.note("good")) }).await?;
            let work = async { if calls.note("bad") < times { Err(refused()) } else { Ok(()) } };
            match ctx.task("stage", "bad", work).await?.done() {
                Some(()) => Ok(json!(good.done())),
                None => Err(JobError::Fail(refused())),
            }
        }
    })
}

#[tokio::test]
async fn a_failed_job_that_is_started_again_repeats_only_what_failed() {
    let (queue, calls) = (Queue::new().await, Calls::default());
    let _worker = queue.worker(&failing_at_the_end(1, &calls)).start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Failed);
    retry(&queue, id).await;
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt, row.failure()), (JobStatus::Completed, 1, None));
    assert_eq!((calls.of("good"), calls.of("bad")), (1, 2));
    let story = queue.story(id).await;
    let second = ["failed", "queued", "attempt 1", "bad begins", "bad done, 2 of 0", "completed"];
    assert!(story.ends_with(&second.map(str::to_owned)), "{story:?}");
}

#[tokio::test]
async fn a_cancelled_job_that_is_started_again_repeats_only_what_was_not_finished() {
    let (queue, calls, gate) = (Queue::new().await, Calls::default(), Gate::new());
    let job = scripted({
        let (calls, gate) = (calls.clone(), gate.clone());
        move |ctx, _| {
            let (calls, gate) = (calls.clone(), gate.clone());
            async move {
                for task in ["first", "second"] {
                    let work = async {
                        calls.note(task);
                        if task == "second" {
                            gate.pass().await;
                        }
                        Ok(())
                    };
                    ctx.task("stage", task, work).await?;
                }
                Ok(Value::Null)
            }
        }
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    cancel(&queue, id).await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Cancelled);
    retry(&queue, id).await;
    gate.open(1);
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.cancel_requested), (JobStatus::Completed, false));
    assert_eq!((calls.of("first"), calls.of("second")), (1, 2));
}
