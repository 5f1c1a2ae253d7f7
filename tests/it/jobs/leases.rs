//! Leases: who holds one writes, nobody else does.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rapport::{
    ambient::{Ambient, Clock},
    error::ErrorCode,
    events::EventLog,
    jobs::{Context, Failure, JobColumn, JobEntity, JobError, JobStatus, NewJob, TaskOutcome, enqueue},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::json;

use super::support::{
    Calls, Gate, JobId, Probe, Queue, Scripted, Stopped, TestWorker, endless_at_first, eventually, mark, scripted,
    waiting_at,
};
use crate::support::TestDb;

/// Longer than the lease of any worker here.
const LEASE_OVER: TimeDelta = TimeDelta::seconds(1001);

/// A job that waits at the gate after a first task, then tries every way to write.
fn late_writer(gate: &Gate, refusals: &Calls) -> Scripted {
    let (gate, refusals) = (gate.clone(), refusals.clone());
    scripted(move |ctx, _| {
        let (gate, refusals) = (gate.clone(), refusals.clone());
        async move {
            ctx.task("stage", "early", async { Ok(()) }).await?;
            // It begins while the lease is held and ends after the lease is lost.
            let late = ctx.task("stage", "late", async {
                gate.pass().await;
                Ok(())
            });
            note(&refusals, "the end of a task", late.await.map(drop));
            note(&refusals, "a task", ctx.task("stage", "later", async { Ok(()) }).await.map(drop));
            note(&refusals, "a stage", ctx.begin_stage("stage", 3, String::new()).await);
            note(&refusals, "a transaction", write(&ctx).await);
            Ok(json!("the late worker's"))
        }
    })
}

fn note(refusals: &Calls, what: &str, result: Result<(), JobError>) {
    if matches!(result, Err(JobError::Interrupted)) {
        refusals.note(what);
    }
}

async fn write(ctx: &Context) -> Result<(), JobError> {
    let mut tx = ctx.begin().await?;
    mark(&**tx.tx()).await;
    ctx.commit_task(tx, "stage", "write", &TaskOutcome::Done(())).await
}

/// A worker that has begun the job of [`late_writer`] and is at its gate. It looks for expired leases no more, and has no
/// room for the same job again when another gives it back.
async fn worker_at(gate: &Gate, queue: &Queue, job: &Scripted) -> (TestWorker, JobId) {
    let worker = queue.worker(job).without_polls().at_a_time(1).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    (worker, id)
}

fn assert_all_refused(refusals: &Calls) {
    for what in ["the end of a task", "a task", "a stage", "a transaction"] {
        assert_eq!(refusals.of(what), 1, "{what} should have been refused");
    }
}

#[tokio::test]
async fn a_worker_whose_lease_ran_out_writes_nothing_more() {
    let (queue, gate, refusals) = (Queue::new().await, Gate::new(), Calls::default());
    let (worker, id) = worker_at(&gate, &queue, &late_writer(&gate, &refusals)).await;
    let before = queue.written(id).await;
    queue.advance(LEASE_OVER);
    gate.open(1);
    worker.stop().await;
    assert_all_refused(&refusals);
    assert_eq!(queue.written(id).await, before);
}

#[tokio::test]
async fn a_worker_whose_job_was_taken_over_changes_nothing_of_what_the_other_wrote() {
    let (queue, gate, refusals) = (Queue::new().await, Gate::new(), Calls::default());
    let (late, id) = worker_at(&gate, &queue, &late_writer(&gate, &refusals)).await;
    queue.advance(LEASE_OVER);
    let other = scripted(|ctx, _| async move {
        write(&ctx).await?;
        Ok(json!("the other worker's"))
    });
    let _other = queue.worker(&other).elsewhere().start().await;
    assert_eq!(queue.ended(id).await.output.as_deref(), Some(r#""the other worker's""#));
    let before = queue.written(id).await;
    gate.open(1);
    late.stop().await;
    assert_all_refused(&refusals);
    assert_eq!(queue.written(id).await, before);
}

#[tokio::test]
async fn a_worker_whose_job_runs_elsewhere_now_cannot_end_it_there() {
    let (queue, gate, refusals) = (Queue::new().await, Gate::new(), Calls::default());
    let (late, id) = worker_at(&gate, &queue, &late_writer(&gate, &refusals)).await;
    queue.advance(LEASE_OVER);
    let other_gate = Gate::new();
    let other = scripted({
        let gate = other_gate.clone();
        move |_, _| {
            let gate = gate.clone();
            async move {
                gate.pass().await;
                Ok(json!("the other worker's"))
            }
        }
    });
    let _other = queue.worker(&other).elsewhere().start().await;
    other_gate.reached().await;
    let before = queue.written(id).await;
    gate.open(1);
    late.stop().await;
    assert_eq!(queue.written(id).await, before);
    other_gate.open(1);
    assert_eq!(queue.ended(id).await.output.as_deref(), Some(r#""the other worker's""#));
}

#[tokio::test]
async fn a_lost_worker_is_followed_by_another_attempt_and_its_finished_steps_are_kept() {
    let (queue, gate, refusals) = (Queue::new().await, Gate::new(), Calls::default());
    let (_late, id) = worker_at(&gate, &queue, &late_writer(&gate, &refusals)).await;
    queue.advance(LEASE_OVER);
    let other = scripted(|ctx, _| async move {
        let kept = ctx.finished::<()>("stage", "early").await?;
        Ok(json!([kept.is_some(), ctx.attempt()]))
    });
    let _other = queue.worker(&other).elsewhere().start().await;
    assert_eq!(queue.ended(id).await.output.as_deref(), Some("[true,2]"));
    let begin = ["queued", "attempt 1", "early begins", "early done, 1 of 0", "late begins"];
    assert_eq!(queue.story(id).await, [&begin[..], &["queued", "attempt 2", "completed"]].concat());
}

#[tokio::test]
async fn a_job_whose_workers_are_lost_again_and_again_is_given_up() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let job = waiting_at(&gate);
    let id = queue.enqueue().await;
    let mut lost = Vec::new();
    // Three attempts may fail; these have not.
    for _ in 0..21 {
        lost.push(queue.worker(&job).elsewhere().without_polls().at_a_time(1).start().await);
        gate.reached().await;
        queue.advance(LEASE_OVER);
    }
    let _watcher = queue.worker(&job).start().await;
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt, row.failures, row.lease), (JobStatus::Failed, 21, 0, None));
    assert_eq!(row.completed_at, Some(queue.now()));
    let story = queue.story(id).await;
    assert_eq!(&story[story.len() - 4..], ["attempt 20", "queued", "attempt 21", "failed"]);
}

#[tokio::test]
async fn a_lost_worker_takes_none_of_the_attempts_that_may_fail() {
    let queue = Queue::new().await;
    let job = scripted(|_, _| async move {
        Err(JobError::Retry { failure: Failure::new(ErrorCode::Internal, "no luck"), after: None })
    });
    let id = queue.enqueue().await;
    let change = JobEntity::update_many().col_expr(JobColumn::Attempt, Expr::value(5));
    let tx = queue.db.begin().await.unwrap();
    change.filter(JobColumn::Id.eq(id)).exec(&*tx).await.unwrap();
    tx.commit().await.unwrap();
    let _worker = queue.worker(&job).start().await;
    for failures in 1..=2 {
        queue.until(id, |row| row.status == JobStatus::Queued && row.failures == failures).await;
        queue.advance(TimeDelta::minutes(10));
    }
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt), (JobStatus::Failed, 8));
}

