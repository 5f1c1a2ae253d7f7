//! Contacts of customers.

use serde_json::{Value, json};

use super::{create, shown, wrong};
use crate::support::{Client, TestApp};

const ADD: &str =
    "mutation($input: AddCustomerContactInput!) { addCustomerContact(input: $input) { id isPrimary version } }";
const UPDATE: &str = "mutation($input: UpdateCustomerContactInput!) { updateCustomerContact(input: $input) {
    name email phone jobTitle isPrimary version customer { name } } }";

async fn add(by: &Client, customer: &str, name: &str, is_primary: bool) -> Value {
    let input = json!({"customerId": customer, "details": {"name": name}, "isPrimary": is_primary});
    by.ok(ADD, json!({"input": input})).await["addCustomerContact"].take()
}

/// The names of the contacts, and that of the primary one.
async fn contacts(by: &Client, customer: &str) -> (Vec<String>, Value) {
    let data = shown(by, customer, "contacts { nodes { name isPrimary } } contact { name }").await;
    let nodes = data["contacts"]["nodes"].as_array().unwrap();
    let primary: Vec<_> = nodes.iter().filter(|node| node["isPrimary"] == true).map(|node| &node["name"]).collect();
    assert_eq!(
        primary,
        data["contact"]["name"].is_string().then_some(&data["contact"]["name"]).into_iter().collect::<Vec<_>>()
    );
    (nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect(), data["contact"]["name"].clone())
}

#[tokio::test]
async fn one_contact_is_the_primary_one_whatever_happens() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy"})).await;
    assert_eq!(contacts(&admin, &customer).await, (vec![], Value::Null));
    let dana = add(&admin, &customer, "Dana", false).await;
    assert_eq!(dana["isPrimary"], true);
    let fox = add(&admin, &customer, "Fox", false).await;
    assert_eq!(contacts(&admin, &customer).await, (vec!["Dana".to_owned(), "Fox".to_owned()], json!("Dana")));
    add(&admin, &customer, "Walter", true).await;
    assert_eq!(contacts(&admin, &customer).await.1, "Walter");
    let input = json!({"id": fox["id"], "expectedVersion": 1, "makePrimary": true});
    admin.ok(UPDATE, json!({"input": input})).await;
    assert_eq!(contacts(&admin, &customer).await.1, "Fox");
    let delete = "mutation($id: ID!) { deleteCustomerContact(id: $id) { id } }";
    let deleted = admin.ok(delete, json!({"id": fox["id"]})).await;
    assert_eq!(deleted["deleteCustomerContact"]["id"], fox["id"]);
    assert_eq!(contacts(&admin, &customer).await.1, "Dana");
}

#[tokio::test]
async fn a_contact_is_changed_and_what_is_wrong_is_told() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let customer = create(&admin, json!({"name": "Bluefen Energy"})).await;
    let id = add(&admin, &customer, "Dana", false).await["id"].take();
    let input = json!({"id": id, "expectedVersion": 1, "name": "Dana Scully", "email": "Dana@example.com",
        "phone": "+49 30 7", "jobTitle": "Agent"});
    let updated = admin.ok(UPDATE, json!({"input": input})).await["updateCustomerContact"].take();
    let expected = json!({"name": "Dana Scully", "email": "Dana@example.com", "phone": "+49 30 7", "jobTitle": "Agent",
        "isPrimary": true, "version": 2, "customer": {"name": "Bluefen Energy"}});
    assert_eq!(updated, expected);
    let input = json!({"id": id, "expectedVersion": 2, "name": null, "email": "dana", "phone": "1".repeat(60)});
    let error = admin.fail(UPDATE, json!({"input": input})).await;
    assert_eq!(wrong(&error), ["input.name", "input.email", "input.phone"]);
    let cleared = json!({"id": id, "expectedVersion": 2, "email": null, "phone": "", "jobTitle": null});
    let cleared = admin.ok(UPDATE, json!({"input": cleared})).await["updateCustomerContact"].take();
    assert_eq!(
        (&cleared["email"], &cleared["phone"], &cleared["jobTitle"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(admin.code(UPDATE, json!({"input": {"id": id, "expectedVersion": 1}})).await, "CONFLICT");
}

#[tokio::test]
async fn the_contacts_of_a_page_are_one_statement() {
    for count in [2, 20] {
        let app = TestApp::builder().quiet().start().await;
        let admin = app.admin().await;
        let customers: Vec<_> = (0..count).map(|n| app.customer(None, &format!("Customer {n}"))).collect();
        let all: Vec<_> = customers.iter().map(|customer| app.contact(customer, "Dana")).collect();
        app.insert(customers).await;
        app.insert(all).await;
        let query = "{ customers(first: 50) { nodes { contact { name } contacts(first: 3) { nodes { name } }
            timelineCounts { kind count } interactions(first: 2) { nodes { id } } churns { kind } } } }";
        let (data, statements) = app.statements.of(admin.ok(query, json!({}))).await;
        assert_eq!(data["customers"]["nodes"].as_array().unwrap().len(), count);
        // The customers, and one for each of the five.
        assert_eq!(statements.len(), 6, "{statements:#?}");
    }
}
