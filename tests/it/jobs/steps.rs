//! Checkpoints and progress: what a job did is kept, and told once.

use chrono::TimeDelta;
use futures_util::future::join_all;
use rapport::{
    error::ErrorCode,
    jobs::{Context, Failure, Job, JobError, JobStatus, Stage, StageCounts, TaskOutcome},
};
use serde_json::{Value, json};

use super::support::{Calls, Gate, Queue, Scripted, WorkerBuilder, busy, mark, refused, scripted};

const STAGES: [Stage; 2] = [Stage { name: "first", weight: 3.0 }, Stage { name: "second", weight: 1.0 }];

/// Does a task of the first stage that yields how often it was called before.
async fn counted(ctx: &Context, calls: &Calls, task: &str) -> Result<TaskOutcome<usize>, JobError> {
    ctx.task("first", task, async { Ok(calls.note(task)) }).await
}

/// A job of one stage with a task that is done and one that fails the first so many times; the attempt fails with it.
fn half_refused(times: usize, calls: &Calls) -> Scripted {
    let calls = calls.clone();
    scripted(move |ctx, _| {
        let calls = calls.clone();
        async move {
            ctx.plan(&STAGES).await;
            ctx.begin_stage("first", 2, "Beginning".to_owned()).await?;
            let good = counted(&ctx, &calls, "good").await?;
            let work = async { if calls.note("bad") < times { Err(refused()) } else { Ok(()) } };
            let bad = ctx.task("first", "bad", work).await?;
            ctx.end_stage("first", "Ended".to_owned()).await?;
            if bad.done().is_none() { Err(busy()) } else { Ok(json!(good.done())) }
        }
    })
}

#[tokio::test]
async fn a_finished_task_is_not_repeated_by_the_next_attempt_and_yields_what_it_yielded() {
    let (queue, calls) = (Queue::new().await, Calls::default());
    let _worker = queue.worker(&half_refused(1, &calls)).start().await;
    let id = queue.enqueue().await;
    queue.queued_again(id).await;
    queue.advance(TimeDelta::hours(1));
    let row = queue.ended(id).await;
    assert_eq!((row.status, row.attempt, calls.of("good")), (JobStatus::Completed, 2, 1));
    assert_eq!(row.output.as_deref(), Some("0"), "what the first call yielded");
}

#[tokio::test]
async fn a_failed_task_is_forgotten_by_a_retry_and_tried_again() {
    let (queue, calls) = (Queue::new().await, Calls::default());
    let _worker = queue.worker(&half_refused(2, &calls)).start().await;
    let id = queue.enqueue().await;
    for attempt in 1..=2 {
        queue.until(id, |row| row.status == JobStatus::Queued && row.attempt == attempt).await;
        queue.advance(TimeDelta::hours(1));
    }
    let row = queue.ended(id).await;
    assert_eq!((row.status, calls.of("bad"), calls.of("good")), (JobStatus::Completed, 3, 1));
    let (_, counts, is_complete) = row.stage_counts().remove(0);
    assert_eq!((counts, is_complete), (StageCounts { completed: 2, failed: 0, total: 2 }, true));
}

#[tokio::test]
async fn the_events_tell_each_step_once_with_its_counts() {
    let (queue, calls) = (Queue::new().await, Calls::default());
    let _worker = queue.worker(&half_refused(1, &calls)).start().await;
    let id = queue.enqueue().await;
    queue.queued_again(id).await;
    queue.advance(TimeDelta::hours(1));
    queue.ended(id).await;
    let first = ["queued", "attempt 1", "first begins, 0 of 2", "good begins", "good done, 1 of 2", "bad begins"];
    let failure = ["bad failed, 1 of 2", "first ends", "retry scheduled"];
    let second = ["attempt 2", "bad begins", "bad done, 2 of 2", "first ends", "completed"];
    assert_eq!(queue.story(id).await, [&first[..], &failure[..], &second[..]].concat());
}

