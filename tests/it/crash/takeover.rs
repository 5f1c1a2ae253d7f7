//! The jobs of a process that is gone, long before their leases end.

use serde_json::json;

use super::world::admin;
use crate::support::{Client, Process, TestDb, patience};

/// The lease is longer than any test waits.
const SETTINGS: &[(&str, &str)] = &[("JOB_LEASE_SECONDS", "600"), ("SAMPLE_DELAY_MS", "200")];

/// For a process that is killed before its job ends, however long another takes to start.
const SLOW: &[(&str, &str)] = &[("JOB_LEASE_SECONDS", "600"), ("SAMPLE_DELAY_MS", "20000")];

/// A job that the only worker has begun.
async fn begun(client: &Client) -> String {
    let job = client.onboard("Brightloom Analytics").await["id"].as_str().unwrap().to_owned();
    let query = "query($id: ID!) { job(id: $id) { status } }";
    patience(async {
        while client.ok(query, json!({"id": job})).await["job"]["status"] != "RUNNING" {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    job
}

#[tokio::test]
async fn the_jobs_of_a_killed_process_are_taken_over_by_another() {
    let db = TestDb::new().await;
    let killed = Process::start(&db, SLOW).await;
    let client = admin(&killed).await;
    let job = begun(&client).await;
    let other = Process::start(&db, SETTINGS).await;
    killed.kill9().await;
    let job = client.at(other.address).finished(&job).await;
    assert_eq!((&job["status"], &job["attempt"]), (&json!("COMPLETED"), &json!(2)), "{job:#}");
    other.terminate().await;
}

#[tokio::test]
async fn a_process_that_is_started_again_goes_on_with_its_jobs() {
    let db = TestDb::new().await;
    let killed = Process::start(&db, SLOW).await;
    let client = admin(&killed).await;
    let job = begun(&client).await;
    killed.kill9().await;
    let again = Process::start(&db, SETTINGS).await;
    let job = client.at(again.address).finished(&job).await;
    assert_eq!((&job["status"], &job["attempt"]), (&json!("COMPLETED"), &json!(2)), "{job:#}");
    again.terminate().await;
}

#[tokio::test]
async fn the_jobs_of_a_process_that_lives_are_left_to_it() {
    let db = TestDb::new().await;
    let first = Process::start(&db, SETTINGS).await;
    let client = admin(&first).await;
    let job = begun(&client).await;
    let second = Process::start(&db, SETTINGS).await;
    let job = client.finished(&job).await;
    assert_eq!((&job["status"], &job["attempt"]), (&json!("COMPLETED"), &json!(1)), "{job:#}");
    second.terminate().await;
    first.terminate().await;
}
