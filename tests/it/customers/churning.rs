//! Customers that leave, by mistake or not, and come back; and the reasons.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{create, names, shown, wrong};
use crate::support::{Client, TestApp};

const CHURN: &str = "mutation($input: ChurnCustomerInput!) { churnCustomer(input: $input) { id status
    churn { kind effectiveOn note reason { name } recordedBy { fullName } } } }";
const UNDO: &str = "mutation($id: ID!) { undoCustomerChurn(id: $id) { status churn { kind } churns { kind } } }";
const BACK: &str = "mutation($input: ReactivateCustomerInput!) { reactivateCustomer(input: $input) { status
    churn { kind } churns { kind reactivatedAt } contract { startsOn } } }";

async fn reason(by: &Client) -> Value {
    by.ok("{ churnReasons { id name } }", json!({})).await["churnReasons"][0]["id"].take()
}

async fn churn(by: &Client, customer: &str) -> Value {
    let input = json!({"id": customer, "reasonId": reason(by).await, "kind": "VOLUNTARY", "effectiveOn": "2026-12-31",
        "note": "Too dear."});
    by.ok(CHURN, json!({"input": input})).await["churnCustomer"].take()
}

/// Creates a task for a customer, and returns its id.
async fn task(by: &Client, customer: &str, title: &str) -> Value {
    let query = "mutation($input: CreateTaskInput!) { createTask(input: $input) { id } }";
    by.ok(query, json!({"input": {"subjectId": customer, "title": title}})).await["createTask"]["id"].take()
}

async fn statuses(by: &Client, customer: &str) -> Vec<String> {
    let data = shown(by, customer, "tasks(orderBy: {field: CREATED_AT, direction: ASC}) { nodes { status } }").await;
    let nodes = data["tasks"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_customer_leaves_and_its_open_tasks_with_it() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy", "isOnboarding": true})).await;
    let (_, done) = (task(&admin, &customer, "Call").await, task(&admin, &customer, "Write").await);
    let update = "mutation($input: UpdateTaskInput!) { updateTask(input: $input) { status } }";
    admin.ok(update, json!({"input": {"id": done, "expectedVersion": 1, "status": "DONE"}})).await;
    let left = churn(&admin, &customer).await;
    assert_eq!(left["status"], "CHURNED");
    assert_eq!((&left["churn"]["kind"], &left["churn"]["note"]), (&json!("VOLUNTARY"), &json!("Too dear.")));
    assert!(left["churn"]["reason"]["name"].is_string() && left["churn"]["recordedBy"]["fullName"].is_string());
    let mut all = statuses(&admin, &customer).await;
    all.sort();
    assert_eq!(all, ["CANCELLED", "DONE"]);
    assert_eq!(names(&admin, "filter: {status: {eq: CHURNED}}").await, ["Bluefen Energy"]);
    // Once is enough.
    let input =
        json!({"id": customer, "reasonId": reason(&admin).await, "kind": "MERGED", "effectiveOn": "2026-12-31"});
    assert_eq!(admin.code(CHURN, json!({"input": input})).await, "CONFLICT");
    let add = "mutation($id: ID!) { addContract(input: {customerId: $id, terms: {startsOn: \"2027-01-01\"}}) { id } }";
    assert_eq!(admin.code(add, json!({"id": customer})).await, "CONFLICT");
    assert_eq!(app.count("SELECT id FROM events WHERE kind = 'customer.churned'").await, 1);
}

#[tokio::test]
async fn a_churn_by_mistake_leaves_no_trace_but_in_the_audit_log() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy", "isOnboarding": true})).await;
    task(&admin, &customer, "Call").await;
    churn(&admin, &customer).await;
    assert_eq!(statuses(&admin, &customer).await, ["CANCELLED"]);
    let undone = admin.ok(UNDO, json!({"id": customer})).await["undoCustomerChurn"].take();
    assert_eq!(undone, json!({"status": "ONBOARDING", "churn": null, "churns": []}));
    assert_eq!(statuses(&admin, &customer).await, ["OPEN"]);
    let timeline = shown(&admin, &customer, "timeline(filter: {kind: {eq: CHURNED}}) { totalCount }").await;
    assert_eq!(timeline["timeline"]["totalCount"], 0);
    assert_eq!(admin.code(UNDO, json!({"id": customer})).await, "CONFLICT");
    let log = "{ auditLog(filter: {action: {in: [CUSTOMER_CHURNED, CUSTOMER_CHURN_UNDONE]}}) { totalCount } }";
    assert_eq!(admin.ok(log, json!({})).await["auditLog"]["totalCount"], 2);
}

