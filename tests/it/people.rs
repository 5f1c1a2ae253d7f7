//! What administrators do with people, tried as a careful administrator does and as somebody who wants more than they have.

mod api_keys;
mod bulk;
mod editing;
mod ending;
mod escalation;
mod impersonation;
mod impersonation_ends;
mod invitation_links;
mod invitations;
mod key_life;
mod last_admin;
mod live_roles;
mod migrating;
mod roles;
mod users;

use rapport::{
    auth::{Permission, SystemRole},
    db::Id,
    domains::identity::{Role, User, UserStatus},
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, WsClient, patience};

const PASSWORD: &str = "a password of a test user";
const VIEWER: &str = "{ viewer { user { id email } permissions } }";

/// The document of a mutation with one `input`, whose type is called after it.
fn document(mutation: &str, fields: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let (first, fields) = (first.to_uppercase(), if fields.is_empty() { "__typename" } else { fields });
    format!("mutation($input: {first}{rest}Input!) {{ {mutation}(input: $input) {{ {fields} }} }}")
}

/// What a mutation yields that must succeed.
async fn done(client: &Client, mutation: &str, input: Value, fields: &str) -> Value {
    client.ok(&document(mutation, fields), json!({"input": input})).await[mutation].take()
}

/// The error of a mutation that must fail.
async fn failed(client: &Client, mutation: &str, input: Value) -> Value {
    client.fail(&document(mutation, ""), json!({"input": input})).await
}

/// The code of a mutation that must fail.
async fn refused(client: &Client, mutation: &str, input: Value) -> String {
    failed(client, mutation, input).await["extensions"]["code"].as_str().unwrap().to_owned()
}

/// The paths of what is wrong with the input of a mutation.
async fn wrong_fields(client: &Client, mutation: &str, input: Value) -> Vec<String> {
    paths(&failed(client, mutation, input).await)
}

fn paths(error: &Value) -> Vec<String> {
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    let fields = error["extensions"]["fields"].as_array().unwrap().iter();
    fields.map(|field| text(&field["path"])).collect()
}

/// The document of a mutation whose one argument is an id.
fn by_id(mutation: &str) -> String {
    format!("mutation($id: ID!) {{ {mutation}(id: $id) {{ id }} }}")
}

async fn delete_user(client: &Client, id: &str) {
    client.ok(&by_id("deleteUser"), json!({"id": id})).await;
}

async fn set_active(client: &Client, id: &str, is_active: bool) -> String {
    let user = done(client, "setUserActive", json!({"id": id, "isActive": is_active}), "status").await;
    text(&user["status"])
}

/// Gives a user another role.
async fn give_role(client: &Client, id: &str, role: &str) {
    let change = json!({"id": id, "expectedVersion": version(client, id).await, "roleId": role});
    done(client, "updateUser", change, "id").await;
}

async fn version(client: &Client, id: &str) -> Value {
    client.ok("query($id: ID!) { user(id: $id) { version } }", json!({"id": id})).await["user"]["version"].take()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The id of a role of the system, as clients have it.
fn system(role: SystemRole) -> String {
    Id::<Role>::from_uuid(role.uuid()).to_string()
}

fn all_permissions() -> Vec<&'static str> {
    Permission::all().map(Permission::name).collect()
}

/// Makes a custom role and returns its id.
async fn custom_role(admin: &Client, name: &str, permissions: &[&str]) -> String {
    text(
        &done(admin, "createRole", json!({"name": name, "permissions": crate::support::spelled(permissions)}), "id")
            .await["id"],
    )
}

/// Somebody who was made through the API, and signed in.
struct Person {
    id: String,
    email: String,
    client: Client,
}

impl Person {
    /// Somebody called `name`, of a role.
    async fn of(app: &TestApp, admin: &Client, name: &str, role: &str) -> Self {
        let email = format!("{}@people.example", name.to_lowercase().replace(' ', "."));
        let input = json!({"email": email, "fullName": name, "roleId": role, "password": PASSWORD});
        let id = text(&done(admin, "createUser", input, "id").await["id"]);
        let client = app.anonymous().sign_in(&email, PASSWORD).await;
        Self { id, email, client }
    }

    async fn manager(app: &TestApp, admin: &Client, name: &str) -> Self {
        Self::of(app, admin, name, &system(SystemRole::Manager)).await
    }

    async fn admin(app: &TestApp, admin: &Client, name: &str) -> Self {
        Self::of(app, admin, name, &system(SystemRole::Admin)).await
    }

    /// Somebody of a custom role of the same name, with these permissions.
    async fn with(app: &TestApp, admin: &Client, name: &str, permissions: &[&str]) -> Self {
        let role = custom_role(admin, name, permissions).await;
        Self::of(app, admin, name, &role).await
    }
}

/// The id of the user of `client`.
async fn own_id(client: &Client) -> String {
    text(&client.ok(VIEWER, json!({})).await["viewer"]["user"]["id"])
}

/// A job of `owner` that no worker touches.
async fn waiting_job(app: &TestApp, owner: &Client) -> Value {
    let owner: Id<User> = own_id(owner).await.parse().unwrap();
    let job = app.job(Some(owner.uuid()), app.app.ambient.now());
    let id = job.id.to_string();
    app.insert([job]).await;
    json!(id)
}

/// A user that nobody has written yet. They have no password.
fn user_row(app: &TestApp, name: &str, role: SystemRole, status: UserStatus) -> User {
    let (id, now) = (Id::new(&app.app.ambient), app.app.ambient.now());
    let email = format!("{}@rows.example", name.to_lowercase().replace(' ', "."));
    User {
        id,
        email_key: email.clone(),
        email_folded: email.clone(),
        email_is_claimed: false,
        email,
        full_name: name.to_owned(),
        name_key: rapport::text::fold(name),
        phone: None,
        role_id: Id::from_uuid(role.uuid()),
        status,
        version: 1,
        last_login_at: None,
        deleted_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// Waits until `condition` is true, and fails the test when it does not become so.
async fn until(mut condition: impl AsyncFnMut() -> bool) {
    patience(async {
        while !condition().await {
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    })
    .await;
}

/// Whether the server knows who `client` is.
async fn is_known(client: &Client) -> bool {
    let response = client.send(VIEWER, json!({})).await;
    match response["errors"][0]["extensions"]["code"].as_str() {
        Some("UNAUTHENTICATED") => false,
        None => response["data"]["viewer"].is_object(),
        Some(_) => panic!("{response:#}"),
    }
}

/// A sign-in, whole: `accessToken` and `refreshToken`, or an error.
async fn sign_in(client: &Client, email: &str, password: &str) -> Value {
    let input = json!({"email": email, "password": password});
    client.send(&document("login", "accessToken refreshToken"), json!({"input": input})).await
}

/// Whether somebody can sign in.
async fn can_sign_in(app: &TestApp, email: &str, password: &str) -> bool {
    sign_in(&app.anonymous(), email, password).await.get("errors").is_none()
}

/// The code of the error that comes next on a socket.
async fn next_error(socket: &mut WsClient) -> String {
    let message = socket.receive().await.unwrap();
    let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
    errors[0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{message:#}")).to_owned()
}
