//! Who did it: also on whose behalf, by which key, and from where.

use rapport::auth::SystemRole::{Counselor, Manager};
use serde_json::{Value, json};

use super::{
    AGENT, LOGIN, PASSWORD, World,
    mutations::{CREATE_KEY, id_at},
};
use crate::support::{ADMIN, Client, TestApp};

const NEWEST: &str = "{ auditLog(first: 1) { nodes { action reason subjectId address userAgent requestId
    actor { email } onBehalfOf { email } apiKey { name } } } }";

async fn newest(world: &World) -> Value {
    world.ok(&world.admin.client, NEWEST, json!({})).await["auditLog"]["nodes"][0].take()
}

/// The administrator in the place of a user.
async fn in_place_of(world: &World, user: &str) -> Client {
    let query = "mutation($input: ImpersonateUserInput!) { impersonateUser(input: $input) { accessToken } }";
    let input = json!({"input": {"userId": user, "reason": "They called."}});
    let data = world.ok(&world.admin.client, query, input).await;
    world.admin.client.with_token(data["impersonateUser"]["accessToken"].as_str().unwrap())
}

const ONBOARD: &str = r#"mutation { onboardCompany(input: {companyName: "Fernhollow CRM"}) { id } }"#;

#[tokio::test]
async fn who_acts_in_the_place_of_another_is_named_and_so_is_the_other() {
    let world = World::start().await;
    let dana = world.user(Manager).await;
    let borrowed = in_place_of(&world, &dana.id).await;
    let begun = newest(&world).await;
    assert_eq!((&begun["action"], &begun["reason"]), (&json!("USER_IMPERSONATED"), &json!("They called.")));
    assert_eq!((&begun["actor"]["email"], &begun["onBehalfOf"]), (&json!(ADMIN.0), &Value::Null));
    for mutation in [ONBOARD, "mutation { logout { sessionsEnded } }"] {
        world.ok(&borrowed, mutation, json!({})).await;
        let entry = newest(&world).await;
        assert_eq!(entry["actor"]["email"], ADMIN.0, "{entry:#}");
        assert_eq!(entry["onBehalfOf"]["email"], dana.email, "{entry:#}");
        assert_eq!(entry["apiKey"], Value::Null);
    }
}

async fn key_of_admin(world: &World, scopes: &[&str]) -> Client {
    let input = json!({"input": {"name": "Nightly import", "scopes": crate::support::spelled(scopes)}});
    let data = world.ok(&world.admin.client, CREATE_KEY, input).await;
    world.admin.client.with_token(data["createApiKey"]["secret"].as_str().unwrap())
}

#[tokio::test]
async fn what_a_key_does_is_done_by_its_owner_and_names_the_key() {
    let world = World::start().await;
    let key = key_of_admin(&world, &["companies:research"]).await;
    world.ok(&key, ONBOARD, json!({})).await;
    let entry = newest(&world).await;
    assert_eq!((&entry["actor"]["email"], &entry["apiKey"]["name"]), (&json!(ADMIN.0), &json!("Nightly import")));
    assert_eq!(entry["onBehalfOf"], Value::Null);
}

/// Else somebody who acts in the place of another, or a key, could be made out to be a sign-in's accomplice.
#[tokio::test]
async fn a_sign_in_is_its_users_alone_whatever_token_came_with_it() {
    let world = World::start().await;
    let (dana, fox) = (world.user(Counselor).await, world.user(Manager).await);
    let refresh = "mutation($token: String!) { refreshToken(input: {refreshToken: $token}) { accessToken } }";
    for other in [in_place_of(&world, &fox.id).await, key_of_admin(&world, &[]).await, fox.client.clone()] {
        let sign_in = json!({"email": dana.email, "password": PASSWORD});
        for (query, variables) in [(LOGIN, sign_in), (refresh, json!({"token": dana.refresh_token}))] {
            let ((), entries) = world.written_by(async { drop(world.ok(&other, query, variables).await) }).await;
            for entry in entries {
                assert_eq!(entry.actor_id.map(|id| id.to_string()).as_ref(), Some(&dana.id), "{entry:#?}");
                assert_eq!((entry.on_behalf_of_id, entry.api_key_id), (None, None), "{entry:#?}");
            }
        }
    }
}

#[tokio::test]
async fn the_first_administrator_was_made_by_nobody() {
    let world = World::start().await;
    let query = "{ auditLog(last: 1) { nodes { action subjectId requestId address userAgent actor { userId }
        onBehalfOf { userId } apiKey { id } changes { field after } } } }";
    let data = world.ok(&world.admin.client, query, json!({})).await;
    let entry = &data["auditLog"]["nodes"][0];
    assert_eq!((&entry["action"], &entry["subjectId"]), (&json!("USER_CREATED"), &json!(world.admin.id)));
    for nothing in ["actor", "onBehalfOf", "apiKey", "address", "userAgent"] {
        assert_eq!(entry[nothing], Value::Null, "{nothing}");
    }
    assert_eq!(entry["requestId"], "");
    assert!(entry["changes"].as_array().unwrap().contains(&json!({"field": "role", "after": "admin"})), "{entry:#}");
}

#[tokio::test]
async fn a_mutation_over_a_socket_is_written_down_with_its_own_request_id() {
    let world = World::start().await;
    let mut socket = world.app.ws(&world.admin.client).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        socket.subscribe(ONBOARD, json!({})).await;
        let job = id_at("/data/onboardCompany/id", &socket.event().await.unwrap());
        assert_eq!(socket.event().await, None);
        let entry = newest(&world).await;
        assert_eq!((&entry["subjectId"], &entry["address"]), (&json!(job), &json!("127.0.0.1")));
        ids.push(entry["requestId"].as_str().unwrap().to_owned());
    }
    let socket_of = |id: &String| id.rsplit_once('-').unwrap().0.to_owned();
    assert_eq!(socket_of(&ids[0]), socket_of(&ids[1]));
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn behind_a_proxy_the_clients_address_is_written_down() {
    let world = World::on(TestApp::builder().quiet().set("TRUSTED_PROXIES", 1).start().await).await;
    let address = std::net::IpAddr::from([203, 0, 113, 9]);
    world.ok(&world.admin.client.behind_proxy(address), ONBOARD, json!({})).await;
    let entry = newest(&world).await;
    assert_eq!((&entry["address"], &entry["userAgent"]), (&json!("203.0.113.9"), &json!(AGENT)));
}
