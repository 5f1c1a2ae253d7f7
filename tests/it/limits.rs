//! Every limit on operations: what is at the limit passes, one more is refused, and nothing of it has run.

mod body;
mod introspection;
mod time;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// A server with one limit that a short document can reach, and its administrator.
async fn limited(setting: &'static str, limit: usize) -> (TestApp, Client) {
    let app = TestApp::builder().quiet().set(setting, limit).start().await;
    let admin = app.admin().await;
    (app, admin)
}

/// Sends a document that is over a limit, over HTTP and over a WebSocket: it is refused with both numbers, and without a
/// single statement to the database, which every resolver would send.
async fn is_refused(app: &TestApp, client: &Client, document: &str, limit: usize, actual: usize) {
    let (response, statements) = app.statements.of(client.send(document, json!({}))).await;
    assert!(statements.is_empty(), "{statements:#?}");
    assert!(response.get("data").is_none(), "{response:#}");
    says(&response["errors"], limit, actual);
    let mut ws = app.ws(client).await;
    let (message, statements) = app
        .statements
        .of(async {
            ws.subscribe(document, json!({})).await;
            ws.receive().await.unwrap()
        })
        .await;
    assert!(statements.is_empty(), "{statements:#?}");
    assert_eq!(message["type"], "error", "{message:#}");
    says(&message["payload"], limit, actual);
}

fn says(errors: &Value, limit: usize, actual: usize) {
    assert_eq!(errors.as_array().unwrap().len(), 1, "{errors:#}");
    let (message, extensions) = (errors[0]["message"].as_str().unwrap(), &errors[0]["extensions"]);
    assert_eq!(extensions["code"], "QUERY_TOO_COMPLEX", "{errors:#}");
    assert_eq!((&extensions["limit"], &extensions["actual"]), (&json!(limit), &json!(actual)), "{errors:#}");
    assert_eq!(extensions["retryable"], false);
    assert!(message.contains(&limit.to_string()) && message.contains(&actual.to_string()), "{message}");
}

#[tokio::test]
async fn a_document_may_be_as_deep_as_the_limit() {
    let (app, admin) = limited("MAX_DEPTH", 3).await;
    admin.ok("{ companies { nodes { id } } }", json!({})).await;
    is_refused(&app, &admin, "{ companies { nodes { customers { totalCount } } } }", 3, 4).await;
    let fragments = "{ companies { ...A } } fragment A on CompanyConnection { nodes { ...B } } \
                     fragment B on Company { customers { totalCount } }";
    is_refused(&app, &admin, fragments, 3, 4).await;
}

#[tokio::test]
async fn a_document_may_cost_as_much_as_the_limit() {
    let (app, admin) = limited("MAX_COMPLEXITY", 50).await;
    // The list and its nodes, 45 ids, and three fields more.
    admin.ok("{ companies(first: 45) { nodes { id } } viewer { user { id } } }", json!({})).await;
    is_refused(&app, &admin, "{ companies(first: 45) { nodes { id } } viewer { user { id email } } }", 50, 51).await;
}

#[tokio::test]
async fn the_cost_of_a_list_is_multiplied_by_the_lists_around_it() {
    let (app, admin) = limited("MAX_COMPLEXITY", 50).await;
    // companies + nodes + 7 × (customers + nodes + 5 × id)
    let nested = "{ companies(first: 7) { nodes { customers(last: 5) { nodes { id } } } } }";
    is_refused(&app, &admin, nested, 50, 51).await;
    // Lists without an argument have 25 rows, of nodes 100 ids.
    is_refused(&app, &admin, "{ jobs { nodes { id } edges { cursor } } }", 50, 53).await;
    let nodes = format!("{{ nodes(ids: [{}]) {{ id }} }}", r#""x","#.repeat(60));
    is_refused(&app, &admin, &nodes, 50, 61).await;
}

#[tokio::test]
async fn a_page_size_in_a_variable_counts_too() {
    let (_app, admin) = limited("MAX_COMPLEXITY", 50).await;
    let query = "query($n: Int) { companies(first: $n) { nodes { id } } }";
    admin.ok(query, json!({"n": 48})).await;
    says(&admin.send(query, json!({"n": 49})).await["errors"], 50, 51);
    let default = "query($n: Int = 100) { companies(first: $n) { nodes { id } } }";
    says(&admin.send(default, json!({})).await["errors"], 50, 102);
}

#[tokio::test]
async fn a_document_may_have_as_many_aliases_as_the_limit() {
    let (app, admin) = limited("MAX_ALIASES", 2).await;
    admin.ok("{ a: viewer { user { id } } b: viewer { user { id } } }", json!({})).await;
    is_refused(&app, &admin, "{ a: viewer { user { id } } b: viewer { user { id } } c: viewer { user { id } } }", 2, 3)
        .await;
    let fragment = "{ a: viewer { user { ...F } } viewer { user { ...F } } } fragment F on User { x: id }";
    is_refused(&app, &admin, fragment, 2, 3).await;
}

#[tokio::test]
async fn a_document_may_have_as_many_directives_as_the_limit() {
    let (app, admin) = limited("MAX_DIRECTIVES", 2).await;
    admin.ok("{ viewer @include(if: true) { user { id @skip(if: false) } } }", json!({})).await;
    let three =
        "{ viewer @include(if: true) { user { ...F @skip(if: false) } } } fragment F on User { id @skip(if: false) }";
    is_refused(&app, &admin, three, 2, 3).await;
}

#[tokio::test]
async fn a_document_may_have_as_many_tokens_as_the_limit() {
    let (app, admin) = limited("MAX_TOKENS", 100).await;
    let tokens = |count: usize| format!("{{ {} }}", "__typename ".repeat(count - 2));
    admin.ok(&tokens(100), json!({})).await;
    is_refused(&app, &admin, &tokens(101), 100, 101).await;
    // Counting ends soon after the limit, however long the document is.
    is_refused(&app, &admin, &tokens(5000), 100, 101).await;
}

#[tokio::test]
async fn brackets_may_nest_sixty_deep() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let nested = |depth: usize| {
        let filters = depth - 4;
        format!(
            "{{ companies(filter: {{ {}isSample: {{eq: true}}{} }}) {{ totalCount }} }}",
            "not: { ".repeat(filters),
            "}".repeat(filters)
        )
    };
    admin.ok(&nested(60), json!({})).await;
    is_refused(&app, &admin, &nested(61), 60, 61).await;
    is_refused(&app, &admin, &"{a".repeat(1000), 60, 1000).await;
}

