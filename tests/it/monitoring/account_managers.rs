//! Who looks after a customer.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const UPDATE: &str =
    "mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { id version accountManager { userId } } }";

async fn world() -> (TestApp, Client, Client, String, String) {
    let app = TestApp::builder().quiet().start().await;
    let (admin, counselor) = (app.admin().await, app.user(SystemRole::Counselor).await);
    let customer = app.customer(None, "Bluefen Energy");
    let id = customer.id.to_string();
    app.insert([customer]).await;
    let user = counselor.id().await;
    (app, admin, counselor, id, user)
}

fn input(customer: &str, version: i32, manager: Value) -> Value {
    json!({"input": {"id": customer, "expectedVersion": version, "accountManagerId": manager}})
}

#[tokio::test]
async fn a_customer_gets_an_account_manager_and_loses_them_again() {
    let (_app, admin, counselor, customer, user) = world().await;
    let data = admin.ok(UPDATE, input(&customer, 1, json!(user))).await;
    assert_eq!(data["updateCustomer"], json!({"id": customer, "version": 2, "accountManager": {"userId": user}}));
    // Who sees the customer sees who looks after it, also without the right to see users.
    let query = "query($id: ID!) { customer(id: $id) { accountManager { fullName } } }";
    let data = counselor.ok(query, json!({"id": customer})).await;
    assert_eq!(data["customer"]["accountManager"]["fullName"], "Test User");
    // What is left out stays, and what stays is no change.
    let data = admin.ok(UPDATE, json!({"input": {"id": customer, "expectedVersion": 2}})).await;
    assert_eq!(data["updateCustomer"], json!({"id": customer, "version": 2, "accountManager": {"userId": user}}));
    let data = admin.ok(UPDATE, input(&customer, 2, json!(null))).await;
    assert_eq!(data["updateCustomer"], json!({"id": customer, "version": 3, "accountManager": null}));
}

#[tokio::test]
async fn of_two_who_change_a_customer_the_second_is_told_the_version() {
    let (_app, admin, _, customer, user) = world().await;
    admin.ok(UPDATE, input(&customer, 1, json!(user))).await;
    let error = admin.fail(UPDATE, input(&customer, 1, json!(null))).await;
    assert_eq!((&error["extensions"]["code"], &error["extensions"]["version"]), (&json!("CONFLICT"), &json!(2)));
}

#[tokio::test]
async fn only_an_active_user_looks_after_a_customer() {
    let (_app, admin, _, customer, user) = world().await;
    let deactivate = "mutation($id: ID!) { setUserActive(input: {id: $id, isActive: false}) { id } }";
    admin.ok(deactivate, json!({"id": user})).await;
    for nobody in [user.as_str(), "usr_00000000000000000000000000000000"] {
        let error = admin.fail(UPDATE, input(&customer, 1, json!(nobody))).await;
        assert_eq!(error["extensions"]["fields"][0]["path"], "input.accountManagerId", "{error:#}");
    }
}

#[tokio::test]
async fn customers_are_found_by_their_account_manager() {
    let (app, admin, _, customer, user) = world().await;
    app.insert([app.customer(None, "Harrowgate Financial")]).await;
    admin.ok(UPDATE, input(&customer, 1, json!(user))).await;
    let query = "query($filter: CustomerFilter) { customers(filter: $filter) { nodes { id } } }";
    for (filter, expected) in
        [(json!({"accountManagerId": {"eq": user}}), true), (json!({"accountManagerId": {"isNull": true}}), false)]
    {
        let data = admin.ok(query, json!({"filter": filter})).await;
        let nodes = data["customers"]["nodes"].as_array().unwrap();
        assert!(nodes.len() == 1 && (nodes[0]["id"] == customer) == expected, "{filter}: {data:#}");
    }
}
