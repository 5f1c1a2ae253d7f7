//! Documents and variables as the specification has them, and what they may ask for.

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

async fn app() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    (app, admin)
}

#[tokio::test]
async fn a_variable_that_is_left_out_is_an_argument_that_is_not_given() {
    let (_app, admin) = app().await;
    let lists = "query($first: Int, $after: String, $last: Int, $before: String) {
        customers(first: $first, after: $after, last: $last, before: $before) { totalCount nodes { id } }
        companies(first: $first, filter: {name: {eq: $after}}) { totalCount }
    }";
    admin.ok(lists, json!({"first": 1})).await;
    admin.ok(lists, json!({})).await;
    // The default of the argument applies.
    admin.ok("query($n: Int) { users(first: $n) { nodes { id } } }", json!({})).await;
    let filter = "query($name: StringFilter, $or: [CustomerFilter!]) {
        customers(filter: {name: $name, or: $or}) { totalCount }
    }";
    admin.ok(filter, json!({"name": {"contains": "x"}})).await;
}

#[tokio::test]
async fn the_default_of_a_variable_decides_what_is_skipped() {
    let (_app, admin) = app().await;
    let document = "mutation($no: Boolean = true) { logout @skip(if: $no) { __typename } }";
    assert_eq!(admin.send(document, json!({})).await, json!({"data": {}}));
    admin.ok("{ viewer { user { id } } }", json!({})).await;
    let included = "query($yes: Boolean = false) { __typename viewer @include(if: $yes) { __typename } }";
    assert_eq!(admin.ok(included, json!({})).await, json!({"__typename": "Query"}));
    assert!(admin.ok(included, json!({"yes": true})).await["viewer"].is_object());
}

