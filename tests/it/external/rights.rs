//! The role here is the upper bound: scopes and roles of a token only take away.

use rapport::auth::{
    Permissions,
    SystemRole::{self, Manager, Viewer},
};
use serde_json::{Value, json};

use super::{World, is_refused, viewer};
use crate::support::{Client, spelled};

fn names(role: SystemRole) -> Vec<String> {
    spelled(&Permissions::of(role).names())
}

/// A world in which everybody who comes is a manager.
async fn of_managers() -> World {
    World::with(json!({"defaultRole": "manager",
        "roles": {"boss": "admin", "reader": "viewer", "peer": "manager", "ghost": "nobody"}}))
    .await
}

/// What a token with these claims beside leaves of a manager.
async fn left(world: &World, claims: Value) -> Value {
    // Seen before, so that the claims decide nothing but what is left.
    viewer(&world.subject("dana")).await;
    viewer(&world.client(&world.claims_with("dana", claims))).await["permissions"].take()
}

#[tokio::test]
async fn scopes_leave_what_they_name_of_what_the_role_gives() {
    let world = of_managers().await;
    let all = json!(names(Manager));
    for (claims, expected) in [
        (json!({}), all.clone()),
        (json!({"scope": null}), all.clone()),
        (json!({"scope": "openid profile email offline_access"}), all.clone()),
        (json!({"scp": ["openid"]}), all),
        (json!({"scope": ""}), json!([])),
        (json!({"scp": []}), json!([])),
        (json!({"scope": "billing:read"}), json!([])),
        (json!({"scope": "openid billing:read"}), json!([])),
        (json!({"scope": "openid customers:read"}), json!(["CUSTOMERS_READ"])),
        (json!({"scope": ["jobs:read_all", "customers:read"]}), json!(["CUSTOMERS_READ", "JOBS_READ_ALL"])),
        (json!({"scp": "customers:read"}), json!(["CUSTOMERS_READ"])),
        // What the role lacks no scope gives.
        (json!({"scope": "users:manage audit:read customers:read"}), json!(["CUSTOMERS_READ"])),
        (json!({"scope": "users:manage"}), json!([])),
        (json!({"scope": "CUSTOMERS:READ *"}), json!([])),
    ] {
        assert_eq!(left(&world, claims.clone()).await, expected, "{claims}");
    }
}

#[tokio::test]
async fn a_scope_that_cannot_be_read_refuses_the_token() {
    let world = of_managers().await;
    for scope in [json!(7), json!({"customers:read": true}), json!(["customers:read", 7]), json!(true)] {
        let dana = world.client(&world.claims_with("dana", json!({"scope": scope})));
        is_refused(&world.app, &dana, &scope.to_string()).await;
    }
}

#[tokio::test]
async fn a_role_of_a_token_takes_away_and_never_gives() {
    let world = of_managers().await;
    for (claims, expected) in [
        (json!({"role": "reader"}), json!(names(Viewer))),
        (json!({"role": "peer"}), json!(names(Manager))),
        (json!({"role": "boss"}), json!(names(Manager))),
        // It means nothing here.
        (json!({"role": "authenticated"}), json!(names(Manager))),
        // What it means is not there.
        (json!({"role": "ghost"}), json!([])),
        (json!({"role": "reader", "scope": "customers:read jobs:read_all"}), json!(["CUSTOMERS_READ"])),
        (json!({"role": "boss", "scope": "users:manage"}), json!([])),
    ] {
        assert_eq!(left(&world, claims.clone()).await, expected, "{claims}");
    }
}

const ONBOARD: &str = r#"mutation { onboardCompany(input: {companyName: "Fernhollow CRM"}) { id } }"#;

/// The codes of the same operations over HTTP, a socket and an event stream.
async fn everywhere(world: &World, client: &Client, query: &str) -> [Value; 3] {
    let over_http = client.send(query, json!({})).await;
    let mut socket = world.app.ws(client).await;
    socket.subscribe(query, json!({})).await;
    let over_socket = socket.event().await.unwrap();
    let mut stream = world.app.sse(client).subscribe(query, json!({}), None).await;
    let over_stream = stream.message().await.unwrap().data.unwrap();
    [over_http, over_socket, over_stream].map(|response| response["errors"][0]["extensions"]["permission"].clone())
}

#[tokio::test]
async fn what_a_token_takes_away_is_refused_on_every_transport() {
    let world = of_managers().await;
    viewer(&world.subject("dana")).await;
    let limited = world.client(&world.claims_with("dana", json!({"scope": "companies:research"})));
    limited.ok(ONBOARD, json!({})).await;
    let companies = everywhere(&world, &limited, "{ companies { totalCount } }").await;
    assert_eq!(companies, ["companies:read", "companies:read", "companies:read"]);
    let reader = world.client(&world.claims_with("dana", json!({"role": "reader"})));
    let research = everywhere(&world, &reader, ONBOARD).await;
    assert_eq!(research, ["companies:research", "companies:research", "companies:research"]);
}

#[tokio::test]
async fn nobody_gives_a_key_or_a_role_what_their_token_takes_away() {
    let world = World::with(json!({"defaultRole": "admin"})).await;
    viewer(&world.subject("dana")).await;
    let scope = "api_keys:manage roles:manage customers:read users:impersonate";
    let limited = world.client(&world.claims_with("dana", json!({"scope": scope})));
    let query = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }";
    let input = |scopes: Value| json!({"input": {"name": "Import", "scopes": scopes}});
    assert_eq!(limited.fail(query, input(json!(["AUDIT_READ"]))).await["extensions"]["permission"], "audit:read");
    limited.ok(query, input(json!(["CUSTOMERS_READ"]))).await;
    let query = "mutation($input: CreateRoleInput!) { createRole(input: $input) { id } }";
    let input = json!({"input": {"name": "Auditor", "permissions": ["AUDIT_READ"]}});
    assert_eq!(limited.fail(query, input).await["extensions"]["permission"], "audit:read");
    let fox = world.user("fox@example.com", Manager).await;
    let query = "mutation($input: ImpersonateUserInput!) { impersonateUser(input: $input) { accessToken } }";
    let refused = limited.fail(query, json!({"input": {"userId": fox.id}})).await;
    assert_eq!(refused["extensions"]["code"], "FORBIDDEN", "{refused:#}");
}
