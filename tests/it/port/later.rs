//! A run has the rights of its user at each step, and the audit log tells for whom it acted and where it was refused.

use chrono::TimeDelta;
use rapport::{
    api::ApiAnswer,
    auth::{Mandate, SystemRole, Viewer},
    db::Id,
    domains::identity::{ApiKey, acting},
    error::{Error, ErrorCode},
};
use serde_json::{Value, json};

use super::{RUN, mandate, own_id, run, variables};
use crate::support::{Client, TestApp};

const CHANGE: &str = "mutation($customer: ID!, $version: Int!, $manager: ID) {
    updateCustomer(input: {id: $customer, expectedVersion: $version, accountManagerId: $manager}) { version } }";
const LOG: &str = "query($run: ID!) { auditLog(filter: {via: {eq: $run}}) {
    nodes { action via reason actor { id: userId } apiKey { id } onBehalfOf { id: userId } subjectId } } }";

struct World {
    app: TestApp,
    admin: Client,
    user: Client,
    user_id: String,
    customer: String,
}

async fn world() -> World {
    let app = TestApp::builder().quiet().start().await;
    let (admin, user) = (app.admin().await, app.user(SystemRole::Manager).await);
    let company = app.company("Brightloom");
    let customer = app.customer(Some(&company), "Fernhollow");
    let id = customer.id.to_string();
    app.insert([company]).await;
    app.insert([customer]).await;
    let (user_id, _) = own_id(&user).await;
    World { app, admin, user, user_id, customer: id }
}

impl World {
    /// A step that changes the customer of this version.
    async fn change(&self, viewer: &Viewer, version: i32) -> ApiAnswer {
        let manager = (version % 2 == 1).then_some(&self.user_id);
        let values = json!({"customer": self.customer, "version": version, "manager": manager});
        run(&self.app, viewer, CHANGE, values).await
    }

    /// What the audit log tells of the run, the latest first.
    async fn told(&self) -> Vec<Value> {
        let mut log = self.admin.ok(LOG, json!({"run": RUN})).await;
        serde_json::from_value(log["auditLog"]["nodes"].take()).unwrap()
    }

    async fn input(&self, mutation: &str, input: Value) {
        let (first, rest) = mutation.split_at(1);
        let kind = format!("{}{rest}Input", first.to_uppercase());
        let document = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ __typename }} }}");
        self.admin.ok(&document, json!({"input": input})).await;
    }

    async fn version(&self) -> Value {
        let query = "query($id: ID!) { user(id: $id) { version } }";
        self.admin.ok(query, json!({"id": self.user_id})).await["user"]["version"].take()
    }

    /// Holds that the next step is refused with this reason, as the API answers it and as a domain is told it, and that the
    /// audit log tells it once.
    async fn is_over(&self, mandate: &Mandate, earlier: &Viewer, reason: &str) {
        for _ in 0..2 {
            let answer = run(&self.app, earlier, "{ customers { totalCount } }", json!({})).await;
            assert_eq!((answer.data.as_ref(), answer.code()), (None, Some("FORBIDDEN")), "{answer:#?}");
            assert_eq!(answer.errors[0]["message"], reason);
            let error = acting(&self.app.app, mandate).await.unwrap_err();
            assert!(matches!(&error, Error::NotAllowed(said) if said == reason), "{error:?}");
            assert_eq!(error.code(), ErrorCode::Forbidden);
        }
        let told = self.told().await;
        let refusals: Vec<_> = told.iter().filter(|entry| entry["action"] == "USER_AUTOMATION_REFUSED").collect();
        assert_eq!(refusals.len(), 1, "{told:#?}");
        assert_eq!((&refusals[0]["reason"], &refusals[0]["subjectId"]), (&json!(reason), &json!(self.user_id)));
    }
}

