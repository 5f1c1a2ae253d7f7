//! Followers that are cut off again and again while the job runs.

use futures_util::future::join_all;
use serde_json::Value;

use super::{BOTH, Follower, Onboarding, Over, assert_progress_never_falls, cursor_of, names};
use crate::support::{Client, Process, TestApp};

/// Follows `job`, hangs up after every `most` events and goes on at the next of `servers`, until the stream completes.
async fn follow_in_pieces(
    over: Over,
    servers: [std::net::SocketAddr; 2],
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

async fn all_pieces_make_the_history(app: &TestApp, other: std::net::SocketAddr) {
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
    let app = TestApp::builder().set("SAMPLE_DELAY_MS", 50).start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let query = "query($id: ID!) { job(id: $id) { cursor progress status } }";
    let mut followed = Vec::new();
    loop {
        let state = client.ok(query, serde_json::json!({"id": job.id})).await["job"].take();
        let over = BOTH[followed.len() % 2];
        let mut follower = Follower::start(over, app.address, &client, &job.id, Some(cursor_of(&state))).await;
        let is_over = state["status"] == "COMPLETED";
        followed.push((state, tokio::spawn(async move { follower.rest().await })));
        if is_over {
            break;
        }
    }
    let history = job.history(&app, &client).await;
    assert!(followed.len() > 2, "the job should have been asked for while it ran");
    for (state, follower) in followed {
        let after = super::position_of(cursor_of(&state));
        let count = history.iter().take_while(|event| super::position_of(cursor_of(event)) <= after).count();
        assert_eq!(follower.await.unwrap(), history[count..]);
        // Row and cursor are of one moment, but for the end, which stands before the cursor of a job that has ended.
        if state["status"] != "COMPLETED" && count > 0 {
            assert_eq!(state["progress"], history[count - 1]["progress"]);
        }
    }
    assert_eq!(names(&history).last(), Some(&"JobCompleted"));
}
