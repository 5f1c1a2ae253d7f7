//! What an error says, and what it keeps to itself.

mod arguments;
mod inside;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// Sends an operation and returns its errors, each of which must have a code, `retryable`, and the request's id.
async fn errors(client: &Client, query: &str, variables: Value) -> Vec<Value> {
    let response = client.request(query, variables).send().await.unwrap();
    let request_id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let mut response: Value = response.json().await.unwrap();
    let errors = response["errors"].take();
    let errors = errors.as_array().unwrap_or_else(|| panic!("{query}\n{response:#}"));
    for error in errors {
        assert_eq!(error["extensions"]["requestId"], *request_id, "{query}\n{error:#}");
        assert!(error["extensions"]["retryable"].is_boolean(), "{query}\n{error:#}");
        assert!(error["extensions"]["code"].is_string(), "{query}\n{error:#}");
    }
    errors.clone()
}

async fn error(client: &Client, query: &str) -> Value {
    let mut errors = errors(client, query, json!({})).await;
    assert_eq!(errors.len(), 1, "{query}\n{errors:#?}");
    errors.remove(0)
}

/// The paths of the values that an error is about.
fn paths(error: &Value) -> Vec<&str> {
    let fields = error["extensions"]["fields"].as_array();
    let path = |field: &'_ Value| field["message"].as_str().is_some_and(|message| !message.is_empty());
    let fields = fields.into_iter().flatten().inspect(|field| assert!(path(field), "{error:#}"));
    fields.map(|field| field["path"].as_str().unwrap()).collect()
}

const NO_JOB: &str = "job_00000000000000000000000000000000";