#[tokio::test]
async fn fragments_may_nest_sixty_deep() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    // The selections of the operation, of the viewer, of the user and of each fragment stand within each other.
    let chain = |sets: usize| {
        let fragments = sets - 3;
        let links = (1..fragments).map(|n| format!("fragment F{n} on User {{ ...F{} }} ", n + 1));
        format!(
            "{{ viewer {{ user {{ ...F1 }} }} }} {} fragment F{fragments} on User {{ id }}",
            links.collect::<String>()
        )
    };
    admin.ok(&chain(60), json!({})).await;
    is_refused(&app, &admin, &chain(61), 60, 61).await;
}

#[tokio::test]
async fn a_fragment_bomb_is_refused_unexploded() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let bomb = |levels: u32| {
        let mut document = "{ viewer { user { ...F0 } } }".to_owned();
        for n in 0..levels {
            document += &format!(" fragment F{n} on User {{ ...F{m} ...F{m} }}", m = n + 1);
        }
        document + &format!(" fragment F{levels} on User {{ id }}")
    };
    admin.ok(&bomb(8), json!({})).await;
    // Each level doubles what is below it and adds two spreads; the viewer, the user and the first spread come on top.
    let selections = 3 * 2_usize.pow(45) - 2 + 3;
    is_refused(&app, &admin, &bomb(45), 20_000, selections).await;
}

#[tokio::test]
async fn a_fragment_that_spreads_itself_is_refused() {
    let app = TestApp::builder().quiet().start().await;
    let document = "{ viewer { user { ...A } } } fragment A on User { ...B } fragment B on User { ...A }";
    let (error, statements) = app.statements.of(app.anonymous().fail(document, json!({}))).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT");
    assert!(error["message"].as_str().unwrap().contains("spreads itself"), "{error:#}");
    assert!(statements.is_empty(), "{statements:#?}");
}

#[tokio::test]
async fn the_lists_of_an_operation_may_hold_500_items() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    app.insert([app.customer(None, "Acme")]).await;
    let query = "query($filter: CustomerFilter) { customers(filter: $filter) { totalCount } }";
    // More would be too many for the thread that makes SQL of them, or for the database.
    let or = |items: usize| json!({"filter": {"or": vec![json!({"name": {"eq": "A"}}); items]}});
    let not_and = |items: usize| json!({"filter": {"not": {"and": vec![json!({}); items]}}});
    let names = |items: usize| json!({"filter": {"name": {"in": vec!["A"; items]}}});
    for variables in [or, not_and, names] {
        admin.ok(query, variables(500)).await;
        says(&admin.send(query, variables(501)).await["errors"], 500, 501);
        says(&admin.send(query, variables(10_000)).await["errors"], 500, 10_000);
    }
    is_refused(&app, &admin, &format!("{{ nodes(ids: [{}]) {{ id }} }}", r#""x" "#.repeat(501)), 500, 501).await;
}

#[tokio::test]
async fn a_text_to_search_for_has_200_characters_at_most() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    app.insert([app.customer(None, "Acme")]).await;
    let by_search =
        "query($text: String) { customers(search: $text) { totalCount } companies(search: $text) { totalCount } }";
    let by_filter = "query($text: String) { customers(filter: {name: {contains: $text}}) { totalCount }
                       companies(filter: {name: {startsWith: $text}}) { totalCount } }";
    for query in [by_search, by_filter] {
        let text = |characters: usize| json!({"text": "ä".repeat(characters)});
        admin.ok(query, text(200)).await;
        let (error, statements) = app.statements.of(admin.fail(query, text(201))).await;
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("201") && message.contains("200"), "{message}");
        assert!(statements.is_empty(), "{statements:#?}");
    }
}

