//! Tokens with the mail address of a user who is there already.

use rapport::auth::SystemRole::{self, Manager};
use serde_json::{Value, json};

use super::{PASSWORD, PUBLISHED, SHARED, World, is_refused, viewer};
use crate::support::Client;

const EMAIL: &str = "scully@example.com";

impl World {
    /// Somebody whose token has the address of a user.
    fn scully(&self, more: Value) -> Client {
        let mut claims = self.claims_with("4711", json!({"email": EMAIL}));
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.client(&claims)
    }

    async fn linked(&self) -> usize {
        use rapport::domains::audit::{AuditColumn, AuditEntity};
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        let linked = AuditEntity::find().filter(AuditColumn::Action.eq("user.linked"));
        linked.all(self.app.app.db.reader()).await.unwrap().len()
    }
}

async fn role_id(admin: &Client, name: &str) -> Value {
    let data = admin.ok("{ roles { id name } }", json!({})).await;
    let found = data["roles"].as_array().unwrap().iter().find(|role| role["name"] == name);
    found.unwrap()["id"].clone()
}

/// Does something with a user, as the administrator.
async fn act(world: &World, id: &str, action: &str) {
    let query = "mutation($input: UpdateUsersInput!) { updateUsers(input: $input) { users { id } } }";
    world.app.admin().await.ok(query, json!({"input": {"ids": [id], "action": action}})).await;
}

#[tokio::test]
async fn a_proved_address_is_its_users_who_keep_their_role() {
    let world = World::with(json!({"roles": {"authenticated": "admin"}})).await;
    let user = world.user(EMAIL, Manager).await;
    let found = viewer(&world.scully(json!({"role": "authenticated"}))).await;
    assert_eq!((&found["user"]["id"], &found["user"]["role"]["name"]), (&json!(user.id), &json!("manager")));
    // From then on it is the subject that counts.
    let renamed = world.scully(json!({"email": "dana@elsewhere.example", "email_verified": false}));
    assert_eq!(viewer(&renamed).await["user"], found["user"]);
    assert_eq!(world.users().await.len(), 2);
}

#[tokio::test]
async fn an_address_that_nobody_proved_is_nobodys() {
    let world = World::start().await;
    world.user(EMAIL, SystemRole::Admin).await;
    for said in [json!(false), json!("true"), json!(1), json!(null)] {
        is_refused(&world.app, &world.scully(json!({"email_verified": said})), &said.to_string()).await;
    }
    assert_eq!((world.users().await.len(), world.linked().await), (2, 0));
}

#[tokio::test]
async fn an_address_that_a_user_only_says_is_theirs_brings_them_nobody_else() {
    let world = World::start().await;
    let user = world.user("mulder@example.com", SystemRole::Viewer).await;
    let take = "mutation($email: String!) { updateProfile(input: {email: $email}) { email } }";
    let client = world.app.anonymous().sign_in("mulder@example.com", PASSWORD).await;
    client.ok(take, json!({"email": EMAIL})).await;
    is_refused(&world.app, &world.scully(json!({})), "claimed").await;
    // An administrator who sets it vouches for it.
    let admin = world.app.admin().await;
    let set = "mutation($id: ID!, $version: Int!, $email: String!) {
        updateUser(input: {id: $id, expectedVersion: $version, email: $email}) { version } }";
    let version =
        admin.ok(set, json!({"id": user.id, "version": 2, "email": "m@example.com"})).await["updateUser"]["version"]
            .clone();
    admin.ok(set, json!({"id": user.id, "version": version, "email": EMAIL})).await;
    assert_eq!(viewer(&world.scully(json!({}))).await["user"]["id"], json!(user.id));
}

#[tokio::test]
async fn an_address_is_proved_where_the_issuer_is_trusted_in_it() {
    let world = World::with(json!({"trustEmail": true})).await;
    let user = world.user(EMAIL, Manager).await;
    let found = viewer(&world.scully(json!({"email_verified": null, "iss": SHARED}))).await;
    assert_eq!(found["user"]["id"], json!(user.id));
}

/// Else one could make oneself an account in somebody's name, and wait until they come and use it.
#[tokio::test]
async fn who_came_with_an_address_that_nobody_proved_does_not_get_its_owner_too() {
    let world = World::start().await;
    let squatter = world.scully(json!({"email_verified": false}));
    let found = viewer(&squatter).await;
    is_refused(&world.app, &world.scully(json!({"sub": "the owner", "iss": SHARED})), "the owner").await;
    assert_eq!(viewer(&squatter).await["user"], found["user"]);
    // The owner comes in once an administrator has given the other one another address.
    let query = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
    let input = json!({"id": found["user"]["id"], "expectedVersion": 1, "email": "somebody@example.com"});
    world.app.admin().await.ok(query, json!({"input": input})).await;
    let owner = viewer(&world.scully(json!({"sub": "the owner", "iss": SHARED}))).await;
    assert_ne!(owner["user"]["id"], found["user"]["id"]);
}

