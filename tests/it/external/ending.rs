//! When a token of another issuer stops being good: for requests, sockets and event streams.

use chrono::TimeDelta;
use rapport::auth::SystemRole::Manager;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{PASSWORD, SHARED, World, beside, is_refused, refusal, viewer};
use crate::support::{Client, SseStream, TestApp, WsClient, patience};

const FOLLOW: &str = "subscription($id: ID!) { jobProgress(jobId: $id) { __typename } }";

/// A world in which everybody may have companies researched, and so has something to follow.
async fn of_managers() -> World {
    World::with(json!({"defaultRole": "manager"})).await
}

/// A socket and an event stream that follow a job of `client` which does not go on.
async fn followers(app: &TestApp, client: &Client) -> (WsClient, SseStream) {
    let job = json!({"id": client.onboard("Fernhollow CRM").await["id"]});
    let mut socket = app.ws(client).await;
    socket.subscribe(FOLLOW, job.clone()).await;
    assert_eq!(socket.event().await.unwrap()["data"]["jobProgress"]["__typename"], "JobState");
    let mut stream = app.sse(client).subscribe(FOLLOW, job, None).await;
    assert!(stream.message().await.unwrap().data.is_some());
    (socket, stream)
}

/// Checks that both are cut.
async fn are_cut((mut socket, mut stream): (WsClient, SseStream)) {
    assert_eq!(socket.receive().await, Err(4403));
    assert_eq!(stream.message().await, None);
}

#[tokio::test]
async fn after_a_sign_out_the_token_is_refused_and_a_newer_one_is_good() {
    for mutation in ["logout", "logoutEverywhere"] {
        let world = of_managers().await;
        let old = world.subject("dana");
        let open = followers(&world.app, &old).await;
        let data = old.ok(&format!("mutation {{ {mutation} {{ sessionsEnded }} }}"), json!({})).await;
        assert_eq!(data[mutation]["sessionsEnded"], 1);
        is_refused(&world.app, &old, mutation).await;
        are_cut(open).await;
        world.app.advance(TimeDelta::seconds(2));
        is_refused(&world.app, &old, mutation).await;
        assert_eq!(viewer(&world.subject("dana")).await["user"]["email"], "dana@example.com");
    }
}

#[tokio::test]
async fn a_sign_out_acts_on_a_second_server_too() {
    let world = of_managers().await;
    let other = beside(&world, json!({})).await;
    let dana = world.subject("dana");
    viewer(&dana).await;
    let open = followers(&other, &dana.at(other.address)).await;
    dana.ok("mutation { logout { sessionsEnded } }", json!({})).await;
    is_refused(&other, &dana.at(other.address), "on the second server").await;
    are_cut(open).await;
}

/// Without a time of issue nobody can tell whether a token is older than the sign-out.
#[tokio::test]
async fn after_a_sign_out_a_token_that_does_not_say_when_it_was_made_is_refused() {
    let world = World::start().await;
    let dana = world.client(&world.claims_with("dana", json!({"iat": null})));
    dana.ok("mutation { logout { sessionsEnded } }", json!({})).await;
    world.app.advance(TimeDelta::minutes(5));
    is_refused(&world.app, &dana, "without `iat`").await;
    viewer(&world.subject("dana")).await;
}

#[tokio::test]
async fn who_signs_out_everywhere_by_a_password_ends_the_tokens_of_all_issuers() {
    let world = World::start().await;
    let user = world.user("dana@example.com", Manager).await;
    let (one, two) = (world.subject("dana"), world.client(&world.claims_with("dana", json!({"iss": SHARED}))));
    for client in [&one, &two] {
        assert_eq!(viewer(client).await["user"]["id"], json!(user.id));
    }
    let own = world.app.anonymous().sign_in("dana@example.com", PASSWORD).await;
    let data = own.ok("mutation { logoutEverywhere { sessionsEnded } }", json!({})).await;
    assert_eq!(data["logoutEverywhere"]["sessionsEnded"], 3);
    for client in [one, two, own] {
        is_refused(&world.app, &client, "logoutEverywhere").await;
    }
}

