//! Work that repeats.

use chrono::TimeDelta;
use rapport::jobs::{JobEntity, JobRow, JobStatus, Schedule, ScheduledTask};
use sea_orm::{EntityTrait, Statement};

use super::support::{Probe, Queue, WorkerBuilder, eventually};

/// At this time of each day; the clock begins at nine in the morning.
fn daily(cron: &'static str) -> Schedule {
    Schedule::default().with(ScheduledTask::new::<Probe>("daily", cron, "For tests.", ()))
}

async fn all_jobs(queue: &Queue) -> Vec<JobRow> {
    JobEntity::find().all(queue.db.reader()).await.unwrap()
}

async fn fire(queue: &Queue, schedule: &Schedule) {
    schedule.fire(&queue.db, &queue.ambient).await.unwrap();
}

#[tokio::test]
async fn a_tick_fires_once_though_three_workers_watch() {
    let queue = Queue::new().await;
    let schedule = daily("0 4 * * *");
    fire(&queue, &schedule).await;
    let mut workers = Vec::new();
    for _ in 0..3 {
        workers.push(WorkerBuilder::new(&queue).schedule(&schedule).elsewhere().start().await);
    }
    for day in 1..=3 {
        queue.advance(TimeDelta::days(1));
        let is_completed = |job: &JobRow| job.status == JobStatus::Completed;
        eventually(|| async { all_jobs(&queue).await.iter().filter(|job| is_completed(job)).count() >= day }).await;
        // By now each of them has come by, or comes by here.
        let (one, two) = (queue.connect().await, queue.connect().await);
        let (one, two) = (schedule.fire(&one, &queue.ambient), schedule.fire(&two, &queue.ambient));
        let (one, two) = tokio::join!(one, two);
        one.and(two).unwrap();
        assert_eq!(all_jobs(&queue).await.len(), day);
    }
}

#[tokio::test]
async fn processes_that_come_to_a_tick_together_fire_it_once() {
    let queue = Queue::new().await;
    let schedule = daily("0 4 * * *");
    fire(&queue, &schedule).await;
    let connections = [queue.connect().await, queue.connect().await, queue.connect().await, queue.connect().await];
    for day in 1..=5 {
        queue.advance(TimeDelta::days(1));
        let firing = connections.iter().map(|db| schedule.fire(db, &queue.ambient));
        for fired in futures_util::future::join_all(firing).await {
            fired.unwrap();
        }
        assert_eq!(all_jobs(&queue).await.len(), day);
    }
}

#[tokio::test]
async fn nothing_fires_before_the_first_tick() {
    let queue = Queue::new().await;
    let schedule = daily("0 4 * * *");
    fire(&queue, &schedule).await;
    queue.advance(TimeDelta::hours(18));
    fire(&queue, &schedule).await;
    assert_eq!(all_jobs(&queue).await.len(), 0);
}

#[tokio::test]
async fn ticks_that_passed_while_nobody_ran_are_made_up_for_once() {
    let queue = Queue::new().await;
    let schedule = daily("0 4 * * *");
    fire(&queue, &schedule).await;
    queue.advance(TimeDelta::days(5));
    fire(&queue, &schedule).await;
    fire(&queue, &schedule).await;
    assert_eq!(all_jobs(&queue).await.len(), 1);
    queue.advance(TimeDelta::days(1));
    fire(&queue, &schedule).await;
    assert_eq!(all_jobs(&queue).await.len(), 2, "the next tick fires as usual");
}

#[tokio::test]
async fn a_changed_expression_is_taken_over() {
    let queue = Queue::new().await;
    fire(&queue, &daily("0 4 * * *")).await;
    let changed = daily("0 6 * * *");
    fire(&queue, &changed).await;
    queue.advance(TimeDelta::hours(20));
    fire(&queue, &changed).await;
    assert_eq!(all_jobs(&queue).await.len(), 0, "the old time has passed, the new one has not");
    queue.advance(TimeDelta::hours(1));
    fire(&queue, &changed).await;
    assert_eq!(all_jobs(&queue).await.len(), 1);
}

#[tokio::test]
async fn a_task_whose_expression_is_wrong_does_not_keep_the_others_from_firing() {
    let queue = Queue::new().await;
    let good = ScheduledTask::new::<Probe>("good", "0 4 * * *", "For tests.", ());
    let schedule = daily("no expression").with(good);
    let _ = schedule.fire(&queue.db, &queue.ambient).await;
    queue.advance(TimeDelta::days(1));
    let _ = schedule.fire(&queue.db, &queue.ambient).await;
    assert_eq!(all_jobs(&queue).await.len(), 1);
}

#[tokio::test]
async fn a_tick_that_a_clock_ahead_has_put_off_comes_at_its_time() {
    let queue = Queue::new().await;
    let schedule = daily("0 4 * * *");
    fire(&queue, &schedule).await;
    let sql = "UPDATE scheduled_tasks SET next_run_at = $1";
    let values = [(queue.now() + TimeDelta::days(365)).into()];
    queue.db.write_alone(Statement::from_sql_and_values(queue.db.backend(), sql, values)).await.unwrap();
    fire(&queue, &schedule).await;
    queue.advance(TimeDelta::days(1));
    fire(&queue, &schedule).await;
    assert_eq!(all_jobs(&queue).await.len(), 1);
}