/// Invites somebody, and returns the token of the link.
async fn invited(world: &World) -> String {
    let admin = world.app.admin().await;
    let query = "mutation($input: InviteUserInput!) { inviteUser(input: $input) { link } }";
    let input = json!({"email": EMAIL, "fullName": "Dana Scully", "roleId": role_id(&admin, "manager").await});
    let data = admin.ok(query, json!({"input": input})).await;
    data["inviteUser"]["link"].as_str().unwrap().split_once("token=").unwrap().1.to_owned()
}

const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { accessToken } }";

#[tokio::test]
async fn who_was_invited_has_accepted_by_coming() {
    let world = World::start().await;
    let token = invited(&world).await;
    is_refused(&world.app, &world.scully(json!({"email_verified": false})), "an address that nobody proved").await;
    let user = viewer(&world.scully(json!({}))).await["user"].take();
    assert_eq!((&user["status"], &user["role"]["name"]), (&json!("ACTIVE"), &json!("manager")));
    let late = json!({"input": {"token": token, "password": "umbrellas in april rain"}});
    assert_eq!(world.app.anonymous().code(ACCEPT, late).await, "BAD_INPUT");
    let query = r#"{ auditLog(filter: {action: {eq: USER_INVITATION_ACCEPTED}}) { nodes { actor { userId }
        changes { field before after } } } }"#;
    let data = world.app.admin().await.ok(query, json!({})).await;
    let changes = json!([{"field": "status", "before": "INVITED", "after": "ACTIVE"}]);
    assert_eq!(data["auditLog"]["nodes"], json!([{"actor": {"userId": user["id"]}, "changes": changes}]));
}

#[tokio::test]
async fn who_was_deactivated_does_not_come_in_and_is_not_linked_by_trying() {
    let world = World::start().await;
    let user = world.user(EMAIL, Manager).await;
    let known = world.subject("fox");
    let fox = viewer(&known).await["user"]["id"].as_str().unwrap().to_owned();
    for id in [&user.id.to_string(), &fox] {
        act(&world, id, "DEACTIVATE").await;
    }
    is_refused(&world.app, &world.scully(json!({})), "never seen").await;
    is_refused(&world.app, &known, "seen before").await;
    assert_eq!(world.linked().await, 1);
    act(&world, &user.id.to_string(), "ACTIVATE").await;
    assert_eq!(viewer(&world.scully(json!({}))).await["user"]["id"], json!(user.id));
}

#[tokio::test]
async fn a_subject_whose_user_was_deleted_is_not_made_again() {
    let world = World::start().await;
    let dana = world.subject("dana");
    let id = viewer(&dana).await["user"]["id"].as_str().unwrap().to_owned();
    act(&world, &id, "DELETE").await;
    world.app.advance(chrono::TimeDelta::seconds(5));
    is_refused(&world.app, &dana, "the token of before").await;
    is_refused(&world.app, &world.subject("dana"), "a new one").await;
    let renamed = world.client(&world.claims_with("dana", json!({"email": "dana@elsewhere.example"})));
    is_refused(&world.app, &renamed, "another address").await;
    assert_eq!(world.users().await.len(), 2);
    // The address is free for somebody else.
    let other = world.client(&world.claims_with("other", json!({"email": "dana@example.com", "iss": PUBLISHED})));
    assert_ne!(viewer(&other).await["user"]["id"], json!(id));
}

/// U+212A KELVIN SIGN is a k to whoever compares without regard to case.
#[tokio::test]
async fn an_address_that_only_looks_like_a_users_is_not_theirs() {
    let world = World::start().await;
    let user = world.user("kim@example.com", Manager).await;
    for other in ["\u{212a}im@example.com", "k\u{200b}im@example.com", "\u{ff4b}im@example.com"] {
        is_refused(&world.app, &world.scully(json!({"email": other})), other).await;
    }
    assert_eq!((world.users().await.len(), world.linked().await), (2, 0));
    let found = viewer(&world.scully(json!({"email": "KIM@Example.com"}))).await;
    assert_eq!(found["user"]["id"], json!(user.id));
}
