//! What changes nothing, or is refused, is not written down: the database stays as it is.

use futures_util::future::join_all;
use rapport::{
    auth::SystemRole::{self, Counselor},
    jobs::{JobRow, JobStatus},
};
use serde_json::{Value, json};

use super::{
    LOGIN, PASSWORD, World,
    mutations::{CANCEL, CREATE_KEY, CREATE_ROLE, asked, id_at, invited, role},
};
use crate::support::{ADMIN, Client, today};

/// Sends what must change nothing, and returns the code of its error, if it has one.
async fn changes_nothing(world: &World, by: &Client, query: &str, variables: Value) -> Option<String> {
    let before = world.dump().await;
    let response = world.send(by, query, variables, "idle").await;
    assert_eq!(world.difference(&before).await, [""; 0], "{query}\n{response:#}");
    response["errors"][0]["extensions"]["code"].as_str().map(str::to_owned)
}

/// Does a mutation, and then a second time, which must change nothing. Returns the code of the second.
async fn twice(mutation: &str) -> Option<String> {
    let world = World::start().await;
    let asked = asked(&world, mutation).await;
    world.ok(&asked.by, &asked.query, asked.variables.clone()).await;
    changes_nothing(&world, &asked.by, &asked.query, asked.variables).await
}

fn code(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn what_is_done_already_is_not_written_down_again() {
    for (mutation, expected) in [
        ("revokeApiKey", None),
        ("revokeDownloadLink", None),
        ("deleteFile", code("NOT_FOUND")),
        ("setUserActive", None),
        ("updateUsers", None),
        ("updateProfile", None),
        // The same successor comes again within 30 seconds.
        ("refreshToken", None),
        ("cancelJob", code("CONFLICT")),
        ("retryJob", code("CONFLICT")),
        ("deleteRole", code("NOT_FOUND")),
        ("deleteUser", code("NOT_FOUND")),
        ("acceptInvitation", code("BAD_INPUT")),
        ("createRole", code("ALREADY_EXISTS")),
        ("createUser", code("ALREADY_EXISTS")),
        ("changePassword", code("BAD_INPUT")),
        ("logout", code("UNAUTHENTICATED")),
        ("logoutEverywhere", code("UNAUTHENTICATED")),
    ] {
        assert_eq!(twice(mutation).await, expected, "{mutation}");
    }
}

const UPDATE_USER: &str = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id version } }";

#[tokio::test]
async fn a_user_who_is_given_what_they_have_is_not_changed() {
    let world = World::start().await;
    let (dana, admin) = (world.user(Counselor).await, &world.admin.client);
    let counselor = role(&world, "counselor").await;
    for change in [
        json!({}),
        json!({"fullName": "Dana Scully"}),
        json!({"fullName": " Dana Scully ", "email": dana.email, "phone": null, "roleId": counselor}),
    ] {
        let mut input = json!({"id": dana.id, "expectedVersion": 1});
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        assert_eq!(changes_nothing(&world, admin, UPDATE_USER, json!({"input": input})).await, None);
        let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { id version } }";
        let mut change = change;
        change.as_object_mut().unwrap().remove("roleId");
        assert_eq!(changes_nothing(&world, &dana.client, query, json!({"input": change})).await, None);
    }
}

#[tokio::test]
async fn a_change_of_a_user_that_is_refused_is_not_written_down() {
    let world = World::start().await;
    let (dana, admin) = (world.user(Counselor).await, &world.admin.client);
    let viewer = role(&world, "viewer").await;
    for (change, expected) in [
        (json!({"id": dana.id, "expectedVersion": 2, "fullName": "Fox"}), "CONFLICT"),
        (json!({"id": dana.id, "expectedVersion": 1, "email": ADMIN.0}), "ALREADY_EXISTS"),
        (json!({"id": dana.id, "expectedVersion": 1, "email": "nobody"}), "BAD_INPUT"),
        (json!({"id": world.admin.id, "expectedVersion": 1, "roleId": viewer}), "CONFLICT"),
    ] {
        let refused = changes_nothing(&world, admin, UPDATE_USER, json!({"input": change})).await;
        assert_eq!(refused, code(expected), "{change}");
    }
    let input = json!({"id": dana.id, "expectedVersion": 1, "fullName": "Fox"});
    let refused = changes_nothing(&world, &dana.client, UPDATE_USER, json!({"input": input})).await;
    assert_eq!(refused, code("FORBIDDEN"));
}

#[tokio::test]
async fn a_role_that_is_given_what_it_has_is_not_changed() {
    let world = World::start().await;
    let admin = &world.admin.client;
    let input = json!({"name": "Auditor", "description": "Looks.", "permissions": ["AUDIT_READ", "USERS_READ"]});
    let id = id_at("/createRole/id", &world.ok(admin, CREATE_ROLE, json!({"input": input})).await);
    let query = "mutation($input: UpdateRoleInput!) { updateRole(input: $input) { version } }";
    for change in [
        json!({"id": id, "expectedVersion": 1}),
        json!({"id": id, "expectedVersion": 1, "name": "Auditor", "permissions": ["USERS_READ", "AUDIT_READ"]}),
    ] {
        assert_eq!(changes_nothing(&world, admin, query, json!({"input": change})).await, None);
    }
}

