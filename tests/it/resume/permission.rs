//! The right to follow a job is asked for at the beginning, and again before each event.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{BOTH, Follower, Heard, Onboarding, Over, names};
use crate::support::{Client, TestApp, patience};

async fn execute(app: &TestApp, sql: &str) {
    let tx = app.app.db.begin().await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

/// A server that works on nothing, and a job of `client` that waits.
async fn queued(app: &TestApp, role: SystemRole) -> (Client, Onboarding) {
    let client = app.user(role).await;
    let job = Onboarding::begin(&client).await;
    (client, job)
}

/// Followers over both transports that have seen the present state.
async fn followers(app: &TestApp, client: &Client, job: &Onboarding) -> Vec<(Over, Follower)> {
    let mut followers = Vec::new();
    for over in BOTH {
        let mut follower = Follower::start(over, app.address, client, &job.id, None).await;
        assert_eq!(follower.event().await.unwrap()["__typename"], "JobState");
        followers.push((over, follower));
    }
    followers
}

async fn cancel(client: &Client, job: &Onboarding) {
    client.ok("mutation($id: ID!) { cancelJob(id: $id) { id } }", json!({"id": job.id})).await;
}

/// Waits until the server refuses what `client` asks.
async fn is_refused(client: &Client) {
    let refused = async {
        while client.send("{ viewer { user { id } } }", json!({})).await.get("errors").is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    patience(refused).await;
}

/// How a connection ends whose owner may not hold it any more.
fn end_of_rights(over: Over) -> Heard {
    Heard::Cut((over == Over::Ws).then_some(4403))
}

#[tokio::test]
async fn a_viewer_cannot_follow_the_job_of_another() {
    let app = TestApp::builder().without_worker().start().await;
    let (_, job) = queued(&app, SystemRole::Manager).await;
    let viewer = app.user(SystemRole::Viewer).await;
    for over in BOTH {
        for after in [None, Some(job.start.as_str())] {
            let mut follower = Follower::start(over, app.address, &viewer, &job.id, after).await;
            assert_eq!(follower.hear().await, Heard::Error("NOT_FOUND".to_owned()), "{over:?}");
        }
    }
}

#[tokio::test]
async fn nobody_follows_without_signing_in() {
    let app = TestApp::builder().without_worker().start().await;
    let (_, job) = queued(&app, SystemRole::Manager).await;
    for over in BOTH {
        let mut follower = Follower::start(over, app.address, &app.anonymous(), &job.id, None).await;
        assert_eq!(follower.hear().await, Heard::Error("UNAUTHENTICATED".to_owned()), "{over:?}");
    }
}

#[tokio::test]
async fn a_user_who_is_deactivated_loses_an_idle_connection() {
    let app = TestApp::builder().without_worker().start().await;
    let (client, job) = queued(&app, SystemRole::Manager).await;
    let mut followers = followers(&app, &client, &job).await;
    execute(&app, "UPDATE users SET status = 'INACTIVE' WHERE email LIKE '%-manager@%'").await;
    for (over, follower) in &mut followers {
        assert_eq!(follower.hear().await, end_of_rights(*over), "{over:?}");
    }
}

#[tokio::test]
async fn a_user_who_is_deactivated_gets_no_further_event() {
    let app = TestApp::builder().without_worker().start().await;
    let (client, job) = queued(&app, SystemRole::Manager).await;
    let mut followers = followers(&app, &client, &job).await;
    execute(&app, "UPDATE users SET status = 'INACTIVE' WHERE email LIKE '%-manager@%'").await;
    is_refused(&client).await;
    cancel(&app.admin().await, &job).await;
    for (over, follower) in &mut followers {
        // Either the event is withheld and the error says why, or the connection's own check was faster.
        let heard = follower.hear().await;
        let withheld = Heard::Error("UNAUTHENTICATED".to_owned());
        assert!(heard == withheld || heard == end_of_rights(*over), "{over:?}: {heard:?}");
    }
}

/// What one of them is told is kept for the others, who are asked for their right all the same.
#[tokio::test]
async fn of_users_with_the_same_rights_the_one_who_is_deactivated_gets_no_further_event() {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let job = Onboarding::begin(&admin).await;
    let (stays, goes) = (app.user(SystemRole::Manager).await, app.user(SystemRole::Manager).await);
    let mut staying = followers(&app, &stays, &job).await;
    let mut going = followers(&app, &goes, &job).await;
    let viewer = goes.ok("{ viewer { user { email } } }", json!({})).await;
    let email = viewer["viewer"]["user"]["email"].as_str().unwrap();
    execute(&app, &format!("UPDATE users SET status = 'INACTIVE' WHERE email = '{email}'")).await;
    is_refused(&goes).await;
    cancel(&admin, &job).await;
    for (over, follower) in &mut staying {
        assert_eq!(follower.event().await.unwrap()["__typename"], "JobCancelled", "{over:?}");
    }
    for (over, follower) in &mut going {
        let heard = follower.hear().await;
        let withheld = Heard::Error("UNAUTHENTICATED".to_owned());
        assert!(heard == withheld || heard == end_of_rights(*over), "{over:?}: {heard:?}");
    }
}

#[tokio::test]
async fn a_user_whose_token_expires_loses_the_connection() {
    let app = TestApp::builder().without_worker().start().await;
    let (client, job) = queued(&app, SystemRole::Manager).await;
    let mut followers = followers(&app, &client, &job).await;
    app.advance(TimeDelta::minutes(16));
    for (over, follower) in &mut followers {
        assert_eq!(follower.hear().await, end_of_rights(*over), "{over:?}");
    }
}

#[tokio::test]
async fn a_user_who_loses_the_right_to_see_all_jobs_gets_no_further_event_of_others() {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let job = Onboarding::begin(&admin).await;
    let manager = app.user(SystemRole::Manager).await;
    let mut followers = followers(&app, &manager, &job).await;
    execute(
        &app,
        "UPDATE users SET role_id = (SELECT id FROM roles WHERE name = 'viewer') WHERE email LIKE '%-manager@%'",
    )
    .await;
    let query = "query($id: ID!) { job(id: $id) { id } }";
    let hidden = async {
        while !manager.ok(query, json!({"id": job.id})).await["job"].is_null() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    patience(hidden).await;
    cancel(&admin, &job).await;
    for (over, follower) in &mut followers {
        assert_eq!(follower.hear().await, Heard::Error("NOT_FOUND".to_owned()), "{over:?}");
    }
}

#[tokio::test]
async fn a_user_who_loses_the_right_is_told_so_though_nothing_happens() {
    let app = TestApp::builder().without_worker().start().await;
    let job = Onboarding::begin(&app.admin().await).await;
    let manager = app.user(SystemRole::Manager).await;
    let mut followers = followers(&app, &manager, &job).await;
    execute(
        &app,
        "UPDATE users SET role_id = (SELECT id FROM roles WHERE name = 'viewer') WHERE email LIKE '%-manager@%'",
    )
    .await;
    for (over, follower) in &mut followers {
        assert_eq!(follower.hear().await, Heard::Error("NOT_FOUND".to_owned()), "{over:?}");
    }
}

#[tokio::test]
async fn a_socket_that_gets_a_fresh_token_keeps_its_subscriptions() {
    let app = TestApp::builder().without_worker().start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let mut follower = Follower::start(Over::Ws, app.address, &client, &job.id, Some(&job.start)).await;
    // A token lasts 15 minutes: when the event comes, the first is past its end and the second is not.
    app.advance(TimeDelta::minutes(10));
    follower.renew(&app.admin().await).await;
    app.advance(TimeDelta::minutes(10));
    cancel(&app.admin().await, &job).await;
    assert_eq!(names(&follower.rest().await), ["JobCancelled"]);
}