#[tokio::test]
async fn a_failed_task_does_not_fail_its_job_and_its_failure_is_kept() {
    let (queue, calls) = (Queue::new().await, Calls::default());
    let job = scripted({
        let calls = calls.clone();
        move |ctx, _| {
            let calls = calls.clone();
            async move {
                for _ in 0..2 {
                    let work = async {
                        calls.note("bad");
                        Err::<(), _>(refused())
                    };
                    let outcome = ctx.task("first", "bad", work).await?;
                    assert_eq!(outcome, TaskOutcome::Failed(refused()));
                }
                Ok(Value::Null)
            }
        }
    });
    let _worker = queue.worker(&job).start().await;
    let row = queue.ended(queue.enqueue().await).await;
    assert_eq!((row.status, row.failure(), calls.of("bad")), (JobStatus::Completed, None, 1));
}

#[tokio::test]
async fn progress_never_falls_though_a_retry_takes_failed_tasks_back() {
    let (queue, calls) = (Queue::new().await, Calls::default());
    let _worker = queue.worker(&half_refused(1, &calls)).start().await;
    let id = queue.enqueue().await;
    let row = queue.queued_again(id).await;
    assert_eq!(row.progress, 0.75, "the first stage was dealt with");
    queue.advance(TimeDelta::hours(1));
    queue.ended(id).await;
    let progress: Vec<_> = queue.history(id).await.iter().map(|event| event.progress).collect();
    assert!(progress.is_sorted(), "{progress:?}");
    assert_eq!((progress[0], progress.last()), (0.0, Some(&1.0)));
}

