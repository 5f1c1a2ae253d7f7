//! What is old is deleted, by jobs of their own.

use chrono::{DateTime, TimeDelta, Utc};
use rapport::{
    domains::identity::PurgeSessions,
    jobs::{Job, JobEntity, JobRow, JobStatus, NewJob, PurgeJobs, enqueue},
};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::json;

use crate::support::TestApp;

/// Has a job without an input done, and waits for it.
async fn run<J: Job<Input = ()>>(app: &TestApp) {
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<J>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    assert_eq!(app.admin().await.finished(&job.id.to_string()).await["status"], "COMPLETED");
}

fn ended(app: &TestApp, status: JobStatus, at: DateTime<Utc>) -> JobRow {
    JobRow { status, completed_at: Some(at), ..app.job(None, at - TimeDelta::hours(1)) }
}

#[tokio::test]
async fn jobs_that_ended_before_the_retention_are_deleted_however_many_and_no_others() {
    let app = TestApp::builder().set("JOB_RETENTION_DAYS", 30).start().await;
    let now = app.app.ambient.now();
    let (old, young) = (now - TimeDelta::days(31), now - TimeDelta::days(29));
    let gone = [JobStatus::Completed, JobStatus::Failed, JobStatus::Cancelled];
    app.insert((0..1201).map(|n| ended(&app, gone[n % 3], old))).await;
    let waiting = app.job(None, old);
    let kept = [ended(&app, JobStatus::Completed, young), JobRow { run_at: now + TimeDelta::days(1), ..waiting }];
    app.insert(kept.clone()).await;
    run::<PurgeJobs>(&app).await;
    let left = JobEntity::find().all(app.app.db.reader()).await.unwrap();
    let of_test: Vec<_> = left.into_iter().filter(|job| job.kind == "of_a_test").map(|job| job.id).collect();
    assert_eq!(of_test.len(), 2);
    assert!(kept.iter().all(|job| of_test.contains(&job.id)));
}

#[tokio::test]
async fn sessions_are_deleted_a_week_after_they_expired() {
    let app = TestApp::builder().set("REFRESH_TOKEN_DAYS", 1).start().await;
    let count = async || {
        let query = "SELECT count(*) AS n FROM sessions";
        let backend = app.app.db.reader().get_database_backend();
        let row = app.app.db.reader().query_one_raw(sea_orm::Statement::from_string(backend, query)).await.unwrap();
        row.unwrap().try_get::<i64>("", "n").unwrap()
    };
    app.admin().await;
    app.advance(TimeDelta::days(7));
    run::<PurgeSessions>(&app).await;
    assert_eq!(count().await, 2, "one that has expired, and the one of the run");
    app.advance(TimeDelta::days(2));
    run::<PurgeSessions>(&app).await;
    // The first is gone; that of the first run has expired two days ago.
    assert_eq!(count().await, 2);
    app.admin().await.ok("{ viewer { credential } }", json!({})).await;
}
