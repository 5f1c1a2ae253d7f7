//! Both doors answer alike: data, errors and cost of the port are those of HTTP.

use rapport::{auth::SystemRole, db::WriteTx};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{run, step, without_request_id};
use crate::support::{Client, TestApp, TestDb};

/// What HTTP answers: data, errors without the id of the request, and the paid cost.
async fn over_http(client: &Client, document: &str, values: &Value) -> (Option<Value>, Vec<Value>, u64) {
    let body = json!({"query": document, "variables": values, "extensions": {"cost": true}});
    let response = client.request("", Value::Null).json(&body).send().await.unwrap();
    let mut response: Value = response.json().await.unwrap();
    let errors = response.get_mut("errors").map(|errors| serde_json::from_value(errors.take()).unwrap());
    let cost = response["extensions"]["cost"]["actual"].as_u64().unwrap();
    (response.get_mut("data").map(Value::take), without_request_id(errors.unwrap_or_default()), cost)
}

/// Holds that both doors answer alike, and returns the code of the first error.
async fn alike(app: &TestApp, client: &Client, document: &str, values: Value) -> Option<String> {
    let viewer = step(app, client).await;
    let answer = run(app, &viewer, document, values.clone()).await;
    let code = answer.code().map(str::to_owned);
    let port = (answer.data, without_balance(without_request_id(answer.errors)), answer.cost);
    let (data, errors, cost) = over_http(client, document, &values).await;
    assert_eq!(port, (data, without_balance(errors), cost), "{document:.200}");
    code
}

/// Errors without the points that came back between two requests.
fn without_balance(mut errors: Vec<Value>) -> Vec<Value> {
    for error in errors.iter_mut().filter(|error| error["extensions"]["code"] == "RATE_LIMITED") {
        let fields: Vec<_> = error["extensions"].as_object().unwrap().keys().cloned().collect();
        let words = error["message"].as_str().unwrap().replace(|letter: char| letter.is_ascii_digit(), "");
        *error = json!({"words": words, "extensions": fields, "code": error["extensions"]["code"]});
    }
    errors
}

fn repeated(times: usize, field: &str) -> String {
    let fields: Vec<_> = (0..times).map(|number| format!("a{number}: {field}")).collect();
    format!("{{ {} }}", fields.join(" "))
}

#[tokio::test]
async fn documents_are_answered_alike_by_both_doors() {
    let app = TestApp::builder().quiet().set("MAX_ALIASES", 1000).set("MAX_ANSWER_BYTES", 65_536).start().await;
    let user = app.user(SystemRole::Viewer).await;
    let deep = "{ companies { nodes { customers { nodes { company { customers { nodes { company { customers { nodes \
                { company { customers { totalCount } } } } } } } } } } } } }";
    let dear = "{ companies(first: 100) { nodes { customers(first: 100) { nodes { signals(first: 100) { totalCount \
                nodes { id } } } } } } }";
    let big = repeated(40, "permissions { name description p: permission n: name d: description }");
    let count = "query($n: Int!, $filter: CustomerFilter) { customers(first: $n, filter: $filter) { totalCount } }";
    let change = "mutation { updateCustomer(input: {id: \"cus_00000000000000000000000000000000\", expectedVersion: 1}) \
                  { id } }";
    let cancel = "mutation { cancelJob(id: \"job_00000000000000000000000000000000\") { id } }";
    let table = [
        ("{ viewer { user { email } permissions } }", json!({}), None),
        (count, json!({"n": 2}), None),
        ("{ viewer {", json!({}), Some("BAD_INPUT")),
        ("{ nothing }", json!({}), Some("BAD_INPUT")),
        ("query A { viewer { credentials } } query B { nothing }", json!({}), Some("BAD_INPUT")),
        ("query A { __typename } query B { __typename }", json!({}), Some("BAD_INPUT")),
        (count, json!({}), Some("BAD_INPUT")),
        (count, json!({"n": "two", "filter": {"nothing": 1}}), Some("BAD_INPUT")),
        (count, json!({"n": 500}), Some("BAD_INPUT")),
        (count, json!({"n": 1, "filter": {"name": {"eq": "a\u{0}b"}}}), Some("BAD_INPUT")),
        (deep, json!({}), Some("QUERY_TOO_COMPLEX")),
        (dear, json!({}), Some("QUERY_TOO_COMPLEX")),
        (big.as_str(), json!({}), Some("QUERY_TOO_COMPLEX")),
        ("{ users { totalCount } viewer { user { email } } }", json!({}), Some("FORBIDDEN")),
        (change, json!({}), Some("FORBIDDEN")),
        (cancel, json!({}), Some("NOT_FOUND")),
        ("query($id: ID!) { job(id: $id) { id } }", json!({"id": "nonsense"}), Some("BAD_INPUT")),
    ];
    for (document, values, code) in table {
        let given = alike(&app, &user, document, values).await;
        assert_eq!(given.as_deref(), code, "{document:.200}");
    }
}

