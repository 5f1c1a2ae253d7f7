//! What tools may ask about the schema itself.

use serde_json::json;

use crate::support::TestApp;

/// What GraphiQL asks when it opens: `getIntrospectionQuery` of graphql-js with everything on.
const FULL: &str = include_str!("introspection.graphql");

#[tokio::test]
async fn the_full_introspection_query_passes_the_default_limits() {
    let app = TestApp::builder().quiet().start().await;
    let data = app.anonymous().ok(FULL, json!({})).await;
    assert_eq!(data["__schema"]["queryType"]["name"], "Query");
    assert_eq!(data["__schema"]["subscriptionType"]["name"], "Subscription");
}

#[tokio::test]
async fn introspection_may_go_twenty_levels_deep() {
    let app = TestApp::builder().quiet().start().await;
    let chain = |depth: usize| {
        let links = depth - 2;
        format!(r#"{{ __type(name: "User") {}{{ name }}{} }}"#, "{ ofType ".repeat(links), "}".repeat(links))
    };
    app.anonymous().ok(&chain(20), json!({})).await;
    let error = app.anonymous().fail(&chain(21), json!({})).await;
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error:#}");
    assert_eq!((&error["extensions"]["limit"], &error["extensions"]["actual"]), (&json!(20), &json!(21)));
}

#[tokio::test]
async fn a_misspelt_field_is_answered_with_a_suggestion() {
    let app = TestApp::builder().quiet().start().await;
    let error = app.anonymous().fail("{ viewr { id } }", json!({})).await;
    assert!(error["message"].as_str().unwrap().contains("Did you mean"), "{error:#}");
}

#[tokio::test]
async fn introspection_can_be_turned_off_and_suggestions_with_it() {
    let app = TestApp::builder().quiet().set("INTROSPECTION", false).start().await;
    for query in ["{ __schema { queryType { name } } }", r#"{ __type(name: "User") { name } }"#] {
        let response = app.anonymous().send(query, json!({})).await;
        assert!(!response.to_string().contains("Query\""), "{response:#}");
        assert!(response["data"]["__schema"].is_null() && response["data"]["__type"].is_null(), "{response:#}");
        assert_eq!(response["errors"][0]["extensions"]["code"], "BAD_INPUT", "{response:#}");
    }
    let error = app.anonymous().fail("{ viewr { id } }", json!({})).await;
    assert!(!error["message"].as_str().unwrap().contains("viewer"), "{error:#}");
    // What every client sends with its queries still works.
    app.anonymous().ok("{ __typename viewer { __typename } }", json!({})).await;
}