#[tokio::test]
async fn a_mutation_over_a_limit_changes_nothing() {
    let (app, admin) = limited("MAX_ALIASES", 1).await;
    let two = r#"mutation { a: onboardCompany(input: {companyName: "Brightloom Analytics"}) { id }
                            b: onboardCompany(input: {companyName: "Fernhollow CRM"}) { id } }"#;
    is_refused(&app, &admin, two, 1, 2).await;
    let jobs = admin.ok("{ jobs { totalCount } }", json!({})).await;
    assert_eq!(jobs["jobs"]["totalCount"], 0);
}

#[tokio::test]
async fn a_mutation_that_stands_twice_is_refused_instead_of_done_twice() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let twice = r#"mutation { onboardCompany(input: {companyName: "Fernhollow CRM"}) { id } ...F }
                   fragment F on Mutation { onboardCompany(input: {companyName: "Fernhollow CRM"}) { status } }"#;
    let (error, statements) = app.statements.of(admin.fail(twice, json!({}))).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    assert!(error["message"].as_str().unwrap().contains("`onboardCompany` stands twice"), "{error:#}");
    assert!(statements.is_empty(), "{statements:#?}");
}

#[tokio::test]
async fn a_subscription_with_two_fields_is_refused() {
    let app = TestApp::builder().quiet().start().await;
    let mut ws = app.ws(&app.admin().await).await;
    let id = "job_00000000000000000000000000000000";
    let two = format!(
        r#"subscription {{ a: jobProgress(jobId: "{id}") {{ occurredAt }} b: jobProgress(jobId: "{id}") {{ occurredAt }} }}"#
    );
    ws.subscribe(&two, json!({})).await;
    let message = ws.receive().await.unwrap();
    assert_eq!(message["type"], "error", "{message:#}");
    assert_eq!(message["payload"][0]["extensions"]["code"], "BAD_INPUT", "{message:#}");
}

/// An argument that is over its range is refused by its field, before anything is read.
async fn is_bad_input(app: &TestApp, client: &Client, query: &str, variables: Value, path: &str) {
    let (error, statements) = app.statements.of(client.fail(query, variables)).await;
    assert!(statements.is_empty(), "{statements:#?}");
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    assert_eq!(error["extensions"]["fields"][0]["path"], path, "{error:#}");
    assert!(error["message"].as_str().unwrap().contains("100"), "{error:#}");
}

#[tokio::test]
async fn nodes_takes_a_hundred_ids() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let ids = |count: usize| json!({"ids": vec![format!("com_{:032x}", 7); count]});
    let data = admin.ok(query, ids(100)).await;
    assert_eq!(data["nodes"].as_array().unwrap().len(), 100);
    is_bad_input(&app, &admin, query, ids(101), "ids").await;
}

#[tokio::test]
async fn a_page_has_a_hundred_rows_at_most() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for list in ["companies", "customers", "jobs"] {
        for argument in ["first", "last"] {
            let query = |rows: i32| format!("{{ {list}({argument}: {rows}) {{ nodes {{ id }} }} }}");
            admin.ok(&query(100), json!({})).await;
            admin.ok(&query(0), json!({})).await;
            is_bad_input(&app, &admin, &query(101), json!({}), argument).await;
            is_bad_input(&app, &admin, &query(-1), json!({}), argument).await;
        }
    }
}

#[tokio::test]
async fn a_response_lists_its_first_errors_and_counts_the_others() {
    let (_app, admin) = limited("MAX_ERRORS", 2).await;
    let two = admin.send(r#"{ a: node(id: "x") { id } b: node(id: "x") { id } }"#, json!({})).await;
    assert_eq!(two["errors"].as_array().unwrap().len(), 2);
    assert!(two.get("extensions").is_none(), "{two:#}");
    let five = "{ a: node(id: \"x\") { id } b: node(id: \"x\") { id } c: node(id: \"x\") { id } \
                  d: node(id: \"x\") { id } e: node(id: \"x\") { id } viewer { user { email } } }";
    let five = admin.send(five, json!({})).await;
    assert_eq!(five["errors"].as_array().unwrap().len(), 2);
    assert_eq!(five["extensions"]["errorsOmitted"], 3, "{five:#}");
    assert_eq!(five["data"]["viewer"]["user"]["email"], "admin@example.com");
}
