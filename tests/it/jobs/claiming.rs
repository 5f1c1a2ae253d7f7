//! Which job is run, when, and by whom.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use rapport::jobs::{JobEntity, JobStatus, NewJob, enqueue};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use super::support::{Calls, Gate, Queue, Scripted, limited, mark, scripted};

#[tokio::test]
async fn each_of_many_jobs_runs_once_though_four_workers_want_them() {
    let queue = Queue::new().await;
    let calls = Calls::default();
    let job = scripted({
        let calls = calls.clone();
        move |ctx, _| {
            calls.note(ctx.id());
            async { Ok(Value::Null) }
        }
    });
    let mut workers = Vec::new();
    for _ in 0..4 {
        workers.push(queue.worker(&job).elsewhere().start().await);
    }
    let mut jobs = Vec::new();
    let mut tx = queue.db.begin().await.unwrap();
    for _ in 0..200 {
        let new = NewJob::new(Value::Null, None);
        jobs.push(enqueue::<Scripted>(&mut tx, &queue.ambient, new).await.unwrap().job.id);
    }
    tx.commit().await.unwrap();
    for id in jobs {
        let row = queue.ended(id).await;
        assert_eq!((row.status, row.attempt, calls.of(id)), (JobStatus::Completed, 1, 1));
    }
}

#[tokio::test]
async fn what_a_job_yields_is_kept_in_its_row() {
    let queue = Queue::new().await;
    let job = scripted(|_, input: Value| async move { Ok(json!({ "twice": input.as_i64().unwrap() * 2 })) });
    let _worker = queue.worker(&job).start().await;
    let row = queue.ended(queue.put(NewJob::new(json!(21), None)).await).await;
    assert_eq!(row.output.as_deref(), Some(r#"{"twice":42}"#));
    assert_eq!((row.progress, row.completed_at, row.lease), (1.0, Some(queue.now()), None));
}

#[tokio::test]
async fn a_higher_priority_runs_first_and_then_what_is_due_longer() {
    let queue = Queue::new().await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let job = scripted({
        let order = order.clone();
        move |_, input| {
            order.lock().unwrap().push(input);
            async { Ok(Value::Null) }
        }
    });
    for (name, priority, due_for) in [("new", 0, 0), ("old", 0, 9), ("low", -1, 99), ("high", 5, 1)] {
        let run_at = Some(queue.now() - TimeDelta::seconds(due_for));
        queue.put(NewJob { priority, run_at, ..NewJob::new(json!(name), None) }).await;
    }
    let _worker = queue.worker(&job).at_a_time(1).start().await;
    queue.look_through().await;
    assert_eq!(*order.lock().unwrap(), ["high", "old", "new", "low"]);
}

#[tokio::test]
async fn a_job_is_not_run_before_its_time() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&scripted(|_, _| async { Ok(Value::Null) })).start().await;
    let run_at = Some(queue.now() + TimeDelta::hours(1));
    let id = queue.put(NewJob { run_at, ..NewJob::new(Value::Null, None) }).await;
    queue.advance(TimeDelta::minutes(59));
    queue.look_through().await;
    assert_eq!(queue.row(id).await.status, JobStatus::Queued);
    queue.advance(TimeDelta::minutes(1));
    assert_eq!(queue.ended(id).await.status, JobStatus::Completed);
}

#[tokio::test]
async fn a_worker_runs_no_more_jobs_of_a_kind_than_the_kind_allows() {
    let queue = Queue::new().await;
    let (gate, running, most) = (Gate::new(), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let job = limited({
        let (gate, running, most) = (gate.clone(), running.clone(), most.clone());
        move |_, _| {
            let (gate, running, most) = (gate.clone(), running.clone(), most.clone());
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                gate.pass().await;
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(Value::Null)
            }
        }
    });
    let mut jobs = Vec::new();
    for _ in 0..6 {
        jobs.push(queue.enqueue().await);
    }
    let _worker = queue.worker(&job).start().await;
    gate.reached().await;
    gate.reached().await;
    // A job of another kind still runs; the other four wait.
    queue.look_through().await;
    gate.open(6);
    for id in jobs {
        assert_eq!(queue.ended(id).await.status, JobStatus::Completed);
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_job_of_a_kind_that_the_worker_does_not_know_is_left_alone() {
    let queue = Queue::new().await;
    let id = queue.enqueue().await;
    let _worker = super::support::WorkerBuilder::new(&queue).start().await;
    queue.look_through().await;
    assert_eq!(queue.row(id).await.status, JobStatus::Queued);
}

#[tokio::test]
async fn a_job_that_is_put_in_by_a_transaction_that_rolls_back_was_never_there() {
    let queue = Queue::new().await;
    let mut tx = queue.db.begin().await.unwrap();
    enqueue::<Scripted>(&mut tx, &queue.ambient, NewJob::new(Value::Null, None)).await.unwrap();
    drop(tx);
    // The next transaction waits until the one before is over.
    queue.db.begin().await.unwrap().commit().await.unwrap();
    assert_eq!((queue.count("jobs").await, queue.count("events").await), (0, 0));
}

#[tokio::test]
async fn a_job_appears_together_with_the_rows_of_its_transaction() {
    let queue = Queue::new().await;
    let _worker = queue.worker(&scripted(|_, _| async { Ok(Value::Null) })).elsewhere().start().await;
    let mut tx = queue.db.begin().await.unwrap();
    let row = enqueue::<Scripted>(&mut tx, &queue.ambient, NewJob::new(Value::Null, None)).await.unwrap();
    mark(&*tx).await;
    assert_eq!(JobEntity::find().count(queue.db.reader()).await.unwrap(), 0);
    assert_eq!(queue.count("marks").await, 0);
    tx.commit().await.unwrap();
    assert_eq!(queue.count("marks").await, 1);
    assert_eq!(queue.ended(row.job.id).await.status, JobStatus::Completed);
}
