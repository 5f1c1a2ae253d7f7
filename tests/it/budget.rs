//! The budgets from which operations are paid. A second of the clock restores one point here, so that the time a test
//! takes does not show.

mod cost;
mod redis;
mod streams;

use std::net::IpAddr;

use chrono::TimeDelta;
use futures_util::future::join_all;
use rapport::auth::SystemRole;
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Client, TestApp, TestAppBuilder};

/// The settings of these tests: every budget, and so the dearest operation, is 1000 points.
const SETTINGS: [(&str, &str); 7] = [
    ("MAX_COMPLEXITY", "1000"),
    ("MAX_ALIASES", "1000"),
    ("RATE_LIMIT_POINTS", "1000"),
    ("RATE_LIMIT_RESTORE", "1"),
    ("RATE_LIMIT_ANONYMOUS_POINTS", "1000"),
    ("RATE_LIMIT_ANONYMOUS_RESTORE", "1"),
    ("TRUSTED_PROXIES", "1"),
];

fn builder() -> TestAppBuilder {
    SETTINGS.iter().fold(TestApp::builder().quiet(), |builder, (name, value)| builder.set(name, value))
}

/// An operation that costs so many points, at least two, and uses them all.
fn worth(points: u32) -> String {
    let fields: Vec<_> = (1..points).map(|n| format!("a{n}: name")).collect();
    format!("{{ __type(name: \"Query\") {{ {} }} }}", fields.join(" "))
}

/// The request of an operation that wants to know its cost.
fn asking(query: &str, variables: Value) -> Value {
    json!({"query": query, "variables": variables, "extensions": {"cost": true}})
}

/// The response to an operation that wants to know its cost.
async fn costed(client: &Client, query: &str, variables: Value) -> Value {
    let request = client.request("", Value::Null).json(&asking(query, variables));
    request.send().await.unwrap().json().await.unwrap()
}

/// What is left, as an operation of one point is told.
async fn available(client: &Client) -> u64 {
    costed(client, "{ __typename }", Value::Null).await["extensions"]["cost"]["available"].as_u64().unwrap()
}

/// Whether an operation of so many points is let through.
async fn can_spend(client: &Client, points: u32) -> bool {
    let response = client.send(&worth(points), Value::Null).await;
    match response["errors"][0]["extensions"]["code"].as_str() {
        None => true,
        Some("RATE_LIMITED") => false,
        Some(_) => panic!("{response:#}"),
    }
}

/// An address of its own: Redis outlives a test, and so do its budgets.
fn address() -> IpAddr {
    std::net::Ipv6Addr::from_bits(Uuid::new_v4().as_u128()).into()
}

#[tokio::test]
async fn an_operation_beyond_the_budget_is_refused_until_enough_has_come_back() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    assert!(can_spend(&user, 900).await);
    let refused = user.send(&worth(600), json!({})).await;
    assert!(refused.get("data").is_none(), "{refused:#}");
    let error = &refused["errors"][0];
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED", "{refused:#}");
    assert_eq!(error["extensions"]["retryable"], true);
    let cost = &error["extensions"]["cost"];
    assert_eq!((&cost["requested"], &cost["restoreRate"]), (&json!(600), &json!(1)), "{refused:#}");
    let (left, wait) = (cost["available"].as_u64().unwrap(), error["extensions"]["retryAfterMs"].as_i64().unwrap());
    assert!((100..600).contains(&left) && (0..=500_000).contains(&wait), "{refused:#}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("600 points") && message.contains("ask for less"), "{message}");
    app.advance(TimeDelta::milliseconds(wait / 2));
    assert!(!can_spend(&user, 600).await);
    app.advance(TimeDelta::milliseconds(wait / 2 + 1));
    assert!(can_spend(&user, 600).await);
}

#[tokio::test]
async fn a_refused_operation_takes_nothing() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    assert!(can_spend(&user, 900).await);
    for _ in 0..5 {
        assert!(!can_spend(&user, 900).await);
    }
    assert!(can_spend(&user, 100).await);
}

