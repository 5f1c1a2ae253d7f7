//! Customers as people keep them: entered by hand, with contacts, contract terms and churn.

mod churning;
mod contacts;
mod contracts;
mod editing;
mod finding;

use serde_json::{Value, json};

use crate::support::Client;

/// Creates a customer, and returns its id.
async fn create(by: &Client, input: Value) -> String {
    let query = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) { id } }";
    let data = by.ok(query, json!({"input": input})).await;
    data["createCustomer"]["id"].as_str().unwrap().to_owned()
}

/// What `selection` shows of a customer.
async fn shown(by: &Client, id: &str, selection: &str) -> Value {
    let query = format!("query($id: ID!) {{ customer(id: $id) {{ {selection} }} }}");
    by.ok(&query, json!({"id": id})).await["customer"].take()
}

/// The names of the customers that a list with these arguments has.
async fn names(by: &Client, arguments: &str) -> Vec<String> {
    let data = by.ok(&format!("{{ customers({arguments}) {{ totalCount nodes {{ name }} }} }}"), json!({})).await;
    let nodes = data["customers"]["nodes"].as_array().unwrap();
    assert_eq!(data["customers"]["totalCount"], nodes.len(), "{arguments}");
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

/// The paths of the fields that an answer says are wrong.
fn wrong(error: &Value) -> Vec<&str> {
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    error["extensions"]["fields"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect()
}