#[tokio::test]
async fn selections_that_conflict_at_any_depth_are_refused() {
    let (_app, admin) = app().await;
    for document in [
        "{ viewer { user { x: email } } viewer { user { x: fullName } } }",
        "{ ...A ...B } fragment A on Query { companies(first: 1) { nodes { id } } }
         fragment B on Query { companies(first: 2) { nodes { id } } }",
        r#"{ nodes(ids: []) { id } nodes(ids: ["x"]) { id } }"#,
    ] {
        let error = admin.fail(document, json!({})).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{document}\n{error:#}");
    }
    admin.ok("{ viewer { user { x: email } } viewer { user { x: email } } }", json!({})).await;
}

#[tokio::test]
async fn values_are_read_as_the_specification_has_them() {
    let (_app, admin) = app().await;
    for (document, variables) in [
        ("query($n: Int) { customers(first: $n) { totalCount } }", json!({"n": 2.0})),
        ("query($ids: [ ID! ] !) { nodes(ids: $ids) { id } }", json!({"ids": []})),
        ("{ customers(first: 5, search: \"\\uD83D\\uDE00 \\u{1F600}\") { totalCount } }", json!({})),
        ("{ customers(search: \"\"\"a \\\"\"\" b\"\"\") { totalCount } }", json!({})),
        (
            "\"What it is for.\" query Q(\"How many.\" $n: Int = 3) { a,: customers(first: $n) { totalCount } }",
            json!({}),
        ),
    ] {
        admin.ok(document, variables).await;
    }
    // An integer is a text where an id is wanted; it is no id of ours.
    let error = admin.fail("{ job(id: 7) { id } }", json!({})).await;
    assert!(error["message"].as_str().unwrap().contains("`job_"), "{error:#}");
}

#[tokio::test]
async fn values_of_variables_that_are_wrong_are_told_with_their_paths_all_at_once() {
    let (_app, admin) = app().await;
    let onboard = "mutation($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id } }";
    let variables = json!({"input": {"website": 1, "nope": true}});
    let missing = admin.fail(onboard, json!({})).await;
    let field = json!({"path": "input", "message": "A value for the variable `$input` is required."});
    assert_eq!(missing["extensions"]["fields"], json!([field]), "{missing:#}");
    let error = admin.fail(onboard, variables).await;
    let fields = error["extensions"]["fields"].as_array().unwrap();
    let paths: Vec<_> = fields.iter().map(|field| field["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["input.companyName", "input.website", "input.nope"], "{error:#}");
    for (ty, value) in [("Int", json!("2")), ("Int", json!(2.5)), ("Int", json!(1_u64 << 31)), ("Int!", Value::Null)] {
        let document = format!("query($n: {ty}) {{ customers(first: $n) {{ totalCount }} }}");
        let error = admin.fail(&document, json!({"n": value})).await;
        assert_eq!(error["extensions"]["fields"][0]["path"], "first", "{error:#}");
    }
    let order = "query($o: CustomerOrder) { customers(orderBy: $o) { totalCount } }";
    let error = admin.fail(order, json!({"o": {"field": "NAME", "direction": "UP"}})).await;
    assert_eq!(error["extensions"]["fields"][0]["path"], "orderBy.direction", "{error:#}");
    assert!(error["extensions"]["fields"][0]["message"].as_str().unwrap().contains("ASC, DESC"), "{error:#}");
}

#[tokio::test]
async fn the_path_of_a_wrong_value_begins_with_the_argument_wherever_the_value_comes_from() {
    let (_app, admin) = app().await;
    let onboard = |defined: &str, website: &str| {
        format!("mutation{defined} {{ onboardCompany(input: {{companyName: \"A\", website: {website}}}) {{ id }} }}")
    };
    let nodes = |defined: &str, ids: &str| {
        format!("query{defined} {{ ...F }} fragment F on Query {{ nodes(ids: {ids}) {{ id }} }}")
    };
    let seen = "query($t: DateTime = \"tomorrow\") { customers(filter: {lastSeenAt: {lt: $t}}) { totalCount } }";
    let skipped = "query($s: Boolean!) { viewer { id: __typename @skip(if: $s) } }";
    for (document, variables, path) in [
        (onboard("", "1"), json!({}), "input.website"),
        (onboard("", "\"\\u0000\""), json!({}), "input.website"),
        (onboard("", "\"javascript:1\""), json!({}), "input.website"),
        (onboard("($x: String)", "$x"), json!({"x": 1}), "input.website"),
        (onboard("($x: String)", "$x"), json!({"x": "\0"}), "input.website"),
        (onboard("($x: String)", "$x"), json!({"x": "javascript:1"}), "input.website"),
        (onboard("($x: String = 1)", "$x"), json!({}), "input.website"),
        (onboard("($x: String = \"\\u0000\")", "$x"), json!({}), "input.website"),
        (nodes("($all: [ID!]!)", "$all"), json!({"all": ["a", true]}), "ids[1]"),
        (nodes("($one: ID!)", "[\"a\", $one]"), json!({"one": []}), "ids[1]"),
        (seen.to_owned(), json!({}), "filter.lastSeenAt.lt"),
        (skipped.to_owned(), json!({"s": "no"}), "if"),
    ] {
        let error = admin.fail(&document, variables).await;
        let fields = error["extensions"]["fields"].as_array().into_iter().flatten();
        assert_eq!(fields.map(|field| &field["path"]).collect::<Vec<_>>(), [path], "{document}\n{error:#}");
    }
}

#[tokio::test]
async fn names_that_are_unknown_are_answered_with_what_was_meant() {
    let (_app, admin) = app().await;
    let onboard = "mutation($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id } }";
    for (document, variables, meant, path) in [
        ("{ customers(frist: 1) { totalCount } }", json!({}), "first", Some("frist")),
        ("{ viewer @inclde(if: true) { __typename } }", json!({}), "include", None),
        ("{ viewer { __typename @skip(iff: true, if: true) } }", json!({}), "if", Some("iff")),
        ("{ customers(filter: {nane: {eq: \"a\"}}) { totalCount } }", json!({}), "name", Some("filter.nane")),
        ("{ customers(orderBy: {field: NAMES}) { totalCount } }", json!({}), "NAME", Some("orderBy.field")),
        ("{ ... on Qery { __typename } }", json!({}), "Query", None),
        (onboard, json!({"input": {"companyName": "A", "webside": "a"}}), "website", Some("input.webside")),
    ] {
        let error = admin.fail(document, variables).await;
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("Did you mean `{meant}`?")), "{document}\n{error:#}");
        assert_eq!(error["extensions"]["fields"][0]["path"].as_str(), path, "{document}\n{error:#}");
    }
}

#[tokio::test]
async fn a_subscription_cannot_leave_out_its_only_field() {
    let (_app, admin) = app().await;
    for directive in ["@skip(if: true)", "@include(if: false)"] {
        let document = format!("subscription {{ jobProgress(jobId: \"x\") {directive} {{ __typename }} }}");
        let error = admin.fail(&document, json!({})).await;
        assert!(error["message"].as_str().unwrap().contains("root of a subscription"), "{error:#}");
    }
}

#[tokio::test]
async fn introspection_that_multiplies_is_refused_before_it_runs() {
    let app = TestApp::builder().quiet().start().await;
    let nobody = app.anonymous();
    let bomb = r#"{ __type(name: "Node") { possibleTypes { interfaces { possibleTypes { interfaces { possibleTypes { name } } } } } } }"#;
    let error = nobody.fail(bomb, json!({})).await;
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error:#}");
    // No deeper than is allowed, and too much all the same.
    let app = TestApp::builder().quiet().set("MAX_COMPLEXITY", 100).start().await;
    let wide = "{ __schema { types { name fields { name args { name } } } } }";
    let error = app.anonymous().fail(wide, json!({})).await;
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error:#}");
}

#[tokio::test]
async fn introspection_is_priced_by_its_answer() {
    let app = TestApp::builder().quiet().start().await;
    let nobody = app.anonymous();
    let cost = async |query: &str| {
        let request = json!({"query": query, "extensions": {"cost": true}});
        let response = nobody.request(query, json!({})).json(&request).send().await.unwrap();
        let response: Value = response.json().await.unwrap();
        response["extensions"]["cost"]["requested"].as_u64().unwrap()
    };
    let names = cost("{ __schema { types { name } } }").await;
    let fields = cost("{ __schema { types { name fields { name } } } }").await;
    assert!(names > 10 && fields > 3 * names, "{names} {fields}");
}

#[tokio::test]
async fn an_answer_has_at_most_so_many_bytes() {
    let app = TestApp::builder().quiet().set("MAX_ANSWER_BYTES", 65_536).start().await;
    let nobody = app.anonymous();
    let types = "{ __schema { types { name fields { name description } } } }";
    let error = nobody.fail(types, json!({})).await;
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error:#}");
    assert_eq!(error["extensions"]["limit"], 65_536, "{error:#}");
    nobody.ok("{ __schema { queryType { name } } }", json!({})).await;
}
