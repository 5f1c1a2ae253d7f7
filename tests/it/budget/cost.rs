//! What an operation is told about its cost.

use rapport::auth::SystemRole;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{asking, available, builder, can_spend, costed, worth};
use crate::support::{Client, TestApp, TestDb};

/// The cost of an operation, and the budget before and after it.
async fn cost(client: &Client, query: &str) -> (Value, u64) {
    let before = available(client).await;
    let response = costed(client, query, Value::Null).await;
    let cost = response["extensions"]["cost"].clone();
    let after = cost["available"].as_u64().unwrap_or_else(|| panic!("{response:#}"));
    (cost, before.saturating_sub(after))
}

/// Holds that an operation costs so much, and that the budget says so too. (A point may have come back meanwhile.)
async fn costs(client: &Client, query: &str, requested: u64, actual: u64) {
    let (cost, spent) = cost(client, query).await;
    assert_eq!((&cost["requested"], &cost["actual"]), (&json!(requested), &json!(actual)), "{query}: {cost:#}");
    assert!((actual.saturating_sub(10)..=actual).contains(&spent), "{query}: {spent} were spent, {cost:#}");
}

async fn two_companies(app: &TestApp) {
    for name in ["Brightloom", "Fernhollow"] {
        let company = app.company(name);
        let customer = app.customer(Some(&company), &format!("{name}'s customer"));
        app.insert([company]).await;
        app.insert([customer]).await;
    }
}

#[tokio::test]
async fn what_a_list_did_not_use_is_given_back() {
    let app = builder().start().await;
    two_companies(&app).await;
    let user = app.user(SystemRole::Viewer).await;
    // companies + nodes + 20 × (name + customers + nodes + 10 × name) asked for; two rows with a customer each came.
    let nested = "{ companies(first: 20) { nodes { name customers(first: 10) { nodes { name } } } } }";
    costs(&user, nested, 2 + 20 * (3 + 10), 2 + 2 * (2 + 1 + 1)).await;
    // What was given back can be spent.
    assert!(can_spend(&user, 950).await);
}

#[tokio::test]
async fn the_cost_is_shown_by_get_too_and_only_to_who_asks() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    let silent = user.send("{ viewer { user { id } } }", json!({})).await;
    assert!(silent.get("extensions").is_none(), "{silent:#}");
    let mut request = asking("{ viewer { user { id } } }", json!({}));
    request["extensions"]["cost"] = json!(false);
    let silent: Value = user.request("", Value::Null).json(&request).send().await.unwrap().json().await.unwrap();
    assert!(silent.get("extensions").is_none(), "{silent:#}");
    let url = url::Url::parse_with_params(
        &format!("http://{}/graphql", app.address),
        [("query", "{ viewer { user { id } } }"), ("extensions", r#"{"cost": true}"#)],
    );
    let shown: Value = reqwest::get(url.unwrap()).await.unwrap().json().await.unwrap();
    let cost = &shown["extensions"]["cost"];
    // Nobody is signed in here, so the viewer is null and has no id.
    assert_eq!((&cost["requested"], &cost["actual"], &cost["restoreRate"]), (&json!(3), &json!(1), &json!(1)));
}

#[tokio::test]
async fn what_never_ran_costs_what_it_took_to_read() {
    let app = builder().set("MAX_DEPTH", 3).start().await;
    let user = app.user(SystemRole::Viewer).await;
    for document in [
        "{ viewer",
        "{ viewer { nonsense } }",
        "{ companies { nodes { customers { nodes { id } } } } }",
        "{ companies(first: 100) { nodes { a: id b: id c: id d: id e: id f: id g: id h: id i: id j: id } } }",
    ] {
        costs(&user, document, 10, 10).await;
    }
    let long = format!("{{ viewer {{ nonsense }} }} #{}", "x".repeat(100_000));
    costs(&user, &long, 107, 107).await;
}

#[tokio::test]
async fn what_was_refused_for_its_cost_is_free() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    assert!(can_spend(&user, 900).await);
    costs(&user, &worth(500), 500, 0).await;
}

/// Errors make null what was fetched, so that nobody can tell how much work it was.
#[tokio::test]
async fn an_operation_with_errors_gets_nothing_back() {
    let app = builder().start().await;
    two_companies(&app).await;
    let user = app.user(SystemRole::Viewer).await;
    let failing = "{ companies(first: 20) { nodes { name customers(first: 10, last: 10) { nodes { name } } } } }";
    costs(&user, failing, 2 + 20 * (3 + 10), 2 + 20 * (3 + 10)).await;
}

#[tokio::test]
async fn an_operation_that_took_too_long_gets_nothing_back() {
    let app = builder().set("OPERATION_TIMEOUT_SECONDS", 1).start().await;
    let admin = app.admin().await;
    let held = app.db.connect().await.begin().await.unwrap();
    if TestDb::is_postgres() {
        held.execute_unprepared("LOCK TABLE jobs IN EXCLUSIVE MODE").await.unwrap();
    }
    let onboard = r#"mutation { onboardCompany(input: {companyName: "Fernhollow CRM"}) { id status } }"#;
    costs(&admin, onboard, 3, 3).await;
    drop(held);
}