#[tokio::test]
async fn a_lease_is_renewed_while_its_job_runs() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let job = waiting_at(&gate);
    let _worker = queue.worker(&job).lease(Duration::from_secs(2)).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    for _ in 0..3 {
        queue.advance(TimeDelta::milliseconds(1500));
        let renewed = Some(queue.now() + TimeDelta::seconds(2));
        eventually(|| async { queue.row(id).await.lease_until == renewed }).await;
    }
    gate.open(1);
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt), (JobStatus::Completed, 1));
}

#[tokio::test]
async fn the_work_of_a_lost_lease_is_stopped() {
    let (queue, stopped) = (Queue::new().await, Stopped::default());
    let _worker = queue.worker(&endless_at_first(&stopped)).lease(Duration::from_secs(2)).start().await;
    let id = queue.enqueue().await;
    stopped.has_begun().await;
    queue.advance(TimeDelta::seconds(3));
    stopped.has_stopped().await;
    assert_eq!(queue.ended(id).await.attempt, 2);
}

/// Writes the times of a job as a process whose clock is an hour ahead would.
async fn write_times(queue: &Queue, id: JobId, times: &[(JobColumn, DateTime<Utc>)]) {
    let mut update = JobEntity::update_many().filter(JobColumn::Id.eq(id));
    for (column, time) in times {
        update = update.col_expr(*column, Expr::value(*time));
    }
    let tx = queue.db.begin().await.unwrap();
    update.exec(&*tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_lease_further_ahead_than_its_length_counts_as_run_out() {
    let (queue, gate, refusals) = (Queue::new().await, Gate::new(), Calls::default());
    let (_late, id) = worker_at(&gate, &queue, &late_writer(&gate, &refusals)).await;
    write_times(&queue, id, &[(JobColumn::LeaseUntil, queue.now() + TimeDelta::hours(1))]).await;
    let other = scripted(|_, _| async { Ok(json!("the other worker's")) });
    let _other = queue.worker(&other).elsewhere().start().await;
    assert_eq!(queue.ended(id).await.output.as_deref(), Some(r#""the other worker's""#));
}

#[tokio::test]
async fn a_job_that_was_put_off_by_a_clock_that_was_ahead_waits_as_long_as_it_was_to_wait() {
    let queue = Queue::new().await;
    let (at_once, later) = (queue.enqueue().await, queue.enqueue().await);
    let ahead = queue.now() + TimeDelta::hours(1);
    write_times(&queue, at_once, &[(JobColumn::RunAt, ahead), (JobColumn::UpdatedAt, ahead)]).await;
    let retry = ahead + TimeDelta::seconds(8);
    write_times(&queue, later, &[(JobColumn::RunAt, retry), (JobColumn::UpdatedAt, ahead)]).await;
    let _worker = queue.worker(&scripted(|_, _| async { Ok(json!("done")) })).start().await;
    queue.ended(at_once).await;
    eventually(|| async { queue.row(later).await.run_at == queue.now() + TimeDelta::seconds(8) }).await;
    queue.advance(TimeDelta::seconds(9));
    queue.ended(later).await;
}

/// A machine whose clock is wrong.
struct Ahead;

impl Clock for Ahead {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::hours(1)
    }

    fn is_wall_clock(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn the_time_of_the_queue_is_that_of_postgresql() {
    let queue = Queue::new().await;
    let ambient = Ambient::seeded(Arc::new(Ahead), 7);
    let db = queue.connect().await;
    EventLog::open(&db, &ambient).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let job = enqueue::<Probe>(&mut tx, &ambient, NewJob::new((), None)).await.unwrap().job;
    let is_right = (job.run_at - Utc::now()).abs() < TimeDelta::minutes(30);
    assert_eq!(is_right, TestDb::is_postgres(), "{}", job.run_at);
}