#[tokio::test]
async fn a_churn_of_long_ago_is_undone_no_more_but_the_customer_may_come_back() {
    let app = TestApp::builder().quiet().set("ACCESS_TOKEN_MINUTES", 60).start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy"})).await;
    churn(&admin, &customer).await;
    app.advance(TimeDelta::days(31));
    let admin = app.admin().await;
    let error = admin.fail(UNDO, json!({"id": customer})).await;
    assert_eq!(error["extensions"]["code"], "CONFLICT");
    assert!(error["message"].as_str().unwrap().contains("reactivateCustomer"), "{error:#}");
    let input = json!({"input": {"id": customer, "contract": {"startsOn": "2027-02-01", "endsOn": "2028-01-31"}}});
    let back = admin.ok(BACK, input.clone()).await["reactivateCustomer"].take();
    assert_eq!((&back["status"], &back["churn"]), (&json!("ACTIVE"), &Value::Null));
    assert_eq!(back["contract"]["startsOn"], "2027-02-01");
    assert!(back["churns"][0]["reactivatedAt"].is_string(), "{back:#}");
    let kinds = shown(&admin, &customer, "timelineCounts { kind count }").await;
    let expected = json!([{"kind": "CHURNED", "count": 1}, {"kind": "CONTRACT_ADDED", "count": 1}, {"kind": "REACTIVATED", "count": 1}]);
    assert_eq!(kinds["timelineCounts"], expected);
    assert_eq!(admin.code(BACK, input).await, "CONFLICT");
}

#[tokio::test]
async fn administrators_keep_the_reasons_and_inactive_ones_are_given_no_more() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let save = "mutation($input: SaveReasonInput!) { saveReason(input: $input) { id kind name isActive version } }";
    let error = manager.fail(save, json!({"input": {"kind": "CHURN", "name": "Weather"}})).await;
    assert_eq!(error["extensions"]["permission"], "settings:manage");
    let saved = admin.ok(save, json!({"input": {"kind": "CHURN", "name": " Weather "}})).await["saveReason"].take();
    let id = saved["id"].clone();
    assert_eq!(saved, json!({"id": id, "kind": "CHURN", "name": "Weather", "isActive": true, "version": 1}));
    let taken = admin.code(save, json!({"input": {"kind": "CHURN", "name": "wEATHER"}})).await;
    assert_eq!(taken, "ALREADY_EXISTS");
    // Of another kind it is another reason.
    admin.ok(save, json!({"input": {"kind": "LOST", "name": "Weather"}})).await;
    let renamed = admin.ok(save, json!({"input": {"id": id, "expectedVersion": 1, "name": "Storms"}})).await;
    assert_eq!((&renamed["saveReason"]["name"], &renamed["saveReason"]["version"]), (&json!("Storms"), &json!(2)));
    for (input, paths) in [
        (json!({"name": ""}), vec!["input.name", "input.kind"]),
        (json!({"id": id, "name": "A"}), vec!["input.expectedVersion"]),
        (json!({"id": id, "expectedVersion": 2, "kind": "LOST", "name": "A"}), vec!["input.kind"]),
    ] {
        assert_eq!(wrong(&admin.fail(save, json!({"input": input})).await), paths);
    }
    let active = "mutation($input: SetReasonActiveInput!) { setReasonActive(input: $input) { isActive } }";
    admin.ok(active, json!({"input": {"id": id, "isActive": false}})).await;
    let customer = create(&admin, json!({"name": "Bluefen Energy"})).await;
    let lost = admin.ok("{ lostReasons { id } }", json!({})).await["lostReasons"][0]["id"].take();
    for reason in [&id, &lost] {
        let input = json!({"id": customer, "reasonId": reason, "kind": "VOLUNTARY", "effectiveOn": "2026-12-31"});
        assert_eq!(wrong(&admin.fail(CHURN, json!({"input": input})).await), ["input.reasonId"]);
    }
    // All are shown to who sees customers, and those of leads to who sees leads.
    let viewer = app.user(SystemRole::Viewer).await;
    let seen = viewer.ok("{ churnReasons { name isActive } }", json!({})).await;
    assert_eq!(seen["churnReasons"].as_array().unwrap().len(), 7);
    assert_eq!(viewer.code("{ lostReasons { name } }", json!({})).await, "FORBIDDEN");
    let one = "query($id: ID!) { reason(id: $id) { name } node(id: $id) { id } }";
    assert_eq!(viewer.ok(one, json!({"id": lost})).await, json!({"reason": null, "node": null}));
}
