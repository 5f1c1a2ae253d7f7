//! Interactions, tasks, notes and the timeline of leads and customers.

mod interactions;
mod notes;
mod seeing;
mod tasks;
mod timeline;

use rapport::{db::Id, domains::identity::User};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// Writes a customer and a lead of the user, and returns their ids.
async fn subjects(app: &TestApp, of: Option<Id<User>>) -> [String; 2] {
    let (customer, lead) = (app.customer(None, "Bluefen Energy"), app.lead("Li", of));
    let ids = [customer.id.to_string(), lead.id.to_string()];
    app.insert([customer]).await;
    app.insert([lead]).await;
    ids
}

/// The id of the user.
async fn id_of(client: &Client) -> Id<User> {
    let data = client.ok("{ viewer { user { id } } }", json!({})).await;
    data["viewer"]["user"]["id"].as_str().unwrap().parse().unwrap()
}

/// Sends a mutation with an input of its name, and returns what `selection` shows of its result.
async fn change(by: &Client, mutation: &str, input: Value, selection: &str) -> Value {
    let query = operation(mutation, selection);
    by.ok(&query, json!({"input": input})).await[mutation].take()
}

/// A mutation with an input of its name.
fn operation(mutation: &str, selection: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    format!("mutation($input: {input}!) {{ {mutation}(input: $input) {{ {selection} }} }}")
}

/// The error of a mutation with an input of its name.
async fn refused(by: &Client, mutation: &str, input: Value) -> Value {
    by.fail(&operation(mutation, "id"), json!({"input": input})).await
}

/// The paths of the fields that an error says are wrong.
fn wrong(error: &Value) -> Vec<&str> {
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    error["extensions"]["fields"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect()
}