#[tokio::test]
async fn every_error_has_a_code_the_request_id_and_whether_to_try_again() {
    let app = TestApp::builder().quiet().start().await;
    let (nobody, admin) = (app.anonymous(), app.admin().await);
    let reader = app.user(rapport::auth::SystemRole::Viewer).await;
    let onboard = r#"mutation { onboardCompany(input: {companyName: "X"}) { id } }"#;
    let cancel = format!(r#"mutation {{ cancelJob(id: "{NO_JOB}") {{ id }} }}"#);
    let cases = [
        (&nobody, "{ companies { totalCount } }", "UNAUTHENTICATED"),
        (&reader, onboard, "FORBIDDEN"),
        (&admin, onboard, "PROVIDER_NOT_CONFIGURED"),
        (&admin, &cancel, "NOT_FOUND"),
        (&admin, r#"{ companies(after: "x") { totalCount } }"#, "BAD_CURSOR"),
        (&admin, "{ companies(first: 101) { totalCount } }", "BAD_INPUT"),
        (
            &admin,
            "{ companies(first: 100) { nodes { customers(first: 100) { nodes { id name } } } } }",
            "QUERY_TOO_COMPLEX",
        ),
        (&admin, "{ viewer { user { shoeSize } } }", "BAD_INPUT"),
        (&admin, "{ viewer {", "BAD_INPUT"),
        (&admin, "subscription { jobProgress(jobId: 1) { occurredAt } }", "BAD_INPUT"),
        (&admin.with_token("forged"), "{ viewer { user { id } } }", "UNAUTHENTICATED"),
    ];
    for (client, query, code) in cases {
        let error = error(client, query).await;
        assert_eq!(error["extensions"]["code"], code, "{query}\n{error:#}");
        assert_eq!(error["extensions"]["retryable"], false, "{query}\n{error:#}");
    }
}

#[tokio::test]
async fn the_request_id_is_the_one_that_the_client_gave() {
    let app = TestApp::builder().quiet().start().await;
    let request = app.anonymous().request("{ jobs { totalCount } }", json!({})).header("x-request-id", "my-own.id_1");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "my-own.id_1");
    let response: Value = response.json().await.unwrap();
    assert_eq!(response["errors"][0]["extensions"]["requestId"], "my-own.id_1");
}

#[tokio::test]
async fn each_operation_on_a_socket_has_a_request_id_of_its_own() {
    let app = TestApp::builder().quiet().start().await;
    let mut ws = app.ws(&app.anonymous()).await;
    let mut ids = BTreeSet::new();
    for _ in 0..2 {
        ws.subscribe("{ viewer { user { shoeSize } } }", json!({})).await;
        let message = ws.receive().await.unwrap();
        let extensions = &message["payload"][0]["extensions"];
        assert_eq!(
            (&extensions["code"], &extensions["retryable"]),
            (&json!("BAD_INPUT"), &json!(false)),
            "{message:#}"
        );
        ids.insert(extensions["requestId"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 2, "{ids:?}");
}

#[tokio::test]
async fn bad_input_names_every_field_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let query = "mutation($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id } }";
    let input = json!({"companyName": " ", "website": "javascript:alert(1)", "idempotencyKey": ""});
    let error = errors(&admin, query, json!({"input": input})).await.remove(0);
    assert_eq!(error["extensions"]["code"], "BAD_INPUT");
    let fields = error["extensions"]["fields"].as_array().unwrap();
    let paths: Vec<_> = fields.iter().map(|field| field["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["input.companyName", "input.website", "input.idempotencyKey"]);
    for field in fields {
        let problem = field["message"].as_str().unwrap();
        assert!(error["message"].as_str().unwrap().contains(problem), "{error:#}");
    }
    let login = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
    let error = errors(&app.anonymous(), login, json!({"input": {"email": " ", "password": ""}})).await.remove(0);
    let paths = [&error["extensions"]["fields"][0]["path"], &error["extensions"]["fields"][1]["path"]];
    assert_eq!(paths, ["input.email", "input.password"]);
}

#[tokio::test]
async fn the_nul_character_is_bad_input_wherever_it_stands() {
    let app = TestApp::builder().quiet().start().await;
    let (nobody, admin) = (app.anonymous(), app.admin().await);
    let search = "query($text: String) { companies(search: $text) { totalCount } }";
    let filter = "query($text: String!) { customers(filter: {not: {name: {in: [$text]}}}) { totalCount } }";
    let login = "mutation($text: String!) { login(input: {email: $text, password: $text}) { accessToken } }";
    for (client, query, path) in
        [(&admin, search, "search"), (&admin, filter, "filter.not.name.in[0]"), (&nobody, login, "input.email")]
    {
        let error = errors(client, query, json!({"text": "a\0b"})).await.remove(0);
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        assert!(error["message"].as_str().unwrap().contains("U+0000"), "{error:#}");
        assert_eq!(paths(&error), [path], "{error:#}");
    }
    let error = error(&admin, r#"{ companies(filter: {name: {in: ["a", "\u0000"]}}) { totalCount } }"#).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    assert_eq!(paths(&error), ["filter.name.in[1]"], "{error:#}");
}

#[tokio::test]
async fn everything_that_does_not_validate_is_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let errors = errors(&app.anonymous(), "{ viewer { user { shoeSize hatSize } } weather }", json!({})).await;
    assert_eq!(errors.len(), 3, "{errors:#?}");
}

#[tokio::test]
async fn an_id_of_another_type_is_bad_input_that_says_which_ids_fit() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for (field, right) in [("company", "com_"), ("customer", "cus_"), ("job", "job_")] {
        for wrong in ["usr_00000000000000000000000000000000", "com_7", "", "7"] {
            let error = error(&admin, &format!(r#"{{ {field}(id: "{wrong}") {{ id }} }}"#)).await;
            assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
            assert!(error["message"].as_str().unwrap().contains(&format!("`{right}`")), "{error:#}");
        }
    }
    for wrong in ["none_00000000000000000000000000000000", "com_7", "usr-1", ""] {
        let error = error(&admin, &format!(r#"{{ node(id: "{wrong}") {{ id }} }}"#)).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    }
}

/// An id of another type than the place takes, and a text of 201 characters.
const OTHER: &str = "job_00000000000000000000000000000000";

#[tokio::test]
async fn each_wrong_value_is_named_by_its_path() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let long = "x".repeat(201);
    let given = json!({"id": OTHER, "ids": [OTHER], "long": long, "filter": {"or": [{"accountManagerId": {"in": [OTHER]}}]},
        "name": {"name": {"contains": long}}, "update": {"id": OTHER}});
    let cases: [(&str, &[&str]); 25] = [
        // Ids of another type, and none.
        ("query($id: ID!) { customer(id: $id) { id } }", &["id"]),
        ("{ customer(id: \"OTHER\") { id } }", &["id"]),
        (
            "query($id: ID!) { customers(filter: {not: {accountManagerId: {in: [$id]}}}) { totalCount } }",
            &["filter.not.accountManagerId.in[0]"],
        ),
        (
            "query($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }",
            &["filter.or[0].accountManagerId.in[0]"],
        ),
        (
            "mutation($update: UpdateCustomerInput!) { updateCustomer(input: $update) { id } }",
            &["input.expectedVersion"],
        ),
        ("mutation { updateCustomer(input: {id: \"OTHER\", expectedVersion: 1}) { id } }", &["input.id"]),
        ("mutation { requestChatHandover(id: \"OTHER\") { id } }", &["id"]),
        ("mutation { withdrawChatHandover(id: \"OTHER\") { id } }", &["id"]),
        ("subscription { chatReply(sessionId: \"OTHER\") { occurredAt } }", &["sessionId"]),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", &[]),
        ("{ nodes(ids: [\"OTHER\", \"nothing\"]) { id } }", &["ids[1]"]),
        ("{ node(id: \"cus_7\") { id } }", &["id"]),
        // Texts that are too long.
        ("query($long: String) { companies(search: $long) { totalCount } }", &["search"]),
        ("query($long: String) { users(search: $long) { totalCount } }", &["search"]),
        ("query($name: CustomerFilter) { customers(filter: $name) { totalCount } }", &["filter.name.contains"]),
        (
            "query($long: String) { customers(filter: {and: [{name: {startsWith: $long}}]}) { totalCount } }",
            &["filter.and[0].name.startsWith"],
        ),
        // What is wrong as it stands in the document.
        ("{ customers(first: \"ten\") { totalCount } }", &["first"]),
        ("{ customers(first: 99999999999) { totalCount } }", &["first"]),
        ("{ customers(filter: {listing: {in: [LISTED, NONE_SUCH]}}) { totalCount } }", &["filter.listing.in[1]"]),
        ("{ customers(filter: {shoeSize: 7}) { totalCount } }", &["filter.shoeSize"]),
        ("{ customers(filter: {name: {contains: 7}}, last: true) { totalCount } }", &["filter.name.contains", "last"]),
        ("{ customers(weather: 7) { totalCount } }", &["weather"]),
        ("{ customer { id } }", &["id"]),
        ("mutation { updateCustomer(input: {expectedVersion: 1}) { id } }", &["input.id"]),
        // A default, and what is given in its place.
        ("query($id: Int = \"x\") { customers(first: $id) { totalCount } }", &["first", "first"]),
    ];
    for (query, expected) in cases {
        let query = query.replace("OTHER", OTHER);
        let response = if query.starts_with("subscription") {
            let mut ws = app.ws(&admin).await;
            ws.subscribe(&query, given.clone()).await;
            json!({"errors": ws.receive().await.unwrap()["payload"].take()})
        } else {
            admin.request(&query, given.clone()).send().await.unwrap().json().await.unwrap()
        };
        let errors = response["errors"].as_array().cloned().unwrap_or_default();
        let all: Vec<_> = errors.iter().flat_map(paths).collect();
        assert_eq!(all, expected, "{query}\n{response:#}");
        for error in errors {
            assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{query}\n{error:#}");
            let left: Vec<_> = error["extensions"].as_object().unwrap().keys().collect();
            assert_eq!(left, ["code", "fields", "requestId", "retryable"], "{query}\n{error:#}");
        }
    }
}

#[tokio::test]
async fn an_unknown_id_is_null_in_a_query_and_not_found_in_a_mutation() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for (field, prefix) in [("company", "com"), ("customer", "cus"), ("job", "job"), ("node", "usr"), ("node", "com")] {
        let id = format!("{prefix}_{:032x}", 7);
        let data = admin.ok(&format!(r#"{{ {field}(id: "{id}") {{ id }} }}"#), json!({})).await;
        assert_eq!(data, json!({field: null}));
    }
    for mutation in ["cancelJob", "retryJob"] {
        let error = error(&admin, &format!(r#"mutation {{ {mutation}(id: "{NO_JOB}") {{ id }} }}"#)).await;
        assert_eq!(error["extensions"]["code"], "NOT_FOUND", "{error:#}");
    }
}

#[tokio::test]
async fn a_syntax_error_is_one_short_line_with_its_place() {
    let app = TestApp::builder().quiet().start().await;
    let nobody = app.anonymous();
    let message = |error: Value| error["message"].as_str().unwrap().to_owned();
    let short = error(&nobody, "{ viewer( }").await;
    assert_eq!(short["locations"], json!([{"line": 1, "column": 11}]), "{short:#}");
    assert!(message(short).starts_with("Syntax error at line 1, column 11: expected "));
    let late = format!("{}{{ viewer {{ user {{ id }} }} ] }}", "\n".repeat(40));
    assert!(message(error(&nobody, &late).await).starts_with("Syntax error at line 41, column 26: expected "));
    let wide = format!(r#"{{ company(id: "{}") {{ id }} ]"#, "x".repeat(50_000));
    let wide = message(error(&nobody, &wide).await);
    assert!(wide.starts_with("Syntax error at line 1, column 50026: expected "), "{wide}");
    assert!(wide.chars().count() <= 300 && !wide.contains('\n') && !wide.contains("xx"), "{wide}");
    let empty = message(error(&nobody, "").await);
    assert!(empty.starts_with("Syntax error at line 1, column 1: expected "), "{empty}");
}

#[tokio::test]
async fn a_message_does_not_repeat_a_long_document() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let long = "x".repeat(50_000);
    let documents = [
        format!("{{ {long} }}"),
        format!("{{ company(id: \"{long}\") {{ id }} }}"),
        format!("{{ companies(orderBy: {{field: {long}}}) {{ totalCount }} }}"),
        format!("{{ viewer @{long} {{ user {{ id }} }} }}"),
        format!("{{ viewer {{ user {{ ...{long} }} }} }}"),
        format!("query(${long}: Int) {{ viewer {{ user {{ id }} }} }}"),
    ];
    for document in documents {
        for error in errors(&admin, &document, json!({})).await {
            assert!(error["message"].as_str().unwrap().chars().count() <= 300, "{error:#}");
        }
    }
}

#[tokio::test]
async fn the_first_ten_errors_of_a_document_get_a_hint() {
    let app = TestApp::builder().quiet().set("MAX_ERRORS", 100).start().await;
    // Each is nearly `viewer`.
    let fields: String = (0..15).map(|n| format!("vewer{n} {{ __typename }} ")).collect();
    let answer = app.anonymous().send(&format!("{{ {fields} }}"), json!({})).await;
    let messages: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|error| &error["message"]).collect();
    assert_eq!(messages.len(), 15, "{answer:#}");
    for (nth, message) in messages.into_iter().enumerate() {
        let message = message.as_str().unwrap();
        assert!(message.contains(&format!("vewer{nth}")), "{message}");
        assert_eq!(message.ends_with("Did you mean `viewer`?"), nth < 10, "{nth}: {message}");
    }
}

#[tokio::test]
async fn signs_are_named_in_errors_of_syntax_and_the_clients_words_stay_in_others() {
    let app = TestApp::builder().quiet().start().await;
    let message = async |query: &str| {
        let answer = app.anonymous().send(query, json!({})).await;
        answer["errors"][0]["message"].as_str().unwrap().to_owned()
    };
    for (query, sign) in [("{ node(id: 1 { id } }", "`)`"), ("{ viewer { user ", "`}`"), ("query($a: [ID", "`]`")] {
        let message = message(query).await;
        assert!(message.starts_with("Syntax error at line 1") && message.contains(sign), "{query}: {message}");
    }
    for name in ["R_PAREN", "COLON", "EOF"] {
        let message = message(&format!("{{ {name} {{ id }} }}")).await;
        assert!(message.contains(&format!("`{name}`")), "{message}");
    }
}

/// An answer is not to be many times what was sent, whoever sent it.
#[tokio::test]
async fn of_many_wrong_values_the_first_are_told_and_what_was_sent_is_cut() {
    let app = TestApp::builder().quiet().start().await;
    let nobody = app.anonymous();
    let query = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }";
    let scopes: Vec<_> = (0..400).collect();
    let answer = nobody.send(query, json!({"input": {"name": "x", "scopes": scopes}})).await;
    let fields = answer["errors"][0]["extensions"]["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 50, "{answer:#}");
    assert!(answer["errors"][0]["message"].as_str().unwrap().ends_with("And 390 more."), "{answer:#}");
    let name = "long".repeat(20_000);
    let answer = nobody.send(query, json!({"input": {"name": "x", "scopes": [], name: 1}})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT");
    assert!(answer.to_string().len() < 4000, "{answer:#}");
    app.stop().await;
}
