//! The API as domains run it: the same door as HTTP, with the rights of the moment.

mod in_person;
mod later;
mod same_door;
mod showing;
mod variables;

use rapport::{
    api::{ApiAnswer, ApiVariables},
    auth::{Mandate, Viewer},
    db::Id,
    domains::identity::{User, acting},
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// The run that acts in these tests.
const RUN: &str = "run_0190c2d4e5f67890a1b2c3d4e5f67890";

fn variables(values: Value) -> ApiVariables {
    match values {
        Value::Object(values) => values,
        _ => ApiVariables::default(),
    }
}

/// The id of the user of `client`, as the API has it and as the database has it.
async fn own_id(client: &Client) -> (String, uuid::Uuid) {
    let id = client.ok("{ viewer { user { id } } }", json!({})).await["viewer"]["user"]["id"].take();
    let id = id.as_str().unwrap().to_owned();
    let parsed: Id<User> = id.parse().unwrap();
    (id, parsed.uuid())
}

/// What a run keeps to act for the user of `client`, with `more` beside the user.
async fn mandate(client: &Client, more: Value) -> Mandate {
    let mut stored = json!({"user": own_id(client).await.1, "via": RUN});
    stored.as_object_mut().unwrap().extend(variables(more));
    serde_json::from_value(stored).unwrap()
}

/// The viewer of a step for the user of `client`.
async fn step(app: &TestApp, client: &Client) -> Viewer {
    acting(&app.app, &mandate(client, json!({})).await).await.unwrap()
}

async fn run(app: &TestApp, viewer: &Viewer, document: &str, values: Value) -> ApiAnswer {
    app.app.api().unwrap().run(viewer, document, &variables(values)).await
}

/// What `response` says, without the id of its request.
fn without_request_id(mut errors: Vec<Value>) -> Vec<Value> {
    for error in &mut errors {
        let id = error["extensions"].as_object_mut().unwrap().remove("requestId");
        assert!(id.is_some_and(|id| id.as_str().is_some_and(|id| !id.is_empty())), "{error:#}");
    }
    errors
}
