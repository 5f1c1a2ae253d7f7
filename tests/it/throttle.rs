//! The limits on failed sign-ins.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::{ADMIN, TestApp};

const LOGIN: &str = "mutation($input: LoginInput!) { login(input: $input) { expiresAt } }";

fn wrong() -> serde_json::Value {
    json!({"input": {"email": ADMIN.0, "password": "not the password"}})
}

fn right() -> serde_json::Value {
    json!({"input": {"email": ADMIN.0, "password": ADMIN.1}})
}

#[tokio::test]
async fn ten_failures_are_told_as_such_and_the_eleventh_attempt_must_wait() {
    let app = TestApp::start().await;
    let anonymous = app.anonymous();
    for _ in 0..10 {
        assert_eq!(anonymous.code(LOGIN, wrong()).await, "UNAUTHENTICATED");
    }
    let refused = anonymous.fail(LOGIN, right()).await;
    assert_eq!(refused["extensions"]["code"], "RATE_LIMITED");
    assert_eq!(refused["extensions"]["retryable"], true);
    assert!(refused["extensions"]["retryAfterMs"].as_u64().unwrap() <= 15 * 60 * 1000);
}

/// A failed sign-in makes `data` null, and with that the execution ends: aliases buy an attacker nothing.
#[tokio::test]
async fn of_aliased_sign_ins_in_one_request_one_is_tried_and_counts() {
    let app = TestApp::start().await;
    let fields: Vec<_> = (0..20)
        .map(|n| format!("a{n}: login(input: {{email: \"{}\", password: \"wrong {n}\"}}) {{ expiresAt }}", ADMIN.0))
        .collect();
    let response = app.anonymous().send(&format!("mutation {{ {} }}", fields.join(" ")), json!({})).await;
    assert_eq!(response["errors"].as_array().unwrap().len(), 1, "{response:#}");
    for _ in 0..9 {
        assert_eq!(app.anonymous().code(LOGIN, wrong()).await, "UNAUTHENTICATED");
    }
    assert_eq!(app.anonymous().code(LOGIN, wrong()).await, "RATE_LIMITED");
}

#[tokio::test]
async fn sign_ins_that_succeed_do_not_count() {
    let app = TestApp::start().await;
    for _ in 0..12 {
        app.anonymous().ok(LOGIN, right()).await;
    }
}

/// Time in Redis is Redis's own, so only the counting in process follows the clock of the test.
#[tokio::test]
async fn after_the_window_attempts_are_let_through_again() {
    let app = TestApp::start().await;
    for _ in 0..11 {
        app.anonymous().code(LOGIN, wrong()).await;
    }
    app.advance(TimeDelta::minutes(16));
    app.anonymous().ok(LOGIN, right()).await;
}

#[tokio::test]
async fn two_servers_with_one_redis_count_together() {
    let Some(redis) = std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty()) else {
        println!("skipped: TEST_REDIS_URL is not set");
        return;
    };
    let first = TestApp::builder().set("REDIS_URL", &redis).set("TRUSTED_PROXIES", 1).start().await;
    let second = TestApp::builder().set("REDIS_URL", &redis).set("TRUSTED_PROXIES", 1).on(&first.db).start().await;
    // A name and an address of its own: Redis outlives the test, and so do its counts.
    let address = std::net::Ipv6Addr::from_bits(uuid::Uuid::new_v4().as_u128());
    let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
    let input = json!({"input": {"email": email, "password": "not the password"}});
    let mut codes = Vec::new();
    for n in 0..11 {
        let server = if n % 2 == 0 { &first } else { &second };
        codes.push(server.anonymous().behind_proxy(address).code(LOGIN, input.clone()).await);
    }
    assert_eq!(codes.iter().filter(|code| *code == "UNAUTHENTICATED").count(), 10, "{codes:?}");
    assert_eq!(codes[10], "RATE_LIMITED");
}