#[tokio::test]
async fn who_signs_out_by_a_password_stays_at_the_issuer() {
    let world = World::start().await;
    world.user("dana@example.com", Manager).await;
    let external = world.subject("dana");
    viewer(&external).await;
    let own = world.app.anonymous().sign_in("dana@example.com", PASSWORD).await;
    own.ok("mutation { logout { sessionsEnded } }", json!({})).await;
    viewer(&external).await;
}

/// Does something with the user of `client`, as the administrator.
async fn act(world: &World, client: &Client, action: &str) {
    let id = viewer(client).await["user"]["id"].take();
    act_on(world, &id, action).await;
}

async fn act_on(world: &World, id: &Value, action: &str) {
    let query = "mutation($input: UpdateUsersInput!) { updateUsers(input: $input) { users { id } } }";
    world.app.admin().await.ok(query, json!({"input": {"ids": [id], "action": action}})).await;
}

#[tokio::test]
async fn who_is_deactivated_or_deleted_is_cut_off() {
    for action in ["DEACTIVATE", "DELETE"] {
        let world = of_managers().await;
        let other = beside(&world, json!({})).await;
        let dana = world.subject("dana");
        viewer(&dana).await;
        let (here, there) = (followers(&world.app, &dana).await, followers(&other, &dana.at(other.address)).await);
        act(&world, &dana, action).await;
        is_refused(&world.app, &dana, action).await;
        are_cut(here).await;
        are_cut(there).await;
    }
}

/// As the sessions of a password: who was thrown out signs in again.
#[tokio::test]
async fn who_is_activated_again_needs_a_newer_token() {
    let world = World::start().await;
    let dana = world.subject("dana");
    let id = viewer(&dana).await["user"]["id"].take();
    act_on(&world, &id, "DEACTIVATE").await;
    act_on(&world, &id, "ACTIVATE").await;
    is_refused(&world.app, &dana, "a token from before").await;
    world.app.advance(TimeDelta::seconds(2));
    assert_eq!(viewer(&world.subject("dana")).await["user"]["id"], id);
}

#[tokio::test]
async fn an_expired_token_is_refused_and_closes_what_it_opened() {
    let world = of_managers().await;
    let now = world.app.app.ambient.now().timestamp();
    let short = world.client(&world.claims_with("dana", json!({"exp": now + 60})));
    let open = followers(&world.app, &short).await;
    world.app.advance(TimeDelta::seconds(75));
    // Clocks may differ by half a minute.
    viewer(&short).await;
    world.app.advance(TimeDelta::seconds(16));
    let (status, error) = refusal(&short).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(error["message"].as_str().unwrap().contains("expired"), "{error:#}");
    are_cut(open).await;
}

#[tokio::test]
async fn another_role_acts_on_an_open_socket() {
    let world = of_managers().await;
    let dana = world.subject("dana");
    let mut socket = world.app.ws(&dana).await;
    let user = viewer(&dana).await["user"].take();
    let admin = world.app.admin().await;
    let roles = admin.ok("{ roles { id name } }", json!({})).await;
    let role = roles["roles"].as_array().unwrap().iter().find(|role| role["name"] == "viewer").unwrap();
    let query = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
    let input = json!({"input": {"id": user["id"], "expectedVersion": 1, "roleId": role["id"]}});
    admin.ok(query, input).await;
    patience(async {
        loop {
            socket.subscribe("{ jobs { totalCount } viewer { permissions } }", json!({})).await;
            let data = socket.event().await.unwrap();
            assert_eq!(socket.event().await, None);
            if !data["data"]["viewer"]["permissions"].as_array().unwrap().contains(&json!("JOBS_READ_ALL")) {
                return;
            }
        }
    })
    .await;
}