#[tokio::test]
async fn a_bulk_action_that_fails_for_one_is_written_down_for_none() {
    let world = World::start().await;
    let dana = world.user(Counselor).await;
    let query = "mutation($input: UpdateUsersInput!) { updateUsers(input: $input) { users { id } } }";
    for ids in [json!([dana.id, "usr_00000000000000000000000000000000"]), json!([dana.id, dana.id])] {
        let input = json!({"input": {"ids": ids, "action": "DELETE"}});
        assert_eq!(changes_nothing(&world, &world.admin.client, query, input).await, code("BAD_INPUT"));
    }
    let all = json!({"input": {"ids": [dana.id, world.admin.id], "action": "DEACTIVATE"}});
    assert_eq!(changes_nothing(&world, &world.admin.client, query, all).await, code("CONFLICT"));
}

#[tokio::test]
async fn a_sign_in_that_fails_is_not_written_down() {
    let world = World::start().await;
    let nobody = world.app.anonymous();
    for (email, password) in [(ADMIN.0, "wrong horse battery"), ("nobody@example.com", ADMIN.1)] {
        let refused = changes_nothing(&world, &nobody, LOGIN, json!({"email": email, "password": password})).await;
        assert_eq!(refused, code("UNAUTHENTICATED"));
    }
    let query = "mutation($token: String!) { refreshToken(input: {refreshToken: $token}) { accessToken } }";
    let refused = changes_nothing(&world, &nobody, query, json!({"token": "ses_1.1.abc"})).await;
    assert_eq!(refused, code("UNAUTHENTICATED"));
}

#[tokio::test]
async fn an_old_refresh_token_that_comes_back_is_written_down_though_it_is_refused() {
    let world = World::start().await;
    let asked = asked(&world, "refreshToken").await;
    world.ok(&asked.by, &asked.query, asked.variables.clone()).await;
    world.app.advance(chrono::TimeDelta::seconds(31));
    let send = world.send(&asked.by, &asked.query, asked.variables, "stolen");
    let (response, entries) = world.written_by(send).await;
    assert_eq!(response["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    let [entry] = entries.as_slice() else { panic!("{entries:#?}") };
    assert_eq!((entry.action.as_str(), entry.actor_id), ("session.revoked", None));
    assert!(entry.reason.as_deref().is_some_and(|reason| reason.contains("stolen")), "{entry:#?}");
}

#[tokio::test]
async fn an_invitation_that_cannot_be_accepted_is_not_written_down() {
    let world = World::start().await;
    let (token, _) = invited(&world).await;
    let query = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { accessToken } }";
    for input in [
        json!({"token": token, "password": "short"}),
        json!({"token": format!("{token}0"), "password": PASSWORD}),
        json!({"token": token, "password": PASSWORD, "fullName": ""}),
    ] {
        let refused = changes_nothing(&world, &world.app.anonymous(), query, json!({"input": input})).await;
        assert_eq!(refused, code("BAD_INPUT"), "{input}");
    }
}

#[tokio::test]
async fn a_running_job_that_is_being_cancelled_is_not_cancelled_again() {
    let world = World::start().await;
    let job = JobRow {
        status: JobStatus::Running,
        cancel_requested: true,
        lease_until: Some(today()),
        ..world.app.job(None, today())
    };
    let id = job.id.to_string();
    world.app.insert([job]).await;
    assert_eq!(changes_nothing(&world, &world.admin.client, CANCEL, json!({"id": id})).await, None);
}

#[tokio::test]
async fn of_sign_outs_at_the_same_moment_one_is_written_down() {
    let world = World::start().await;
    let dana = world.user(Counselor).await;
    let query = "mutation { logout { sessionsEnded } }";
    let all = join_all((0..10).map(|_| world.send(&dana.client, query, json!({}), "at-once")));
    let (_, entries) = world.written_by(all).await;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["user.signed_out"]);
}

#[tokio::test]
async fn an_onboarding_that_is_asked_for_again_is_not_written_down() {
    let world = World::start().await;
    let query = "mutation($name: String!) {
        onboardCompany(input: {companyName: $name, idempotencyKey: \"once\"}) { id } }";
    let admin = &world.admin.client;
    world.ok(admin, query, json!({"name": "Fernhollow CRM"})).await;
    assert_eq!(changes_nothing(&world, admin, query, json!({"name": "Fernhollow CRM"})).await, None);
    let other = changes_nothing(&world, admin, query, json!({"name": "Brightloom Analytics"})).await;
    assert_eq!(other, code("IDEMPOTENCY_MISMATCH"));
}

#[tokio::test]
async fn what_keys_and_borrowed_names_may_not_do_is_not_written_down() {
    let world = World::start().await;
    let (admin, other) = (&world.admin.client, world.user(SystemRole::Admin).await);
    let query = "mutation($input: ImpersonateUserInput!) { impersonateUser(input: $input) { accessToken } }";
    for user in [&other.id, &world.admin.id] {
        let refused = changes_nothing(&world, admin, query, json!({"input": {"userId": user}})).await;
        assert_eq!(refused, code("FORBIDDEN"));
    }
    let input = json!({"input": {"name": "Import", "scopes": ["API_KEYS_MANAGE", "USERS_IMPERSONATE"]}});
    let made = world.ok(admin, CREATE_KEY, input.clone()).await;
    let key = admin.with_token(made["createApiKey"]["secret"].as_str().unwrap());
    // The first use of a key is written down beside it, and is no change.
    world.ok(&key, "{ viewer { credential } }", json!({})).await;
    for query in ["mutation { logout { sessionsEnded } }", "mutation { logoutEverywhere { sessionsEnded } }"] {
        assert_eq!(changes_nothing(&world, &key, query, json!({})).await, code("FORBIDDEN"));
    }
    assert_eq!(changes_nothing(&world, &key, CREATE_KEY, input).await, code("FORBIDDEN"));
}
