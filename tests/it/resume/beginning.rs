//! What a follower hears first, and what one who comes late.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{BOTH, Follower, Heard, Onboarding, Over, PROGRESS, cursor_of, names};
use crate::support::{Client, TestApp};

async fn cancel(client: &Client, job: &str) -> Value {
    let mutation = "mutation($id: ID!) { cancelJob(id: $id) { status cursor } }";
    client.ok(mutation, json!({"id": job})).await["cancelJob"].take()
}

async fn cursor_of_job(client: &Client, job: &str) -> String {
    let data = client.ok("query($id: ID!) { job(id: $id) { cursor } }", json!({"id": job})).await;
    cursor_of(&data["job"]).to_owned()
}

/// A server with a job that has ended, and its history.
async fn finished() -> (TestApp, Client, Onboarding, Vec<Value>) {
    let app = TestApp::start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let history = job.history(&app, &client).await;
    (app, client, job, history)
}

#[tokio::test]
async fn without_a_cursor_the_present_state_comes_first_and_then_all_that_happens() {
    let app = TestApp::builder().without_worker().start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let mut followers = Vec::new();
    for over in BOTH {
        let mut follower = Follower::start(over, app.address, &client, &job.id, None).await;
        let state = follower.event().await.unwrap();
        assert_eq!(state["__typename"], "JobState");
        assert_eq!((&state["status"], &state["progress"]), (&json!("QUEUED"), &json!(0.0)));
        assert_eq!(cursor_of(&state), job.start);
        followers.push(follower);
    }
    let worker = app.beside().await;
    for mut follower in followers {
        let seen = follower.rest().await;
        assert_eq!(seen, job.history(&worker, &client).await);
    }
}

#[tokio::test]
async fn who_comes_late_gets_the_state_and_the_end() {
    let (app, client, job, history) = finished().await;
    for over in BOTH {
        let events = Follower::start(over, app.address, &client, &job.id, None).await.rest().await;
        assert_eq!(names(&events), ["JobState", "JobCompleted"]);
        assert_eq!(events[0]["status"], "COMPLETED");
        assert_eq!(events[0]["progress"], 1.0);
        assert_eq!(Some(&events[1]), history.last());
    }
}

#[tokio::test]
async fn who_comes_late_and_is_cut_off_after_the_state_still_gets_the_end() {
    let (app, client, job, history) = finished().await;
    for over in BOTH {
        let state = Follower::start(over, app.address, &client, &job.id, None).await.event().await.unwrap();
        let after = Some(cursor_of(&state));
        let events = Follower::start(over, app.address, &client, &job.id, after).await.rest().await;
        assert_eq!(events, history[history.len() - 1..]);
    }
}

#[tokio::test]
async fn who_has_seen_the_end_is_told_that_nothing_follows() {
    let (app, client, job, history) = finished().await;
    for over in BOTH {
        let after = history.last().map(cursor_of);
        let mut follower = Follower::start(over, app.address, &client, &job.id, after).await;
        assert_eq!(follower.hear().await, Heard::Complete);
    }
}

#[tokio::test]
async fn who_comes_after_a_cancellation_gets_it_as_the_end() {
    let app = TestApp::builder().without_worker().start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let cancelled = cancel(&client, &job.id).await;
    assert_eq!(cancelled["status"], "CANCELLED");
    for over in BOTH {
        let events = Follower::start(over, app.address, &client, &job.id, None).await.rest().await;
        assert_eq!(names(&events), ["JobState", "JobCancelled"]);
        // The mutation's own cursor, too, leads to the end and not behind it.
        let after = Some(cursor_of(&cancelled));
        let events = Follower::start(over, app.address, &client, &job.id, after).await.rest().await;
        assert_eq!(names(&events), ["JobCancelled"]);
    }
}

#[tokio::test]
async fn a_job_whose_history_was_purged_still_has_a_state_and_an_end() {
    let (app, client, job, _) = finished().await;
    app.app.events.purge(app.app.ambient.now() + TimeDelta::hours(1)).await.unwrap();
    let cursor = cursor_of_job(&client, &job.id).await;
    for over in BOTH {
        let events = Follower::start(over, app.address, &client, &job.id, None).await.rest().await;
        assert_eq!(names(&events), ["JobState"]);
        for after in [cursor_of(&events[0]), &cursor] {
            let mut follower = Follower::start(over, app.address, &client, &job.id, Some(after)).await;
            assert_eq!(follower.hear().await, Heard::Complete);
        }
    }
}

#[tokio::test]
async fn an_event_stream_that_is_made_again_goes_on_behind_its_last_event() {
    let (app, client, job, history) = finished().await;
    // A client that repeats its request sends the first `after` again, and with it what it has seen since.
    let variables = json!({"id": job.id, "after": job.start});
    let last = cursor_of(&history[20]);
    let stream = app.sse(&client).subscribe(PROGRESS, variables, Some(last)).await;
    assert_eq!(Follower::Sse(stream).rest().await, history[21..]);
}

#[tokio::test]
async fn a_job_that_is_tried_again_is_followed_from_its_new_beginning() {
    let app = TestApp::builder().without_worker().start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    cancel(&client, &job.id).await;
    let end = Follower::start(Over::Ws, app.address, &client, &job.id, Some(&job.start)).await.rest().await;
    client.ok("mutation($id: ID!) { retryJob(id: $id) { status } }", json!({"id": job.id})).await;
    let mut fresh = Follower::start(Over::Ws, app.address, &client, &job.id, None).await;
    assert_eq!(fresh.event().await.unwrap()["status"], "QUEUED");
    let mut resumed = Follower::start(Over::Sse, app.address, &client, &job.id, end.last().map(cursor_of)).await;
    assert_eq!(resumed.event().await.unwrap()["__typename"], "JobQueued");
    let worker = app.beside().await;
    let events = fresh.rest().await;
    assert_eq!(names(&events).first(), Some(&"JobStarted"));
    assert_eq!(names(&events).last(), Some(&"JobCompleted"));
    assert_eq!(resumed.rest().await, events);
    worker.stop().await;
}
