//! Contract terms and their renewal.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{create, shown, wrong};
use crate::support::{Client, TestApp};

const ADD: &str = "mutation($input: AddContractInput!) { addContract(input: $input) { id startsOn version } }";
const UPDATE: &str = "mutation($input: UpdateContractInput!) { updateContract(input: $input) {
    startsOn endsOn value { amount currency } autoRenews noticeDays renewalStatus version } }";

fn terms(customer: &str, starts_on: &str, ends_on: Value) -> Value {
    let value = json!({"amount": "12000", "currency": "EUR"});
    json!({"input": {"customerId": customer, "terms": {"startsOn": starts_on, "endsOn": ends_on, "value": value}}})
}

async fn add(by: &Client, variables: Value) -> String {
    by.ok(ADD, variables).await["addContract"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn terms_follow_each_other_and_the_latest_is_the_contract() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy"})).await;
    add(&admin, terms(&customer, "2026-01-01", json!("2026-12-31"))).await;
    let error = admin.fail(ADD, terms(&customer, "2026-12-31", json!(null))).await;
    assert_eq!(wrong(&error), ["input"]);
    assert!(error["message"].as_str().unwrap().contains("2026-01-01 until 2026-12-31"), "{error:#}");
    add(&admin, terms(&customer, "2128-01-01", json!("2128-12-31"))).await;
    let selection = "contract { startsOn annualValue { amount } } contracts { nodes { startsOn renewalStatus annualValue { amount } } }
        timeline { nodes { kind about { ... on Contract { startsOn } } } }";
    let data = shown(&admin, &customer, selection).await;
    assert_eq!(data["contract"], json!({"startsOn": "2128-01-01", "annualValue": {"amount": "11967.21"}}));
    let expected = json!([
        {"startsOn": "2128-01-01", "renewalStatus": "NONE", "annualValue": {"amount": "11967.21"}},
        {"startsOn": "2026-01-01", "renewalStatus": "RENEWED", "annualValue": {"amount": "12000.00"}},
    ]);
    assert_eq!(data["contracts"]["nodes"], expected);
    let kinds: Vec<_> = data["timeline"]["nodes"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["CONTRACT_ADDED", "CONTRACT_ADDED"]);
    assert_eq!(data["timeline"]["nodes"][0]["about"]["startsOn"], "2128-01-01");
}

#[tokio::test]
async fn a_term_is_changed_and_shows_in_the_customer_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy"})).await;
    let term = add(&admin, terms(&customer, "2026-01-01", json!("2026-12-31"))).await;
    let input = json!({"id": term, "expectedVersion": 1, "endsOn": "2027-06-30", "value": null, "autoRenews": true,
        "noticeDays": 60, "renewalStatus": "COMMITTED"});
    let updated = admin.ok(UPDATE, json!({"input": input})).await["updateContract"].take();
    let expected = json!({"startsOn": "2026-01-01", "endsOn": "2027-06-30", "value": null, "autoRenews": true,
        "noticeDays": 60, "renewalStatus": "COMMITTED", "version": 2});
    assert_eq!(updated, expected);
    let query =
        "{ customers(filter: {contractEndsOn: {eq: \"2027-06-30\"}, contractValue: {isNull: true}}) { totalCount } }";
    assert_eq!(admin.ok(query, json!({})).await["customers"]["totalCount"], 1);
    let input =
        json!({"id": term, "expectedVersion": 2, "endsOn": "2025-01-01", "noticeDays": 4000, "renewalStatus": "DUE"});
    let error = admin.fail(UPDATE, json!({"input": input})).await;
    assert_eq!(wrong(&error), ["input.endsOn", "input.noticeDays", "input.renewalStatus"]);
}

/// It is the customer's calendar that counts.
#[tokio::test]
async fn days_left_are_those_of_the_customers_time_zone() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let today = app.app.ambient.now().date_naive();
    let ends_on = (today + TimeDelta::days(90)).to_string();
    let mut left = Vec::new();
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let contract = json!({"startsOn": "2020-01-01", "endsOn": ends_on});
        let id = create(&admin, json!({"name": zone, "accountTimeZone": zone, "contract": contract})).await;
        let data = shown(&admin, &id, "contract { daysLeft renewalStatus }").await;
        let days = data["contract"]["daysLeft"].as_i64().unwrap();
        let expected = if days <= 90 { "DUE" } else { "NONE" };
        assert_eq!(data["contract"]["renewalStatus"], expected, "{data:#}");
        left.push(days);
    }
    // 25 hours lie between the two.
    assert!(left[1] > left[0] && left[1] - left[0] <= 2, "{left:?}");
    let open = create(&admin, json!({"name": "Open", "contract": {"startsOn": "2020-01-01"}})).await;
    let data = shown(&admin, &open, "contract { daysLeft renewalStatus annualValue { amount } }").await;
    assert_eq!(data["contract"], json!({"daysLeft": null, "renewalStatus": "NONE", "annualValue": null}));
}

#[tokio::test]
async fn only_who_may_write_contracts_enters_them() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy"})).await;
    let counselor = app.user(SystemRole::Counselor).await;
    let error = counselor.fail(ADD, terms(&customer, "2026-01-01", json!(null))).await;
    assert_eq!(error["extensions"]["permission"], "contracts:write");
    let key = "mutation { createApiKey(input: {name: \"k\", scopes: [CUSTOMERS_WRITE, CUSTOMERS_READ]}) { secret } }";
    let made = admin.ok(key, json!({})).await;
    let narrow = app.anonymous().with_token(made["createApiKey"]["secret"].as_str().unwrap());
    let query = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { id } }";
    let input = json!({"input": {"name": "A", "contract": {"startsOn": "2026-01-01"}}});
    assert_eq!(narrow.code(query, input).await, "FORBIDDEN");
    narrow.ok(query, json!({"input": {"name": "A"}})).await;
}
