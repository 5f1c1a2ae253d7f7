//! A change of a role acts on those who are there already: on their tokens, sockets and subscriptions, at every server.

use std::net::SocketAddr;

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{Person, all_permissions, custom_role, done, give_role, next_error, system, until, waiting_job};
use crate::support::{Client, Process, TestApp, WsClient};

const FOLLOW: &str = "subscription($id: ID!) { jobProgress(jobId: $id) { __typename } }";
const SEEN: &str = "query($id: ID!) { job(id: $id) { id } }";

/// Changes what a role gives.
async fn change(admin: &Client, role: &str, version: i32, permissions: &[&str]) {
    let input = json!({"id": role, "expectedVersion": version, "permissions": crate::support::spelled(permissions)});
    done(admin, "updateRole", input, "id").await;
}

/// A server on which somebody follows the administrator's job by `jobs:read_all` of a custom role.
struct World {
    app: TestApp,
    admin: Client,
    role: String,
    person: Person,
    job: Value,
}

async fn world() -> World {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let role = custom_role(&admin, "Watcher", &["jobs:read_all"]).await;
    let person = Person::of(&app, &admin, "Dana Scully", &role).await;
    let job = waiting_job(&app, &admin).await;
    World { app, admin, role, person, job }
}

impl World {
    /// A socket of the person at a server, that has heard the present state of the job.
    async fn follower(&self, address: SocketAddr) -> WsClient {
        let mut socket = WsClient::connect(address, self.person.client.token()).await;
        socket.subscribe(FOLLOW, json!({"id": self.job})).await;
        assert_eq!(socket.event().await.unwrap()["data"]["jobProgress"]["__typename"], "JobState");
        socket
    }

    async fn sees_the_job(&self, address: SocketAddr) -> bool {
        !self.person.client.at(address).ok(SEEN, json!({"id": self.job})).await["job"].is_null()
    }

    async fn cancel(&self) {
        self.admin.ok(&super::by_id("cancelJob"), json!({"id": self.job})).await;
    }
}

#[tokio::test]
async fn a_right_that_a_role_loses_is_gone_from_tokens_and_subscriptions_of_this_server() {
    let world = world().await;
    let mut socket = world.follower(world.app.address).await;
    change(&world.admin, &world.role, 1, &[]).await;
    assert!(!world.sees_the_job(world.app.address).await);
    world.cancel().await;
    assert_eq!(next_error(&mut socket).await, "NOT_FOUND");
}

#[tokio::test]
async fn a_right_that_a_role_loses_is_gone_from_subscriptions_of_another_process() {
    let world = world().await;
    let process = Process::start(&world.app.db, &[]).await;
    let mut socket = world.follower(process.address).await;
    change(&world.admin, &world.role, 1, &[]).await;
    until(async || !world.sees_the_job(process.address).await).await;
    world.cancel().await;
    assert_eq!(next_error(&mut socket).await, "NOT_FOUND");
}

#[tokio::test]
async fn a_right_that_a_role_gains_is_there_for_tokens_at_every_server() {
    let world = world().await;
    let other = world.app.beside().await;
    let lacks = "{ customers { totalCount } }";
    for address in [world.app.address, other.address] {
        assert_eq!(world.person.client.at(address).code(lacks, json!({})).await, "FORBIDDEN");
    }
    change(&world.admin, &world.role, 1, &["customers:read"]).await;
    for address in [world.app.address, other.address] {
        let client = world.person.client.at(address);
        until(async || client.send(lacks, json!({})).await.get("errors").is_none()).await;
    }
}

/// The code of an operation on a socket; none when it succeeds.
async fn code_on(socket: &mut WsClient, query: &str) -> Option<String> {
    socket.subscribe(query, json!({})).await;
    let message = socket.receive().await.unwrap();
    if message["type"] == "next" && message["payload"].get("errors").is_none() {
        assert_eq!(socket.receive().await.unwrap()["type"], "complete");
        return None;
    }
    let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
    let code = errors[0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{message:#}")).to_owned();
    if message["type"] == "next" {
        assert_eq!(socket.receive().await.unwrap()["type"], "complete");
    }
    Some(code)
}

#[tokio::test]
async fn operations_on_a_socket_that_was_open_before_have_the_rights_of_now() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let person = Person::admin(&app, &admin, "Walter Skinner").await;
    let mut socket = app.ws(&person.client).await;
    assert_eq!(code_on(&mut socket, "{ users { totalCount } }").await, None);
    give_role(&admin, &person.id, &system(SystemRole::Viewer)).await;
    for query in ["{ users { totalCount } }", r#"mutation { createRole(input: {name: "X", permissions: []}) { id } }"#]
    {
        assert_eq!(code_on(&mut socket, query).await.as_deref(), Some("FORBIDDEN"), "{query}");
    }
    give_role(&admin, &person.id, &system(SystemRole::Admin)).await;
    assert_eq!(code_on(&mut socket, "{ users { totalCount } }").await, None);
}

#[tokio::test]
async fn a_custom_role_that_shrinks_takes_rights_from_open_sockets_of_another_process() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let role = custom_role(&admin, "Deputy", &all_permissions()).await;
    let person = Person::of(&app, &admin, "Dana Scully", &role).await;
    let process = Process::start(&app.db, &[]).await;
    let mut socket = WsClient::connect(process.address, person.client.token()).await;
    assert_eq!(code_on(&mut socket, "{ users { totalCount } }").await, None);
    change(&admin, &role, 1, &["customers:read"]).await;
    let mut code = None;
    until(async || {
        code = code_on(&mut socket, "{ users { totalCount } }").await;
        code.is_some()
    })
    .await;
    assert_eq!(code.as_deref(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn a_role_that_shrinks_takes_rights_from_api_keys_with_those_scopes() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let role = custom_role(&admin, "Importer", &["customers:read", "companies:read", "api_keys:manage"]).await;
    let person = Person::of(&app, &admin, "Dana Scully", &role).await;
    let input = json!({"name": "Importer", "scopes": ["CUSTOMERS_READ", "COMPANIES_READ"]});
    let secret = done(&person.client, "createApiKey", input, "secret").await["secret"].clone();
    let key = app.anonymous().with_token(secret.as_str().unwrap());
    key.ok("{ customers { totalCount } companies { totalCount } }", json!({})).await;
    change(&admin, &role, 1, &["companies:read"]).await;
    assert_eq!(key.code("{ customers { totalCount } }", json!({})).await, "FORBIDDEN");
    key.ok("{ companies { totalCount } }", json!({})).await;
}
