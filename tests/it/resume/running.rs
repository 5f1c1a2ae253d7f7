//! Followers that are cut off again and again while the job runs.

use std::net::SocketAddr;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{BOTH, Follower, Onboarding, Over, assert_progress_never_falls, cursor_of, position_of};
use crate::support::{Client, Process, TestApp, patience};

/// Follows `job`, hangs up after every `most` events and goes on at the next of `servers`, until the stream completes.
async fn follow_in_pieces(
    over: Over,
    servers: [SocketAddr; 2],
    client: &Client,
    job: &Onboarding,
    most: usize,
) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::new();
    for server in servers.into_iter().cycle() {
        let last = seen.last().map_or(job.start.as_str(), cursor_of).to_owned();
        let piece = Follower::start(over, server, client, &job.id, Some(&last)).await.events(most).await;
        let is_complete = piece.len() < most;
        seen.extend(piece);
        if is_complete {
            break;
        }
    }
    seen
}

async fn all_pieces_make_the_history(app: &TestApp, other: SocketAddr) {
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let servers = [app.address, other];
    let followers = BOTH.into_iter().flat_map(|over| [1, 2, 3, 5, 8].map(|most| (over, most)));
    let followers = followers.map(|(over, most)| follow_in_pieces(over, servers, &client, &job, most));
    let collected = join_all(followers).await;
    let history = job.history(app, &client).await;
    assert_progress_never_falls(&history);
    for seen in collected {
        assert_eq!(seen, history);
    }
}

#[tokio::test]
async fn pieces_from_two_servers_make_the_whole_history() {
    let app = TestApp::builder().set("SAMPLE_DELAY_MS", 200).start().await;
    let other = TestApp::builder().set("SAMPLE_DELAY_MS", 200).on(&app.db).start().await;
    all_pieces_make_the_history(&app, other.address).await;
}

#[tokio::test]
async fn pieces_from_two_processes_make_the_whole_history() {
    let app = TestApp::builder().set("SAMPLE_DELAY_MS", 200).start().await;
    let other = Process::start(&app.db, &[("SAMPLE_DELAY_MS", "200")]).await;
    all_pieces_make_the_history(&app, other.address).await;
    other.terminate().await;
}

#[tokio::test]
async fn many_followers_see_the_same() {
    let app = TestApp::builder().set("SAMPLE_DELAY_MS", 50).start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let followers = (0..30).map(|n| {
        let (over, client, job) = (BOTH[n % 2], &client, &job);
        let app = &app;
        async move { Follower::start(over, app.address, client, &job.id, Some(&job.start)).await.rest().await }
    });
    let collected = join_all(followers).await;
    let history = job.history(&app, &client).await;
    for seen in collected {
        assert_eq!(seen, history);
    }
}

#[tokio::test]
async fn the_cursor_of_a_query_leads_to_exactly_the_events_after_it() {
    let app = TestApp::builder().set("SAMPLE_DELAY_MS", 100).start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let query = "query($id: ID!) { job(id: $id) { cursor progress status } }";
    let mut followed: Vec<(Value, JoinHandle<Vec<Value>>)> = Vec::new();
    let ask_until_it_has_ended = async {
        while followed.last().is_none_or(|(state, _)| state["status"] != "COMPLETED") {
            let state = client.ok(query, json!({"id": job.id})).await["job"].take();
            let over = BOTH[followed.len() % 2];
            let mut follower = Follower::start(over, app.address, &client, &job.id, Some(cursor_of(&state))).await;
            followed.push((state, tokio::spawn(async move { follower.rest().await })));
        }
    };
    patience(ask_until_it_has_ended).await;
    let history = job.history(&app, &client).await;
    for (state, follower) in followed {
        let after = position_of(cursor_of(&state));
        let (seen, missed) = history.split_at(history.partition_point(|event| position_of(cursor_of(event)) <= after));
        assert_eq!(follower.await.unwrap(), missed);
        // Row and cursor are of one moment; only the cursor of a job that has ended stands before the end.
        if let (Some(last), true) = (seen.last(), state["status"] != "COMPLETED") {
            assert_eq!(state["progress"], last["progress"]);
        }
    }
}