#[tokio::test]
async fn tasks_that_run_side_by_side_are_counted_one_after_the_other() {
    let queue = Queue::new().await;
    let job = scripted(|ctx, _| async move {
        ctx.begin_stage("first", 10, "Beginning".to_owned()).await?;
        let tasks = (0..10).map(|n| {
            let ctx = ctx.clone();
            async move { ctx.task("first", &n.to_string(), async { Ok(()) }).await }
        });
        for outcome in join_all(tasks).await {
            outcome?;
        }
        Ok(Value::Null)
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Completed);
    let story = queue.story(id).await;
    let counts: Vec<_> = story.iter().filter_map(|words| words.split_once("done, ")).map(|(_, count)| count).collect();
    assert_eq!(counts, (1..=10).map(|n| format!("{n} of 10")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_task_commits_its_rows_its_checkpoint_and_its_event_together() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let job = scripted({
        let gate = gate.clone();
        move |ctx, _| {
            let gate = gate.clone();
            async move {
                let mut tx = ctx.begin().await?;
                mark(&**tx.tx()).await;
                gate.pass().await;
                ctx.commit_task(tx, "first", "write", &TaskOutcome::Done(())).await?;
                gate.pass().await;
                Ok(Value::Null)
            }
        }
    });
    let _worker = queue.worker(&job).elsewhere().start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    assert_eq!((queue.count("marks").await, queue.count("job_steps").await), (0, 0));
    assert_eq!(queue.story(id).await, ["queued", "attempt 1"]);
    gate.open(1);
    gate.reached().await;
    assert_eq!((queue.count("marks").await, queue.count("job_steps").await), (1, 1));
    assert_eq!(queue.story(id).await, ["queued", "attempt 1", "write done, 1 of 0"]);
    gate.open(1);
    queue.ended(id).await;
}

#[tokio::test]
async fn a_task_that_rolls_back_leaves_no_row_no_checkpoint_and_no_event() {
    let queue = Queue::new().await;
    let job = scripted(|ctx, _| async move {
        let mut tx = ctx.begin().await?;
        mark(&**tx.tx()).await;
        drop(tx);
        assert_eq!(ctx.finished::<()>("first", "write").await?, None);
        Ok(Value::Null)
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Completed);
    assert_eq!((queue.count("marks").await, queue.count("job_steps").await), (0, 0));
    assert_eq!(queue.story(id).await, ["queued", "attempt 1", "completed"]);
}

#[tokio::test]
async fn a_stage_that_grows_on_a_later_attempt_begins_and_ends_anew() {
    let queue = Queue::new().await;
    let job = scripted(|ctx, _| async move {
        let tasks = ctx.attempt();
        ctx.begin_stage("first", usize::try_from(tasks).unwrap(), "Beginning".to_owned()).await?;
        for n in 1..=tasks {
            ctx.task("first", &format!("task {n}"), async { Ok(()) }).await?;
        }
        ctx.end_stage("first", "Ended".to_owned()).await?;
        if tasks == 1 { Err(busy()) } else { Ok(Value::Null) }
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    queue.queued_again(id).await;
    queue.advance(TimeDelta::hours(1));
    queue.ended(id).await;
    let second = ["first begins, 0 of 2", "task 2 begins", "task 2 done, 2 of 2", "first ends", "completed"];
    assert!(queue.story(id).await.ends_with(&second.map(str::to_owned)), "{:?}", queue.story(id).await);
}

#[tokio::test]
async fn a_checkpoint_of_another_shape_fails_the_attempt_and_not_the_worker() {
    let queue = Queue::new().await;
    let job = scripted(|ctx, _| async move {
        ctx.task("first", "task", async { Ok("a text".to_owned()) }).await?;
        let outcome: TaskOutcome<Vec<u32>> =
            ctx.task("first", "task", async { Err(Failure::new(ErrorCode::Internal, "")) }).await?;
        Ok(json!(outcome.done()))
    });
    let _worker = queue.worker(&job).start().await;
    let row = queue.queued_again(queue.enqueue().await).await;
    assert_eq!(row.failure().unwrap().code, ErrorCode::Internal);
}

#[tokio::test]
async fn what_a_job_leaves_open_is_committed_with_its_end() {
    let queue = Queue::new().await;
    let job = scripted(|ctx, _| async move {
        let mut tx = ctx.begin().await?;
        mark(&**tx.tx()).await;
        ctx.leave(tx);
        Ok(Value::Null)
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Completed);
    assert_eq!(queue.count("marks").await, 1);
    assert_eq!(queue.story(id).await, ["queued", "attempt 1", "completed"]);
}

#[tokio::test]
async fn what_a_job_that_fails_had_left_open_is_not_written() {
    let queue = Queue::new().await;
    let job = scripted(|ctx, _| async move {
        let mut tx = ctx.begin().await?;
        mark(&**tx.tx()).await;
        ctx.leave(tx);
        Err(JobError::Fail(refused()))
    });
    let _worker = queue.worker(&job).start().await;
    let id = queue.enqueue().await;
    assert_eq!(queue.ended(id).await.status, JobStatus::Failed);
    assert_eq!(queue.count("marks").await, 0);
}

/// A job that waits at the gate, begins by writing, and waits there again.
struct WritingFirst(Gate);

impl Job for WritingFirst {
    const KIND: &'static str = "scripted";
    const BEGINS_BY_WRITING: bool = true;
    type Input = Value;
    type Output = ();

    async fn run(&self, ctx: Context, _: Value) -> Result<(), JobError> {
        self.0.pass().await;
        ctx.begin().await?.commit().await?;
        self.0.pass().await;
        // Of a second transaction nothing is told.
        ctx.begin().await?.commit().await
    }
}

#[tokio::test]
async fn the_first_transaction_of_a_job_that_begins_by_writing_tells_that_it_began() {
    let (queue, gate) = (Queue::new().await, Gate::new());
    let _worker = WorkerBuilder::new(&queue).with(WritingFirst(gate.clone())).start().await;
    let id = queue.enqueue().await;
    gate.reached().await;
    assert_eq!(queue.story(id).await, ["queued"]);
    gate.open(1);
    gate.reached().await;
    assert_eq!(queue.story(id).await, ["queued", "attempt 1"]);
    gate.open(1);
    queue.ended(id).await;
    assert_eq!(queue.story(id).await, ["queued", "attempt 1", "completed"]);
}
