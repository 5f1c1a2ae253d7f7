//! The JSON Schema of the variables accepts what the API accepts.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{run, step};
use crate::support::TestApp;

const CUSTOMERS: &str = "query($first: Int = 10, $filter: CustomerFilter, $orderBy: CustomerOrder) {
    customers(first: $first, filter: $filter, orderBy: $orderBy) { totalCount } }";
const CHANGE: &str = "mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { id } }";
const NODES: &str = "query($ids: [ID!]!, $is: Boolean!) { nodes(ids: $ids) @include(if: $is) { __typename } }";
const NO_CUSTOMER: &str = "cus_00000000000000000000000000000000";

#[tokio::test]
async fn what_the_schema_of_the_variables_accepts_is_what_runs() {
    let app = TestApp::builder().quiet().start().await;
    let viewer = step(&app, &app.user(SystemRole::Manager).await).await;
    let seen = |filter: Value| json!({"filter": {"lastSeenAt": filter}});
    let table = [
        (CUSTOMERS, json!({}), true),
        (CUSTOMERS, json!({"first": 3, "filter": null, "orderBy": {"field": "NAME"}}), true),
        (CUSTOMERS, json!({"orderBy": {"field": "NAME", "direction": "DESC"}}), true),
        (CUSTOMERS, json!({"filter": {"or": [{"name": {"eq": "a"}}, {"not": {"ticker": {"isNull": true}}}]}}), true),
        (CUSTOMERS, seen(json!({"gte": "2026-03-14T09:00:00+02:00"})), true),
        (CUSTOMERS, json!({"first": "3"}), false),
        (CUSTOMERS, json!({"first": 3.5}), false),
        (CUSTOMERS, json!({"first": 3_000_000_000_i64}), false),
        (CUSTOMERS, json!({"orderBy": {}}), false),
        (CUSTOMERS, json!({"orderBy": {"field": "NOTHING"}}), false),
        (CUSTOMERS, json!({"orderBy": {"field": "NAME", "direction": null}}), false),
        (CUSTOMERS, json!({"filter": {"nothing": 1}}), false),
        (CUSTOMERS, json!({"filter": {"name": {"eq": 7}}}), false),
        (CUSTOMERS, json!({"filter": {"or": [null]}}), false),
        (CUSTOMERS, json!({"filter": "a"}), false),
        (CUSTOMERS, seen(json!({"gte": "yesterday"})), false),
        (CHANGE, json!({"input": {"id": NO_CUSTOMER, "expectedVersion": 1}}), true),
        (CHANGE, json!({"input": {"id": NO_CUSTOMER, "expectedVersion": 1, "accountManagerId": null}}), true),
        (CHANGE, json!({}), false),
        (CHANGE, json!({"input": null}), false),
        (CHANGE, json!({"input": {"id": NO_CUSTOMER}}), false),
        (CHANGE, json!({"input": {"id": true, "expectedVersion": 1}}), false),
        (NODES, json!({"ids": [NO_CUSTOMER], "is": false}), true),
        (NODES, json!({"ids": [NO_CUSTOMER], "is": 1}), false),
        (NODES, json!({"ids": [null], "is": true}), false),
        (NODES, json!({"is": true}), false),
    ];
    let api = app.app.api().unwrap();
    for (document, values, is_good) in table {
        let schema = api.check(&viewer, document, None).unwrap().variables;
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        assert_eq!(validator.is_valid(&values), is_good, "{values}\n{schema:#}");
        let answer = run(&app, &viewer, document, values.clone()).await;
        assert_eq!(answer.code() != Some("BAD_INPUT"), is_good, "{values}\n{answer:#?}");
        let checked = api.check(&viewer, document, Some(&super::variables(values.clone())));
        assert_eq!(checked.is_ok(), is_good, "{values}");
    }
}

#[tokio::test]
async fn descriptions_and_defaults_of_the_schema_stand_in_it() {
    let app = TestApp::builder().quiet().start().await;
    let viewer = step(&app, &app.user(SystemRole::Manager).await).await;
    let schema = app.app.api().unwrap().check(&viewer, CUSTOMERS, None).unwrap().variables;
    let first = &schema["properties"]["first"];
    assert_eq!((&first["default"], &first["type"]), (&json!(10), &json!(["integer", "null"])));
    assert!(first["description"].as_str().unwrap().starts_with("Number of items from the start"), "{first:#}");
    let direction = &schema["$defs"]["CustomerOrder"]["properties"]["direction"];
    assert_eq!((&direction["default"], &direction["$ref"]), (&json!("ASC"), &json!("#/$defs/SortDirection")));
    assert!(schema["$defs"]["SortDirection"]["description"].as_str().unwrap().contains("ASC: "), "{schema:#}");
    let time = &schema["$defs"]["NullableDateTimeFilter"]["properties"]["gte"];
    assert_eq!(time["format"], "date-time", "{time:#}");
}