#[tokio::test]
async fn a_step_after_the_role_was_taken_away_is_refused_and_the_audit_log_tells_both() {
    let world = world().await;
    let mandate = mandate(&world.user, json!({})).await;
    let viewer = acting(&world.app.app, &mandate).await.unwrap();
    let first = world.change(&viewer, 1).await;
    assert_eq!(first.data, Some(json!({"updateCustomer": {"version": 2}})), "{first:#?}");
    let role = format!("rol_{}", SystemRole::Viewer.uuid().simple());
    let role = json!({"id": world.user_id, "expectedVersion": world.version().await, "roleId": role});
    world.input("updateUser", role).await;
    // The viewer of the first step has the rights of the second.
    for _ in 0..2 {
        let second = world.change(&viewer, 2).await;
        assert_eq!(second.code(), Some("FORBIDDEN"), "{second:#?}");
        assert_eq!(second.errors[0]["extensions"]["permission"], "customers:write");
    }
    let told = world.told().await;
    let who = json!({"id": world.user_id});
    let reason = "You need the permission `customers:write` for this; ask an administrator.";
    let expected = json!([
        {"action": "USER_AUTOMATION_REFUSED", "via": RUN, "reason": reason, "actor": who, "apiKey": null,
         "onBehalfOf": null, "subjectId": world.user_id},
        {"action": "CUSTOMER_UPDATED", "via": RUN, "reason": null, "actor": who, "apiKey": null,
         "onBehalfOf": null, "subjectId": world.customer},
    ]);
    assert_eq!(json!(told), expected);
    let by_hand = "{ auditLog(filter: {via: {isNull: true}, action: {eq: USER_UPDATED}}) { nodes { via } } }";
    assert_eq!(world.admin.ok(by_hand, json!({})).await["auditLog"]["nodes"], json!([{"via": null}]));
}

#[tokio::test]
async fn a_step_for_a_user_who_was_deactivated_or_deleted_is_refused() {
    let reason = "The user on whose behalf this runs is not active any more.";
    for mutation in ["setUserActive", "deleteUser"] {
        let world = world().await;
        let mandate = mandate(&world.user, json!({})).await;
        let viewer = acting(&world.app.app, &mandate).await.unwrap();
        assert!(world.change(&viewer, 1).await.errors.is_empty());
        if mutation == "setUserActive" {
            world.input(mutation, json!({"id": world.user_id, "isActive": false})).await;
        } else {
            let delete = "mutation($id: ID!) { deleteUser(id: $id) { __typename } }";
            world.admin.ok(delete, json!({"id": world.user_id})).await;
        }
        world.is_over(&mandate, &viewer, reason).await;
    }
}

/// A key of the user, and a run that was started by it.
async fn by_key(world: &World, expires_at: Value) -> (String, Mandate) {
    let create = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } } }";
    let input = json!({"name": "Importer", "scopes": ["CUSTOMERS_READ", "CUSTOMERS_WRITE"], "expiresAt": expires_at});
    let made = world.user.ok(create, json!({"input": input})).await;
    let id = made["createApiKey"]["apiKey"]["id"].as_str().unwrap().to_owned();
    let key: Id<ApiKey> = id.parse().unwrap();
    let scopes = ["customers:read", "customers:write"];
    (id, mandate(&world.user, json!({"apiKey": key.uuid(), "scopes": scopes})).await)
}

const NO_KEY: &str = "The API key by which this was started is revoked or has expired.";

#[tokio::test]
async fn a_step_after_the_key_was_revoked_is_refused_and_the_audit_log_names_the_key() {
    let world = world().await;
    let (key, mandate) = by_key(&world, Value::Null).await;
    let viewer = acting(&world.app.app, &mandate).await.unwrap();
    assert!(world.change(&viewer, 1).await.errors.is_empty());
    let leads = run(&world.app, &viewer, "{ leads { totalCount } }", json!({})).await;
    assert_eq!(
        (leads.code(), leads.data.clone()),
        (Some("FORBIDDEN"), Some(json!({"leads": null}))),
        "out of its scopes"
    );
    let revoke = "mutation($id: ID!) { revokeApiKey(id: $id) { __typename } }";
    world.user.ok(revoke, json!({"id": key})).await;
    let answer = run(&world.app, &viewer, "{ customers { totalCount } }", json!({})).await;
    assert_eq!((answer.code(), &answer.errors[0]["message"]), (Some("FORBIDDEN"), &json!(NO_KEY)));
    let told = world.told().await;
    let actions: Vec<_> = told.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["USER_AUTOMATION_REFUSED", "USER_AUTOMATION_REFUSED", "CUSTOMER_UPDATED"]);
    assert!(told.iter().all(|entry| entry["apiKey"]["id"] == key.as_str()), "{told:#?}");
}