#[tokio::test]
async fn users_have_budgets_of_their_own_on_all_their_devices() {
    let app = builder().start().await;
    let (admin, other) = (app.admin().await, app.user(SystemRole::Viewer).await);
    assert!(can_spend(&admin, 900).await);
    assert!(!can_spend(&app.admin().await, 900).await);
    assert!(can_spend(&other, 900).await);
    assert!(can_spend(&app.anonymous(), 900).await);
}

#[tokio::test]
async fn anonymous_callers_of_one_address_share_a_budget() {
    let app = builder().start().await;
    let from = |address: &str| app.anonymous().behind_proxy(address.parse::<IpAddr>().unwrap());
    assert!(can_spend(&from("192.0.2.1"), 900).await);
    assert!(!can_spend(&from("192.0.2.1"), 900).await);
    assert!(!can_spend(&from("::ffff:192.0.2.1"), 900).await);
    assert!(can_spend(&from("192.0.2.2"), 900).await);
}

#[tokio::test]
async fn anonymous_callers_of_one_ipv6_network_share_a_budget() {
    let app = builder().start().await;
    let from = |address: &str| app.anonymous().behind_proxy(address.parse::<IpAddr>().unwrap());
    assert!(can_spend(&from("2001:db8:1:2::1"), 900).await);
    assert!(!can_spend(&from("2001:db8:1:2:3:4:5:6"), 900).await);
    assert!(can_spend(&from("2001:db8:1:3::1"), 900).await);
}

#[tokio::test]
async fn a_budget_of_no_points_is_without_a_limit() {
    let app = builder().set("RATE_LIMIT_POINTS", 0).start().await;
    let user = app.user(SystemRole::Viewer).await;
    for _ in 0..5 {
        assert!(can_spend(&user, 900).await);
    }
    let response = costed(&user, &worth(7), Value::Null).await;
    let cost = json!({"requested": 7, "actual": 7, "available": null, "restoreRate": null});
    assert_eq!(response["extensions"]["cost"], cost);
}

#[tokio::test]
async fn a_refusal_over_http_says_when_to_come_back() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    assert!(can_spend(&user, 900).await);
    for (accepted, status) in
        [("application/graphql-response+json", StatusCode::TOO_MANY_REQUESTS), ("application/json", StatusCode::OK)]
    {
        let request = user.request(&worth(900), json!({})).header(header::ACCEPT, accepted);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{accepted}");
        let seconds: u64 = response.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        let body: Value = response.json().await.unwrap();
        let millis = body["errors"][0]["extensions"]["retryAfterMs"].as_u64().unwrap();
        assert_eq!(seconds, millis.div_ceil(1000), "{body:#}");
    }
}

#[tokio::test]
async fn a_flood_of_invalid_documents_is_limited() {
    let app = builder().set("MAX_COMPLEXITY", 50).set("RATE_LIMIT_ANONYMOUS_POINTS", 50).start().await;
    let anonymous = app.anonymous();
    let mut codes = Vec::new();
    // Twice the budget, and what comes back within the minute that a test may take.
    for n in 0..40 {
        let document = [
            "{",
            "{ nonsense }",
            "{ viewer { id ",
            "query A { viewer { user { id } } } query A { viewer { user { id } } }",
        ];
        codes.push(anonymous.code(document[n % document.len()], json!({})).await);
    }
    assert!(codes[..5].iter().all(|code| code == "BAD_INPUT"), "{codes:?}");
    assert!(codes[5..].iter().any(|code| code == "RATE_LIMITED"), "{codes:?}");
}

/// Sends 50 operations of 100 points at once, to these servers in turn, and says how many were let through.
async fn rush(clients: &[Client]) -> usize {
    let document = worth(100);
    let operations = (0..50).map(|n| {
        let (client, document) = (clients[n % clients.len()].clone(), document.clone());
        tokio::spawn(async move { client.send(&document, Value::Null).await.get("data").is_some() })
    });
    join_all(operations).await.into_iter().filter(|passed| *passed.as_ref().unwrap()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_at_the_same_moment_take_what_is_there_and_no_more() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    assert_eq!(rush(&[user]).await, 10);
}