#[tokio::test]
async fn an_empty_budget_refuses_at_both_doors() {
    let app = TestApp::builder().quiet().set("MAX_COMPLEXITY", 100).set("RATE_LIMIT_POINTS", 100);
    let app = app.set("RATE_LIMIT_RESTORE", 1).start().await;
    let user = app.user(SystemRole::Viewer).await;
    let viewer = step(&app, &user).await;
    let names = "{ __type(name: \"Query\") { a: name b: name c: name d: name e: name f: name g: name h: name } }";
    for _ in 0..6 {
        assert!(run(&app, &viewer, names, json!({})).await.errors.is_empty());
    }
    // What is refused takes nothing, so that both doors see one balance.
    let all = "{ companies(first: 98) { nodes { id } } }";
    assert_eq!(alike(&app, &user, all, json!({})).await.as_deref(), Some("RATE_LIMITED"));
}

const ONBOARD: &str = "mutation($name: String!) { onboardCompany(input: {companyName: $name}) { id } }";

/// Keeps everybody else from writing jobs until it is dropped.
async fn hold_jobs(app: &TestApp) -> WriteTx {
    let tx = app.db.connect().await.begin().await.unwrap();
    if TestDb::is_postgres() {
        tx.execute_unprepared("LOCK TABLE jobs IN EXCLUSIVE MODE").await.unwrap();
    }
    tx
}

#[tokio::test]
async fn what_takes_too_long_is_stopped_at_both_doors() {
    let app = TestApp::builder().quiet().set("OPERATION_TIMEOUT_SECONDS", 1).start().await;
    let manager = app.user(SystemRole::Manager).await;
    let held = hold_jobs(&app).await;
    let code = alike(&app, &manager, ONBOARD, json!({"name": "Brightloom Analytics"})).await;
    assert_eq!(code.as_deref(), Some("TIMEOUT"));
    drop(held);
    let done = run(&app, &step(&app, &manager).await, ONBOARD, json!({"name": "Fernhollow CRM"})).await;
    assert!(done.errors.is_empty(), "{done:#?}");
    assert_eq!(manager.ok("{ jobs { totalCount } }", json!({})).await["jobs"]["totalCount"], 1);
}

#[tokio::test]
async fn what_is_checked_is_refused_as_what_is_run() {
    let app = TestApp::builder().quiet().start().await;
    let user = app.user(SystemRole::Viewer).await;
    let (viewer, api) = (step(&app, &user).await, app.app.api().unwrap());
    let count = "query($n: Int!) { customers(first: $n) { totalCount } }";
    for (document, values) in [("{ viewer {", json!({})), ("{ nothing }", json!({})), (count, json!({"n": "two"}))] {
        let values = super::variables(values);
        let faults = api.check(&viewer, document, Some(&values)).unwrap_err();
        let answer = api.run(&viewer, document, &values).await;
        assert_eq!(without_request_id(faults), without_request_id(answer.errors), "{document}");
    }
    let dear = "query($n: Int) { companies(first: $n) { nodes { customers(first: 100) { nodes { id } } } } }";
    let cost = |n: Value| api.check(&viewer, dear, Some(&super::variables(json!({"n": n})))).map(|check| check.cost);
    assert_eq!(cost(json!(2)).unwrap(), 2 + 2 * (2 + 100));
    assert_eq!(api.check(&viewer, dear, None).unwrap().cost, 2 + 25 * (2 + 100));
    let statements = app.statements.of(async { api.check(&viewer, dear, None).unwrap() }).await.1;
    assert!(statements.is_empty(), "a check reads nothing: {statements:?}");
    let change =
        "mutation { updateCustomer(input: {id: \"cus_00000000000000000000000000000000\", expectedVersion: 1}) { id } }";
    let check = api.check(&viewer, change, None).unwrap();
    assert_eq!((check.kind, check.roots.len()), (rapport::api::ApiKind::Mutation, 1));
    let users = api.check(&viewer, "{ users { totalCount } companies { totalCount } }", None).unwrap().roots;
    let told: Vec<_> = users.iter().map(|root| (root.name.as_str(), root.is_allowed)).collect();
    assert_eq!(told, [("users", false), ("companies", true)]);
    assert_eq!(users[0].requires, ["users:read"]);
}
