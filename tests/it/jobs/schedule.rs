//! Work that repeats.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use rapport::{
    jobs::{JobEntity, JobRow, JobStatus, NewSchedule, Schedule, ScheduledTask, delete_schedule, set_schedule},
    periods::Zone,
};
use sea_orm::{EntityTrait, Statement};
use serde_json::json;

use super::support::{Probe, Queue, Scripted, WorkerBuilder, eventually};

/// At this time of each day; the clock begins at nine in the morning.
fn daily(cron: &'static str) -> Schedule {
    Schedule::default().with(ScheduledTask::new::<Probe>("daily", cron, "For tests.", ()))
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
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

/// A schedule in a time zone that a test can change.
fn in_zone(zone: &Arc<Mutex<&'static str>>) -> Schedule {
    let zone = Arc::clone(zone);
    daily("0 4 * * *").in_zone(move |_| {
        let zone = Zone::parse(*zone.lock().unwrap()).unwrap();
        Box::pin(async move { Ok(zone) })
    })
}

async fn next_run(queue: &Queue, schedule: &Schedule) -> DateTime<Utc> {
    schedule.states(&queue.db, &queue.ambient).await.unwrap()[0].next_run_at.unwrap()
}

#[tokio::test]
async fn a_task_moves_with_the_time_zone_and_a_tick_that_was_due_is_not_lost() {
    let queue = Queue::new().await;
    let zone = Arc::new(Mutex::new("UTC"));
    let schedule = in_zone(&zone);
    fire(&queue, &schedule).await;
    assert_eq!(next_run(&queue, &schedule).await, time("2026-03-15T04:00:00Z"));
    *zone.lock().unwrap() = "America/New_York";
    assert_eq!(next_run(&queue, &schedule).await, time("2026-03-15T08:00:00Z"), "before a worker has come by");
    fire(&queue, &schedule).await;
    assert_eq!(next_run(&queue, &schedule).await, time("2026-03-15T08:00:00Z"));
    queue.advance(TimeDelta::hours(22));
    fire(&queue, &schedule).await;
    assert_eq!(all_jobs(&queue).await.len(), 0, "the old time has passed, the new one has not");
    queue.advance(TimeDelta::hours(2));
    *zone.lock().unwrap() = "UTC";
    fire(&queue, &schedule).await;
    assert_eq!(all_jobs(&queue).await.len(), 1, "it was due by the old clocks");
    assert_eq!(next_run(&queue, &schedule).await, time("2026-03-16T04:00:00Z"));
}

#[tokio::test]
async fn a_tick_that_was_missed_stands_for_the_latest_time() {
    let queue = Queue::new().await;
    let schedule = daily("0 4 * * *");
    fire(&queue, &schedule).await;
    queue.advance(TimeDelta::days(5));
    fire(&queue, &schedule).await;
    let state = schedule.states(&queue.db, &queue.ambient).await.unwrap().remove(0);
    let last = state.last_run.unwrap();
    assert_eq!((last.tick, last.at), (time("2026-03-19T04:00:00Z"), queue.now()));
    let [job] = all_jobs(&queue).await.try_into().unwrap();
    assert_eq!((last.job, job.idempotency_key), (job.id, Some(format!("daily@{}", last.tick.timestamp()))));
}

#[tokio::test]
async fn a_task_that_is_run_by_hand_keeps_its_tick() {
    let queue = Queue::new().await;
    let schedule = daily("0 4 * * *");
    fire(&queue, &schedule).await;
    let mut tx = queue.db.begin().await.unwrap();
    let by_hand = schedule.tasks()[0].run_now(&mut tx, &queue.ambient, uuid::Uuid::nil()).await;
    assert!(by_hand.unwrap().is_new);
    tx.commit().await.unwrap();
    queue.advance(TimeDelta::days(1));
    fire(&queue, &schedule).await;
    assert_eq!(all_jobs(&queue).await.len(), 2);
}

/// Times of a domain's object, and when they come.
const VECTORS: [(&str, &str, &str, &[&str]); 9] = [
    (
        "0 8 * * *",
        "Europe/Berlin",
        "2026-10-23T12:00:00Z",
        &["2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z", "2026-10-26T07:00:00Z"],
    ),
    ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
    ("30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", &["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]),
    ("0 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", &["2027-03-14T07:00:00Z", "2027-03-15T06:00:00Z"]),
    ("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
    ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", &["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
    ("0 0 * * *", "America/Santiago", "2027-09-04T12:00:00Z", &["2027-09-05T04:00:00Z", "2027-09-06T03:00:00Z"]),
    ("0 9 * * *", "Asia/Kolkata", "2026-10-24T12:00:00Z", &["2026-10-25T03:30:00Z", "2026-10-26T03:30:00Z"]),
    (
        "@monthly 31 09:00",
        "UTC",
        "2026-11-01T00:00:00Z",
        &[
            "2026-11-30T09:00:00Z",
            "2026-12-31T09:00:00Z",
            "2027-01-31T09:00:00Z",
            "2027-02-28T09:00:00Z",
            "2027-03-31T09:00:00Z",
        ],
    ),
];

/// Schedules whose jobs say of what they are, and for when.
fn reports() -> Schedule {
    Schedule::default().with_kind::<Scripted>("report", |tick| json!([tick.subject, tick.at]))
}

async fn set(queue: &Queue, subject: &str, (recurrence, zone): (&str, &str)) -> DateTime<Utc> {
    let (recurrence, zone) = (recurrence.parse().unwrap(), Zone::parse(zone).unwrap());
    let tx = queue.db.begin().await.unwrap();
    let new = NewSchedule { kind: "report", subject, recurrence: &recurrence, zone: &zone };
    let next = set_schedule(&tx, &queue.ambient, new).await.unwrap();
    tx.commit().await.unwrap();
    next
}

/// What the jobs of an object are for.
async fn made(queue: &Queue, subject: &str) -> Vec<DateTime<Utc>> {
    let inputs = all_jobs(queue).await.into_iter().map(|job| serde_json::from_str(&job.input).unwrap());
    let mut ticks: Vec<_> = inputs.filter(|(of, _): &(String, _)| of == subject).map(|(_, tick)| tick).collect();
    ticks.sort();
    ticks
}

#[tokio::test]
async fn schedules_of_domains_run_on_the_clocks_of_their_zone_through_every_change() {
    let queue = Queue::new().await;
    let schedule = reports();
    for (number, (recurrence, zone, after, expected)) in VECTORS.into_iter().enumerate() {
        let subject = format!("rep_{number}");
        queue.advance(time(after) - queue.now());
        let expected: Vec<_> = expected.iter().map(|tick| time(tick)).collect();
        assert_eq!(set(&queue, &subject, (recurrence, zone)).await, expected[0], "{recurrence} in {zone}");
        for (count, tick) in expected.iter().enumerate() {
            queue.advance(*tick - queue.now() - TimeDelta::seconds(1));
            fire(&queue, &schedule).await;
            assert_eq!(made(&queue, &subject).await, expected[..count], "{recurrence} in {zone}");
            queue.advance(TimeDelta::seconds(1));
            fire(&queue, &schedule).await;
            assert_eq!(made(&queue, &subject).await, expected[..=count], "{recurrence} in {zone}");
        }
        let tx = queue.db.begin().await.unwrap();
        delete_schedule(&tx, "report", &subject).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(queue.count("scheduled_tasks").await, 0);
}

#[tokio::test]
async fn a_schedule_that_was_missed_runs_once_though_two_processes_see_it() {
    let queue = Queue::new().await;
    let (one, two) = (queue.connect().await, queue.connect().await);
    let schedule = reports();
    set(&queue, "rep_1", ("0 9 * * *", "Europe/Berlin")).await;
    queue.advance(TimeDelta::days(5));
    let (first, second) = tokio::join!(schedule.fire(&one, &queue.ambient), schedule.fire(&two, &queue.ambient));
    first.and(second).unwrap();
    assert_eq!(made(&queue, "rep_1").await, [time("2026-03-19T08:00:00Z")]);
    // Set anew, it is another.
    let next = set(&queue, "rep_1", ("0 18 * * *", "Europe/Berlin")).await;
    assert_eq!(next, time("2026-03-19T17:00:00Z"));
    assert_eq!(queue.count("scheduled_tasks").await, 1);
}

#[tokio::test]
async fn schedules_that_cannot_fire_keep_none_of_their_kind_from_it() {
    let queue = Queue::new().await;
    let schedule = reports();
    // More than are read at a time, and due before the others.
    for n in 0..=100 {
        set(&queue, &format!("broken_{n:03}"), ("0 8 * * *", "Europe/Berlin")).await;
    }
    let sql = "UPDATE scheduled_tasks SET time_zone = 'Nowhere'";
    queue.db.write_alone(Statement::from_string(queue.db.backend(), sql)).await.unwrap();
    for n in 0..120 {
        set(&queue, &format!("rep_{n:03}"), ("0 9 * * *", "Europe/Berlin")).await;
    }
    queue.advance(TimeDelta::days(1));
    let fired = || async { all_jobs(&queue).await.len() };
    let error = schedule.fire(&queue.db, &queue.ambient).await;
    assert!(error.is_err(), "the others are told of");
    assert!(fired().await > 0);
    for _ in 0..2 {
        let _ = schedule.fire(&queue.db, &queue.ambient).await;
        assert_eq!(fired().await, 120);
    }
}

#[tokio::test]
async fn a_tick_that_is_due_survives_a_change_of_its_schedule() {
    let queue = Queue::new().await;
    let schedule = reports();
    set(&queue, "rep_1", ("0 9 * * *", "UTC")).await;
    queue.advance(time("2026-03-15T09:00:01Z") - queue.now());
    let next = set(&queue, "rep_1", ("0 18 * * *", "UTC")).await;
    assert_eq!(next, time("2026-03-15T18:00:00Z"));
    fire(&queue, &schedule).await;
    assert_eq!(made(&queue, "rep_1").await, [time("2026-03-15T09:00:00Z")]);
    queue.advance(TimeDelta::hours(9));
    fire(&queue, &schedule).await;
    assert_eq!(made(&queue, "rep_1").await, [time("2026-03-15T09:00:00Z"), next]);
    // The server's own tasks alike, when a release changes their times.
    fire(&queue, &daily("0 4 * * *")).await;
    queue.advance(TimeDelta::days(1));
    fire(&queue, &daily("0 20 * * *")).await;
    fire(&queue, &daily("0 20 * * *")).await;
    let daily = all_jobs(&queue).await.into_iter().filter(|job| job.kind != "scripted").count();
    assert_eq!(daily, 1);
}
