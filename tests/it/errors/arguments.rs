//! Values that are wrong: whose error it is, what stays of the answer, and what is said.

use std::collections::BTreeSet;

use reqwest::header;
use serde_json::{Value, json};

use super::{OTHER, error, errors, paths};
use crate::support::TestApp;

#[tokio::test]
async fn an_argument_that_its_field_cannot_read_leaves_the_rest_of_the_answer() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    let customers = ["A", "B"].map(|name| app.customer(Some(&company), name));
    app.insert([company]).await;
    app.insert(customers).await;
    let query = "query($other: ID!, $long: String!, $filter: SignalFilter) {
        viewer { credential } company(id: $other) { id } companies(search: $long) { totalCount }
        found: companies { nodes { name customers(search: $long) { totalCount } } }
        customers { nodes { name signals(filter: $filter) { totalCount } } } }";
    let given = json!({"other": OTHER, "long": "x".repeat(201), "filter": {"not": {"customerId": {"eq": OTHER}}}});
    let accept = "application/graphql-response+json";
    let response = admin.request(query, given).header(header::ACCEPT, accept).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let response: Value = response.json().await.unwrap();
    let row = |name: &str| json!({"name": name, "signals": null});
    let expected = json!({
        "viewer": {"credential": "SIGN_IN"}, "company": null, "companies": null,
        "found": {"nodes": [{"name": "Acme", "customers": null}]}, "customers": {"nodes": [row("A"), row("B")]}
    });
    assert_eq!(response["data"], expected, "{response:#}");
    let told = response["errors"].as_array().unwrap().iter().map(|error| {
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        (error["path"].to_string(), paths(error).join(" "))
    });
    let told: BTreeSet<_> = told.collect();
    let told: Vec<_> = told.iter().map(|(path, field)| (path.as_str(), field.as_str())).collect();
    assert_eq!(
        told,
        [
            (r#"["companies"]"#, "search"),
            (r#"["company"]"#, "id"),
            (r#"["customers","nodes",0,"signals"]"#, "filter.not.customerId.eq"),
            (r#"["customers","nodes",1,"signals"]"#, "filter.not.customerId.eq"),
            (r#"["found","nodes",0,"customers"]"#, "search"),
        ]
    );
    app.stop().await;
}

#[tokio::test]
async fn an_argument_that_cannot_be_read_of_a_field_that_is_never_null_nulls_what_is_around_it() {
    let app = TestApp::builder().quiet().start().await;
    let cancel = format!("mutation {{ cancelJob(id: \"{}\") {{ id }} }}", OTHER.replace("job", "cus"));
    let response = app.admin().await.send(&cancel, json!({})).await;
    assert_eq!((&response["data"], &response["errors"][0]["path"]), (&Value::Null, &json!(["cancelJob"])));
    app.stop().await;
}

#[tokio::test]
async fn wrong_values_of_the_document_and_of_variables_are_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let query = "query($n: Int, $o: CustomerOrder) { customers(first: \"ten\", last: $n, orderBy: $o) { totalCount }
        companies(filter: {researchedAt: {lt: \"x\"}, not: {nane: {eq: 1}}}, weather: 1) { totalCount } }";
    let given = json!({"n": "x", "o": {"field": "NAMES", "direction": "UP"}});
    let errors = errors(&app.admin().await, query, given).await;
    let told: BTreeSet<_> = errors.iter().flat_map(paths).collect();
    let expected =
        ["filter.not.nane", "filter.researchedAt.lt", "first", "last", "orderBy.direction", "orderBy.field", "weather"];
    assert_eq!(told, BTreeSet::from(expected), "{errors:#?}");
    app.stop().await;
}

#[tokio::test]
async fn wrong_variables_are_told_beside_what_the_schema_does_not_know() {
    let app = TestApp::builder().quiet().start().await;
    let given = json!({"n": "x", "s": 7, "id": null});
    for (query, unknown, expected) in [
        ("query($n: Int) { companies(first: $n) { totalCount shoeSize } }", "shoeSize", vec!["first"]),
        ("query($n: Int) { companies(first: $n) { ...F } } fragment F on Nothing { id }", "Nothing", vec!["first"]),
        ("query($n: Int, $m: Int) { companies(first: $n) { totalCount } }", "$m", vec!["first"]),
        // Where it stands is told of what is known of the document, and of the rest.
        (
            "query($n: Int, $s: String) { weather(at: [{day: $s}]) companies(last: $n) { totalCount } }",
            "weather",
            vec!["at[0].day", "last"],
        ),
        ("query A($n: Int) { companies(first: $n) { shoeSize } }", "shoeSize", vec!["first"]),
        ("query($id: ID!) { ...F } fragment F on Query { weather node(id: $id) { id } }", "weather", vec!["id"]),
    ] {
        let errors = errors(&app.admin().await, query, given.clone()).await;
        let told: BTreeSet<_> = errors.iter().flat_map(paths).collect();
        assert_eq!(told, BTreeSet::from_iter(expected), "{query}\n{errors:#?}");
        let is_told = |error: &Value| error["message"].as_str().unwrap().contains(unknown);
        assert!(errors.iter().any(is_told), "{query}\n{errors:#?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_null_where_a_value_is_required_is_one_error() {
    let app = TestApp::builder().quiet().start().await;
    let nobody = app.anonymous();
    for (query, path) in [
        ("{ node(id: null) { id } }", "id"),
        ("{ companies(search: \"ä\") { totalCount } found: node(id: null) { id } }", "id"),
        ("{ searchKnowledge(base: null, query: \"x\") { isDegraded } }", "base"),
        ("{ eventsCursor @skip(if: null) }", "if"),
        ("{ ... @include(if: null) { eventsCursor } }", "if"),
        ("{ ...F @include(if: null) } fragment F on Query { eventsCursor }", "if"),
        ("{ companies(orderBy: {field: null, direction: ASC}) { totalCount } }", "orderBy.field"),
    ] {
        let error = error(&nobody, query).await;
        let message = &error["extensions"]["fields"][0]["message"];
        assert_eq!(message, "A value is required here; null is not allowed.", "{query}\n{error:#}");
        assert_eq!(paths(&error), [path], "{query}");
    }
    // One that is missing is told as well.
    let errors = errors(&nobody, "{ searchKnowledge(query: null) { isDegraded } }", json!({})).await;
    assert_eq!(errors.len(), 2, "{errors:#?}");
    app.stop().await;
}

/// A value that is wrong in a document, and the same as JSON.
const WRONG: [(&str, &str, &str); 10] = [
    ("CustomerOrder", "{field: NAMES, direction: ASC}", r#"{"field": "NAMES", "direction": "ASC"}"#),
    ("CustomerOrder", "{field: XYZ, direction: ASC}", r#"{"field": "XYZ", "direction": "ASC"}"#),
    ("CustomerOrder", "{field: 7, direction: ASC}", r#"{"field": 7, "direction": "ASC"}"#),
    ("CustomerOrder", "{direction: ASC}", r#"{"direction": "ASC"}"#),
    ("CustomerOrder", "{field: null, direction: ASC}", r#"{"field": null, "direction": "ASC"}"#),
    ("CustomerFilter", "{nane: {eq: \"x\"}}", r#"{"nane": {"eq": "x"}}"#),
    ("CustomerFilter", "{name: \"x\"}", r#"{"name": "x"}"#),
    ("CustomerFilter", "{name: {eq: 7}}", r#"{"name": {"eq": 7}}"#),
    ("CustomerFilter", "{name: {isNull: \"no\"}}", r#"{"name": {"isNull": "no"}}"#),
    ("CustomerFilter", "{lastSeenAt: {lt: \"soon\"}}", r#"{"lastSeenAt": {"lt": "soon"}}"#),
];

#[tokio::test]
async fn the_same_is_said_of_a_value_wherever_it_comes_from() {
    for hints in [true, false] {
        let app = TestApp::builder().quiet().set("INTROSPECTION", hints).start().await;
        let admin = app.admin().await;
        for (ty, written, json) in WRONG {
            let argument = if ty == "CustomerOrder" { "orderBy" } else { "filter" };
            let literal = format!("{{ customers({argument}: {written}) {{ totalCount }} }}");
            let variable = format!("query($v: {ty}) {{ customers({argument}: $v) {{ totalCount }} }}");
            let value: Value = serde_json::from_str(json).unwrap();
            let (literal, variable) =
                (error(&admin, &literal).await, errors(&admin, &variable, json!({"v": value})).await.remove(0));
            assert_eq!(literal["extensions"]["fields"], variable["extensions"]["fields"], "{written}");
            assert_eq!(literal["message"], variable["message"], "{written}");
            let message = literal["message"].as_str().unwrap();
            let (names, nane) = (message.contains("Did you mean `NAME`?"), message.contains("Did you mean `name`?"));
            assert_eq!(
                (names, nane),
                (hints && written.contains("NAMES"), hints && written.contains("nane")),
                "{message}"
            );
        }
        app.stop().await;
    }
}

#[tokio::test]
async fn a_permission_is_suggested_for_its_name() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let literal = r#"mutation { createRole(input: {name: "x", permissions: ["customers:read"]}) { id } }"#;
    let variable = "mutation($input: CreateRoleInput!) { createRole(input: $input) { id } }";
    let given = json!({"input": {"name": "x", "permissions": ["customers:read"]}});
    for error in [error(&admin, literal).await, errors(&admin, variable, given).await.remove(0)] {
        assert_eq!(paths(&error), ["input.permissions[0]"], "{error:#}");
        let message = error["extensions"]["fields"][0]["message"].as_str().unwrap();
        assert!(message.ends_with("Did you mean `CUSTOMERS_READ`?"), "{message}");
    }
    app.stop().await;
}

#[tokio::test]
async fn an_unknown_field_is_told_in_the_same_words_wherever_it_stands() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let literal = "{ customers(filter: {nam: {eq: \"x\"}}) { totalCount } }";
    let variable = "query($f: CustomerFilter) { customers(filter: $f) { totalCount } }";
    let selected = "{ customers { nodes { nam } } }";
    let given = json!({"f": {"nam": {"eq": "x"}}});
    for (query, of) in [(literal, "CustomerFilter"), (variable, "CustomerFilter"), (selected, "Customer")] {
        let error = errors(&admin, query, given.clone()).await.remove(0);
        let message = error["extensions"]["fields"][0]["message"].as_str().or(error["message"].as_str()).unwrap();
        assert_eq!(message, format!("Type `{of}` does not have a field `nam`. Did you mean `name`?"), "{query}");
    }
    let only = error(&admin, "{ auditLog(orderBy: {field: AT}) { totalCount } }").await;
    assert_eq!(only["extensions"]["fields"][0]["message"], "Give OCCURRED_AT, the only value.", "{only:#}");
    app.stop().await;
}

#[tokio::test]
async fn a_suggestion_can_stand_where_it_is_suggested() {
    let app = TestApp::builder().quiet().start().await;
    let nobody = app.anonymous();
    let messages = async |query: &str| {
        let errors = errors(&nobody, query, json!({})).await;
        errors.iter().map(|error| error["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let cursor = messages("query($a: Cursor) { customers(after: $a) { totalCount } }").await;
    assert!(cursor.contains("`Cursor`") && !cursor.contains("Did you mean"), "{cursor}");
    let filter = messages("query($f: CustomrFilter) { customers(filter: $f) { totalCount } }").await;
    assert!(filter.contains("Did you mean `CustomerFilter`?"), "{filter}");
    let fragment = messages("{ node(id: \"x\") { ... on CustomrFilter { id } } }").await;
    assert!(!fragment.contains("Did you mean `CustomerFilter`?"), "{fragment}");
    let fragment = messages("{ node(id: \"x\") { ... on Custmer { id } } }").await;
    assert!(fragment.contains("Did you mean `Customer`?"), "{fragment}");
    app.stop().await;
}

#[tokio::test]
async fn a_missing_selection_is_named_with_its_type_where_it_is_missing() {
    let app = TestApp::builder().quiet().start().await;
    let nobody = app.anonymous();
    let of = "`viewer` is of the type Viewer: say which of its fields you want, as in `viewer { … }`.";
    assert_eq!(error(&nobody, "{ viewer }").await["message"], of);
    let names = "`nodes` is of the type [Company!]!: say which of its fields you want, as in `nodes { … }`.";
    assert_eq!(error(&nobody, "{ companies { nodes } }").await["message"], names);
    for (query, others) in [
        ("{ viewer { shoeSize } }", 1),
        ("{ viewer { ... on Nothing { id } } }", 1),
        ("{ viewer { user { shoeSize } } }", 1),
        ("{ ä: viewer { shoeSize } }", 1),
    ] {
        let errors = errors(&nobody, query, json!({})).await;
        assert_eq!(errors.len(), others, "{query}\n{errors:#?}");
        assert!(!errors[0]["message"].as_str().unwrap().contains("say which"), "{query}\n{errors:#?}");
    }
    // Columns are counted in characters.
    let behind = error(&nobody, "{ companies(search: \"äöü\") { totalCount } viewer }").await;
    assert_eq!((&behind["message"], &behind["locations"][0]["column"]), (&json!(of), &json!(43)), "{behind:#}");
    // One that is true stands beside what is unknown.
    let errors = errors(&nobody, "{ companies { shoeSize } viewer }", json!({})).await;
    assert!(errors.iter().any(|error| error["message"] == of) && errors.len() == 2, "{errors:#?}");
    app.stop().await;
}

#[tokio::test]
async fn control_characters_of_a_client_are_escaped_in_errors() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let steering = "a\u{1b}[31m\u{9b}\u{202e}\r\nb";
    let input = json!({"input": {"name": "x", "scopes": [], steering: 1}});
    let key = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }";
    let named = json!({"query": "query A { __typename } query B { __typename }", "operationName": steering});
    let title = json!({"input": {"base": "GENERAL", "title": steering, "content": "A text.", "format": "TEXT"}});
    let add = "mutation($input: AddKnowledgeDocumentInput!) { addKnowledgeDocument(input: $input) { id } }";
    let literal = "{ companies(filter: {name: {eq: \"\\u001b\", in: 1}}) { totalCount } }";
    for request in [
        admin.request(key, input),
        admin.request("", json!({})).json(&named),
        admin.request("query($id: ID!) { node(id: $id) { id } }", json!({"id": steering})),
        admin.request("query($id: ID!) { customer(id: $id) { id } }", json!({"id": steering})),
        admin.request("query($s: String) { companies(search: $s, after: $s) { totalCount } }", json!({"s": steering})),
        admin.request(add, title),
        admin.request(literal, json!({})),
        admin.request("{ viewer \u{1b}[31m }", json!({})),
        admin.request("{ \u{1b} }", json!({})),
    ] {
        let response: Value = request.send().await.unwrap().json().await.unwrap();
        let errors = response["errors"].as_array().unwrap_or_else(|| panic!("{response:#}"));
        for error in errors {
            let fields = error["extensions"]["fields"].as_array().into_iter().flatten();
            let texts = fields.flat_map(|field| [&field["path"], &field["message"]]).chain([&error["message"]]);
            for text in texts {
                let text = text.as_str().unwrap();
                assert!(!text.contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
            }
        }
    }
    let told = admin.request(key, json!({"input": {"name": "x", "scopes": [], "a\u{1b}": 1}}));
    let told: Value = told.send().await.unwrap().json().await.unwrap();
    assert_eq!(paths(&told["errors"][0]), [r"input.a\u{1b}"], "{told:#}");
    app.stop().await;
}
