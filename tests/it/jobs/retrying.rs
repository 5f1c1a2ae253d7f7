//! Attempts that fail.

use std::time::Duration;

use chrono::TimeDelta;
use rapport::{
    error::ErrorCode,
    jobs::{JobError, JobEventKind, JobStatus},
};
use serde_json::{Value, json};

use super::support::{Calls, Queue, Scripted, busy, hasty, refused, scripted};

/// A job whose first so many attempts say that they may succeed later.
fn busy_at_first(attempts: i32) -> Scripted {
    scripted(move |ctx, _| async move { if ctx.attempt() <= attempts { Err(busy()) } else { Ok(json!("done")) } })
}

#[tokio::test]
async fn a_failed_attempt_is_followed_by_another_after_a_pause_that_is_kept_in_the_row() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&busy_at_first(1)).start().await;
    let id = queue.enqueue().await;
    let row = queue.queued_again(id).await;
    let pause = row.run_at - queue.now();
    assert!(pause >= TimeDelta::seconds(1) && pause <= TimeDelta::seconds(3), "{pause}");
    assert_eq!((row.attempt, row.lease, row.failure().unwrap().code), (1, None, ErrorCode::ProviderUnavailable));

    queue.advance(pause - TimeDelta::milliseconds(1));
    queue.look_through().await;
    assert_eq!(queue.row(id).await.attempt, 1, "the pause is not over");
    queue.advance(TimeDelta::milliseconds(1));
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt), (JobStatus::Completed, 2));
    assert_eq!(queue.story(id).await, ["queued", "attempt 1", "retry scheduled", "attempt 2", "completed"]);
}

#[tokio::test]
async fn the_event_of_a_failed_attempt_tells_why_and_when_the_next_begins() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&busy_at_first(1)).start().await;
    let id = queue.enqueue().await;
    let row = queue.queued_again(id).await;
    let event = queue.history(id).await.pop().unwrap();
    assert_eq!(event.kind, JobEventKind::RetryScheduled { failure: row.failure().unwrap(), run_at: row.run_at });
}

#[tokio::test]
async fn the_pauses_grow() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&busy_at_first(2)).start().await;
    let id = queue.enqueue().await;
    queue.queued_again(id).await;
    queue.advance(TimeDelta::seconds(3));
    let row = queue.until(id, |row| row.status == JobStatus::Queued && row.attempt == 2).await;
    let pause = row.run_at - queue.now();
    assert!(pause >= TimeDelta::seconds(2) && pause <= TimeDelta::seconds(6), "{pause}");
}

#[tokio::test]
async fn the_pause_that_the_other_side_asks_for_is_kept() {
    let queue = Queue::new().await;
    let job = scripted(|_, _| async {
        let JobError::Retry { failure, .. } = busy() else { unreachable!() };
        Err(JobError::Retry { failure, after: Some(Duration::from_secs(120)) })
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.queued_again(id).await.run_at - queue.now(), TimeDelta::seconds(120));
}

#[tokio::test]
async fn a_job_is_given_up_after_its_last_attempt() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&busy_at_first(3)).start().await;
    let id = queue.enqueue().await;
    for attempt in 1..=2 {
        queue.until(id, |row| row.status == JobStatus::Queued && row.attempt == attempt).await;
        queue.advance(TimeDelta::hours(1));
    }
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt, row.completed_at), (JobStatus::Failed, 3, Some(queue.now())));
    assert_eq!(row.failure().unwrap().message, "The other side is busy.");
    let story = queue.story(id).await;
    let expected = ["queued", "attempt 1", "retry scheduled", "attempt 2", "retry scheduled", "attempt 3", "failed"];
    assert_eq!(story, expected);
}

#[tokio::test]
async fn what_cannot_succeed_is_not_tried_again() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&scripted(|_, _| async { Err(JobError::Fail(refused())) })).start().await;
    let row = queue.ended(queue.enqueue().await).await;
    assert_eq!((row.status, row.attempt, row.failure()), (JobStatus::Failed, 1, Some(refused())));
}

#[tokio::test]
async fn an_error_is_forgotten_when_a_later_attempt_succeeds() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&busy_at_first(1)).start().await;
    let id = queue.enqueue().await;
    assert!(queue.queued_again(id).await.failure().is_some());
    queue.advance(TimeDelta::hours(1));
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.failure()), (JobStatus::Completed, None));
}

#[tokio::test]
async fn a_panic_counts_as_a_failed_attempt_and_shows_nothing_of_the_inside() {
    let queue = Queue::new().await;
    let job = scripted(|ctx, _| async move {
        assert!(ctx.attempt() > 1, "internal: password is hunter2");
        Ok(Value::Null)
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    let failure = queue.queued_again(id).await.failure().unwrap();
    assert_eq!(failure.code, ErrorCode::Internal);
    assert!(!failure.message.contains("hunter2"), "{}", failure.message);
    let events = serde_json::to_string(&queue.history(id).await).unwrap();
    assert!(!events.contains("hunter2"), "{events}");
    queue.advance(TimeDelta::hours(1));
    assert_eq!(queue.ended(id).await.attempt, 2);
}

#[tokio::test]
async fn a_database_error_shows_nothing_of_the_inside() {
    let queue = Queue::new().await;
    let job = scripted(|_, _| async { Err(sea_orm::DbErr::Custom("column secret_column".to_owned()).into()) });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    let failure = queue.queued_again(id).await.failure().unwrap();
    assert_eq!(failure.code, ErrorCode::Internal);
    assert!(!failure.message.contains("secret_column"), "{}", failure.message);
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_stopped_and_tried_again() {
    let queue = Queue::new().await;
    let job = hasty(|ctx, _| async move {
        if ctx.attempt() == 1 {
            std::future::pending::<()>().await;
        }
        Ok(Value::Null)
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.queued_again(id).await.failure().unwrap().code, ErrorCode::Timeout);
    queue.advance(TimeDelta::hours(1));
    assert_eq!(queue.ended(id).await.attempt, 2);
}

#[tokio::test]
async fn an_input_that_the_kind_cannot_read_any_more_does_not_hold_up_the_worker() {
    let queue = Queue::new().await;
    let calls = Calls::default();
    let job = scripted({
        let calls = calls.clone();
        move |_, _| {
            calls.note("run");
            async { Ok(Value::Null) }
        }
    });
    let id = queue.enqueue().await;
    let tx = queue.db.begin().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&*tx, "UPDATE jobs SET input = 'no JSON'").await.unwrap();
    tx.commit().await.unwrap();
    let _worker = queue.worker(&job).start().await;
    assert_eq!(queue.queued_again(id).await.failure().unwrap().code, ErrorCode::Internal);
    queue.look_through().await;
    assert_eq!(calls.of("run"), 0);
}
