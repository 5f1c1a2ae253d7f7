//! Searches of several words, conditions through a relation, and lists of which somebody may not see all.

use chrono::TimeDelta;
use rapport::{auth::SystemRole, domains::customers::Segment};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, today};

/// Two companies, the second a made-up one, with a customer each and one of nobody.
async fn with_customers() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let (acme, sample) = (app.company("Acme Tools"), app.company("Globex Sample"));
    let mut small = app.customer(Some(&acme), "Søren Nørgaard Ärzte GmbH");
    small.segment = Segment::Small;
    let mut large = app.customer(Some(&sample), "Norgaard Holding");
    large.segment = Segment::Enterprise;
    large.last_seen_at = Some(today() + TimeDelta::days(1));
    let alone = app.customer(None, "Alone AG");
    app.insert([acme, sample]).await;
    app.insert([small, large, alone]).await;
    (app, admin)
}

async fn names(client: &Client, arguments: &str) -> Vec<String> {
    let data = client.ok(&format!("{{ customers({arguments}) {{ totalCount nodes {{ name }} }} }}"), json!({})).await;
    let nodes = data["customers"]["nodes"].as_array().unwrap();
    assert_eq!(data["customers"]["totalCount"], nodes.len(), "{arguments}");
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_search_finds_what_holds_each_of_its_words_in_any_order() {
    let (app, admin) = with_customers().await;
    let (small, large) = ("Søren Nørgaard Ärzte GmbH", "Norgaard Holding");
    for (search, expected) in [
        ("gmbh nørgaard", vec![small]),
        ("ARZTE   søren", vec![small]),
        ("nørgaard holding", vec![]),
        ("holding norg", vec![large]),
        ("%", vec![]),
        ("  ", vec!["Alone AG", large, small]),
    ] {
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(names(&admin, &format!("search: \"{search}\"")).await, expected, "{search}");
    }
    let many = "a ".repeat(11);
    let error = admin.fail(&format!("{{ customers(search: \"{many}\") {{ totalCount }} }}"), json!({})).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT");
    assert_eq!(error["extensions"]["fields"][0]["path"], "search");
    app.stop().await;
}

#[tokio::test]
async fn a_list_is_filtered_by_what_its_rows_name() {
    let (app, admin) = with_customers().await;
    let company = |name: &str| format!("company: {{name: {{startsWith: \"{name}\"}}}}");
    let acme = company("acme");
    for (filter, expected) in [
        (acme.clone(), vec!["Søren Nørgaard Ärzte GmbH"]),
        (company("nobody"), vec![]),
        // Who has no company is not of this one.
        (format!("not: {{{acme}}}"), vec!["Alone AG", "Norgaard Holding"]),
        (
            format!("or: [{{{acme}}}, {{segment: {{eq: ENTERPRISE}}}}]"),
            vec!["Norgaard Holding", "Søren Nørgaard Ärzte GmbH"],
        ),
        (format!("{acme}, segment: {{eq: ENTERPRISE}}"), vec![]),
    ] {
        let expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(names(&admin, &format!("filter: {{{filter}}}")).await, expected, "{filter}");
    }
    app.stop().await;
}

/// Else one could find out by many questions what one may not see.
#[tokio::test]
async fn a_condition_on_what_somebody_may_not_see_is_refused() {
    let (app, admin) = with_customers().await;
    let key = "mutation { createApiKey(input: {name: \"narrow\", scopes: [CUSTOMERS_READ]}) { secret } }";
    let made = admin.ok(key, json!({})).await;
    let narrow = app.anonymous().with_token(made["createApiKey"]["secret"].as_str().unwrap());
    assert_eq!(names(&narrow, "first: 10").await.len(), 3);
    for (filter, path) in [
        ("company: {name: {startsWith: \"a\"}}", "filter.company"),
        ("or: [{name: {eq: \"a\"}}, {not: {and: [{company: {}}]}}]", "filter.or[1].not.and[0].company"),
    ] {
        let error = narrow.fail(&format!("{{ customers(filter: {{{filter}}}) {{ totalCount }} }}"), json!({})).await;
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{error:#}");
        assert_eq!(error["extensions"]["permission"], "companies:read", "{error:#}");
        assert_eq!(error["extensions"]["fields"][0]["path"], path, "{error:#}");
    }
    app.stop().await;
}

/// What each list is filtered by that names rows which not everybody sees: the list, what it needs, the filter, and what that needs.
const NAMING: [(&str, &str, &str, &str); 16] = [
    ("apiKeys", "API_KEYS_MANAGE_ALL", "ownerId", "users:read"),
    ("chatSessions", "CHATS_READ_ALL", "ownerId", "users:read"),
    ("jobs", "JOBS_READ_ALL", "ownerId", "users:read"),
    ("auditLog", "AUDIT_READ", "apiKeyId", "api_keys:manage_all"),
    ("interactions", "CUSTOMERS_READ", "leadId", "leads:read"),
    ("interactions", "CUSTOMERS_READ", "lead", "leads:read"),
    ("interactions", "LEADS_READ", "customerId", "customers:read"),
    ("interactions", "LEADS_READ", "customer", "customers:read"),
    ("tasks", "CUSTOMERS_READ", "leadId", "leads:read"),
    ("tasks", "CUSTOMERS_READ", "lead", "leads:read"),
    ("tasks", "LEADS_READ", "customerId", "customers:read"),
    ("tasks", "LEADS_READ", "customer", "customers:read"),
    ("signals", "SIGNALS_READ", "customerId", "customers:read"),
    ("signals", "SIGNALS_READ", "companyId", "companies:read"),
    ("signals", "SIGNALS_READ", "customer", "customers:read"),
    ("signals", "SIGNALS_READ", "company", "companies:read"),
];

#[tokio::test]
async fn an_id_of_what_somebody_may_not_see_is_no_condition() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let own = json!(admin.id().await);
    let make = "mutation($of: [Permission!]!) { createApiKey(input: {name: \"narrow\", scopes: $of}) { secret } }";
    for (list, scope, field, permission) in NAMING {
        let made = admin.ok(make, json!({"of": [scope]})).await;
        let narrow = app.anonymous().with_token(made["createApiKey"]["secret"].as_str().unwrap());
        let asked = |filter: &str| format!("{{ {list}(filter: {{{filter}}}) {{ totalCount }} }}");
        narrow.ok(&asked(""), json!({})).await;
        let condition = if field.ends_with("Id") { "{notIn: []}" } else { "{}" };
        for (filter, path) in [
            (format!("{field}: {condition}"), format!("filter.{field}")),
            (format!("not: {{{field}: {condition}}}"), format!("filter.not.{field}")),
        ] {
            let error = narrow.fail(&asked(&filter), json!({})).await;
            assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{list} {error:#}");
            assert_eq!(error["extensions"]["permission"], permission, "{list} {error:#}");
            assert_eq!(error["extensions"]["fields"][0]["path"], path, "{list} {error:#}");
            admin.ok(&asked(&filter), json!({})).await;
        }
        if field == "ownerId" {
            // One sees where one is named oneself, and no more than that.
            narrow.ok(&asked(&format!("not: {{ownerId: {{eq: {own}}}}}")), json!({})).await;
            let other = "usr_00000000000000000000000000000000";
            for ids in [format!("{{in: [{own}, \"{other}\"]}}"), format!("{{eq: {own}, notIn: []}}")] {
                let code = narrow.code(&asked(&format!("ownerId: {ids}")), json!({})).await;
                assert_eq!(code, "FORBIDDEN", "{list} {ids}");
            }
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn who_lacks_the_right_to_one_list_gets_the_rest_of_the_answer() {
    let (app, _) = with_customers().await;
    let viewer = app.user(SystemRole::Viewer).await;
    let answer =
        viewer.send("{ customers { totalCount } users { totalCount } viewer { credential } }", json!({})).await;
    assert_eq!(answer["data"]["users"], Value::Null, "{answer:#}");
    assert_eq!(answer["data"]["customers"]["totalCount"], 3);
    assert_eq!(answer["data"]["viewer"]["credential"], "SIGN_IN");
    let error = &answer["errors"][0];
    assert_eq!((&error["path"], &error["extensions"]["code"]), (&json!(["users"]), &json!("FORBIDDEN")));
    app.stop().await;
}