#[tokio::test]
async fn a_step_after_the_key_expired_is_refused() {
    let world = world().await;
    let end = world.app.app.ambient.now() + TimeDelta::minutes(5);
    let (_, mandate) = by_key(&world, json!(end)).await;
    let viewer = acting(&world.app.app, &mandate).await.unwrap();
    world.app.advance(TimeDelta::minutes(5));
    world.is_over(&mandate, &viewer, NO_KEY).await;
}

#[tokio::test]
async fn scopes_restrict_a_run_to_less_than_the_role_and_never_to_more() {
    let world = world().await;
    let scopes = json!({"scopes": ["customers:read", "audit:read"]});
    let viewer = acting(&world.app.app, &mandate(&world.user, scopes).await).await.unwrap();
    let query = "{ viewer { permissions credential } customers { totalCount } }";
    let read = run(&world.app, &viewer, query, json!({})).await;
    let expected = json!({"viewer": {"permissions": ["CUSTOMERS_READ"], "credential": "AUTOMATION"},
                          "customers": {"totalCount": 1}});
    assert_eq!(read.data, Some(expected), "{read:#?}");
    assert_eq!(world.change(&viewer, 1).await.code(), Some("FORBIDDEN"));
}

#[tokio::test]
async fn a_run_pays_from_the_budget_of_its_user() {
    let app = TestApp::builder().quiet().set("MAX_COMPLEXITY", 100).set("RATE_LIMIT_POINTS", 100);
    let app = app.set("RATE_LIMIT_RESTORE", 1).start().await;
    let user = app.user(SystemRole::Viewer).await;
    let viewer = super::step(&app, &user).await;
    let dear =
        "{ __type(name: \"Query\") { a: name b: name c: name d: name e: name f: name g: name h: name i: name } }";
    let mut spent = 0;
    loop {
        let answer = run(&app, &viewer, dear, json!({})).await;
        if answer.code() == Some("RATE_LIMITED") {
            break;
        }
        assert!(answer.errors.is_empty() && answer.cost > 0, "{answer:#?}");
        spent += answer.cost;
        assert!(spent <= 1000, "the budget does not end");
    }
    let all = "{ companies(first: 96) { nodes { id } } }";
    assert_eq!(user.code(all, json!({})).await, "RATE_LIMITED", "the user has spent it too");
    let other = app.user(SystemRole::Viewer).await;
    other.ok(all, json!({})).await;
}

#[tokio::test]
async fn an_administrator_in_the_place_of_a_user_stays_the_actor_and_must_still_have_the_right() {
    let world = world().await;
    let (admin_id, admin) = own_id(&world.app.user(SystemRole::Admin).await).await;
    let mandate = mandate(&world.user, json!({"impersonator": admin})).await;
    let viewer = acting(&world.app.app, &mandate).await.unwrap();
    assert!(world.change(&viewer, 1).await.errors.is_empty());
    let told = world.told().await;
    assert_eq!((&told[0]["actor"]["id"], &told[0]["onBehalfOf"]["id"]), (&json!(admin_id), &json!(world.user_id)));
    world.input("setUserActive", json!({"id": admin_id, "isActive": false})).await;
    let reason = "The administrator who started this in the place of the user may not act for them any more.";
    world.is_over(&mandate, &viewer, reason).await;
}

#[tokio::test]
async fn the_program_has_its_port_as_soon_as_it_is_put_together() {
    let world = world().await;
    let check = world.app.app.api().unwrap().check(&Viewer::system(), "{ serverInfo { __typename } }", None).unwrap();
    assert_eq!(check.roots[0].name, "serverInfo");
    assert_eq!(variables(json!({})).len(), 0);
}
