//! One key, one job.

use std::collections::BTreeSet;

use rapport::{
    error::{Error, ErrorCode},
    jobs::{JobRow, NewJob, enqueue},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{Probe, Queue, Scripted};
use crate::support::patience;

const ALICE: Uuid = Uuid::from_u128(1);
const BOB: Uuid = Uuid::from_u128(2);

fn keyed(input: Value, owner: Option<Uuid>) -> NewJob<Value> {
    NewJob { idempotency_key: Some("key".to_owned()), ..NewJob::new(input, owner) }
}

async fn put(queue: &Queue, new: NewJob<Value>) -> Result<JobRow, Error> {
    let mut tx = queue.db.begin().await?;
    let row = enqueue::<Scripted>(&mut tx, &queue.ambient, new).await?.job;
    tx.commit().await?;
    Ok(row)
}

#[tokio::test]
async fn the_same_key_and_input_return_the_job_made_first() {
    let queue = Queue::new().await;
    let first = put(&queue, keyed(json!(1), Some(ALICE))).await.unwrap();
    let again = put(&queue, keyed(json!(1), Some(ALICE))).await.unwrap();
    assert_eq!(first, again);
    assert_eq!((queue.count("jobs").await, queue.count("events").await), (1, 1));
}

#[tokio::test]
async fn the_same_key_with_another_input_is_refused() {
    let queue = Queue::new().await;
    put(&queue, keyed(json!(1), Some(ALICE))).await.unwrap();
    let error = put(&queue, keyed(json!(2), Some(ALICE))).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::IdempotencyMismatch);
}

#[tokio::test]
async fn the_same_key_for_another_kind_of_job_is_refused() {
    let queue = Queue::new().await;
    put(&queue, keyed(Value::Null, Some(ALICE))).await.unwrap();
    let mut tx = queue.db.begin().await.unwrap();
    let probe = NewJob { idempotency_key: Some("key".to_owned()), ..NewJob::new((), Some(ALICE)) };
    let error = enqueue::<Probe>(&mut tx, &queue.ambient, probe).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::IdempotencyMismatch);
}

#[tokio::test]
async fn a_key_belongs_to_its_owner() {
    let queue = Queue::new().await;
    let mut jobs = BTreeSet::new();
    for owner in [Some(ALICE), Some(BOB), None] {
        jobs.insert(put(&queue, keyed(json!(1), owner)).await.unwrap().id);
    }
    assert_eq!(jobs.len(), 3);
}

#[tokio::test]
async fn jobs_without_a_key_are_never_taken_for_each_other() {
    let queue = Queue::new().await;
    let first = put(&queue, NewJob::new(json!(1), Some(ALICE))).await.unwrap();
    let second = put(&queue, NewJob::new(json!(1), Some(ALICE))).await.unwrap();
    assert_ne!(first.id, second.id);
}

#[tokio::test]
async fn two_requests_with_one_key_at_the_same_time_get_one_job() {
    let queue = Queue::new().await;
    let mut first = queue.db.begin().await.unwrap();
    let job = enqueue::<Scripted>(&mut first, &queue.ambient, keyed(json!(1), Some(ALICE))).await.unwrap();
    // The second waits for the first: on the unique index, or on SQLite's one writer.
    let (db, ambient) = (queue.connect().await, queue.ambient.clone());
    let second = tokio::spawn(async move {
        let mut tx = db.begin().await.unwrap();
        let row = enqueue::<Scripted>(&mut tx, &ambient, keyed(json!(1), Some(ALICE))).await.unwrap();
        tx.commit().await.unwrap();
        row
    });
    tokio::task::yield_now().await;
    first.commit().await.unwrap();
    assert_eq!(patience(second).await.unwrap().job.id, job.job.id);
    assert_eq!(queue.count("jobs").await, 1);
}

#[tokio::test]
async fn a_key_whose_first_request_rolled_back_is_free() {
    let queue = Queue::new().await;
    let mut tx = queue.db.begin().await.unwrap();
    enqueue::<Scripted>(&mut tx, &queue.ambient, keyed(json!(1), Some(ALICE))).await.unwrap();
    drop(tx);
    put(&queue, keyed(json!(2), Some(ALICE))).await.unwrap();
    assert_eq!(queue.count("jobs").await, 1);
}
