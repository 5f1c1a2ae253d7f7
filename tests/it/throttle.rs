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

/// A document with a hundred sign-ins, each with another password.
fn a_hundred() -> String {
    let fields: Vec<_> = (0..100)
        .map(|n| format!("a{n}: login(input: {{email: \"{}\", password: \"wrong {n}\"}}) {{ expiresAt }}", ADMIN.0))
        .collect();
    format!("mutation {{ {} }}", fields.join(" "))
}

#[tokio::test]
async fn a_hundred_aliased_sign_ins_in_one_document_are_refused_and_none_is_tried() {
    let app = TestApp::start().await;
    let (refused, statements) = app.statements.of(app.anonymous().fail(&a_hundred(), json!({}))).await;
    assert_eq!(refused["extensions"]["code"], "QUERY_TOO_COMPLEX", "{refused:#}");
    assert!(!statements.iter().any(|sql| sql.contains("users")), "{statements:#?}");
    for _ in 0..10 {
        assert_eq!(app.anonymous().code(LOGIN, wrong()).await, "UNAUTHENTICATED");
    }
}

#[tokio::test]
async fn of_a_hundred_aliased_sign_ins_one_is_tried_where_the_limits_let_them_through() {
    let limits = TestApp::builder().quiet().set("MAX_ALIASES", 200).set("MAX_COMPLEXITY", 100_000);
    let app = limits.set("RATE_LIMIT_ANONYMOUS_POINTS", 0).start().await;
    let (response, statements) = app.statements.of(app.anonymous().send(&a_hundred(), json!({}))).await;
    assert_eq!(response["errors"].as_array().unwrap().len(), 1, "{response:#}");
    let tried = statements.iter().filter(|sql| sql.contains("\"email_key\" =")).count();
    assert_eq!(tried, 1, "{statements:#?}");
    for _ in 0..9 {
        assert_eq!(app.anonymous().code(LOGIN, wrong()).await, "UNAUTHENTICATED");
    }
    assert_eq!(app.anonymous().code(LOGIN, wrong()).await, "RATE_LIMITED");
}

#[tokio::test]
async fn of_a_hundred_sign_ins_over_one_socket_ten_are_tried() {
    let app = TestApp::start().await;
    let mut socket = app.ws(&app.anonymous()).await;
    for _ in 0..100 {
        socket.subscribe(LOGIN, wrong()).await;
    }
    let mut codes = Vec::new();
    while codes.len() < 100 {
        let message = socket.receive().await.unwrap();
        let errors = if message["type"] == "next" { &message["payload"]["errors"] } else { &message["payload"] };
        if let Some(code) = errors[0]["extensions"]["code"].as_str() {
            codes.push(code.to_owned());
        }
    }
    assert_eq!(codes.iter().filter(|code| *code == "UNAUTHENTICATED").count(), 10, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| *code == "RATE_LIMITED").count(), 90, "{codes:?}");
}

/// Tries to sign in with a wrong password until that is refused for good.
async fn answers(app: &TestApp, email: &str) -> Vec<String> {
    let mut answers = Vec::new();
    for _ in 0..12 {
        let client = app.anonymous();
        let mut error = client.fail(LOGIN, json!({"input": {"email": email, "password": "not the password"}})).await;
        for changing in ["requestId", "retryAfterMs"] {
            error["extensions"][changing].take();
        }
        answers.push(error.to_string());
    }
    answers
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_throttled_as_one_that_does() {
    let (known, unknown) = (TestApp::start().await, TestApp::start().await);
    let known = answers(&known, ADMIN.0).await;
    assert_eq!(known, answers(&unknown, "nobody@example.com").await);
    assert!(known[9].contains("UNAUTHENTICATED") && known[10].contains("RATE_LIMITED"), "{known:#?}");
}

/// An address of documentation (RFC 5737), one of 250.
fn address(n: u8) -> std::net::IpAddr {
    std::net::IpAddr::from([203, 0, 113, n])
}

#[tokio::test]
async fn failures_lock_an_account_for_the_address_that_made_them_and_for_no_other() {
    let app = TestApp::builder().set("TRUSTED_PROXIES", 1).start().await;
    let colleague = ("colleague@example.com", "a password of a colleague");
    let (db, ambient) = (&app.app.db, &app.app.ambient);
    let role = rapport::auth::SystemRole::Viewer;
    rapport::domains::identity::create_user(db, ambient, colleague.0, "A Colleague", role, colleague.1).await.unwrap();
    let (here, elsewhere) = (app.anonymous().behind_proxy(address(1)), app.anonymous().behind_proxy(address(2)));
    for _ in 0..10 {
        assert_eq!(here.code(LOGIN, wrong()).await, "UNAUTHENTICATED");
    }
    assert_eq!(here.code(LOGIN, right()).await, "RATE_LIMITED");
    elsewhere.ok(LOGIN, right()).await;
    // The mistakes of one do not lock out those beside them.
    here.ok(LOGIN, json!({"input": {"email": colleague.0, "password": colleague.1}})).await;
}

/// Whoever attacks an account from many addresses slows it down, and locks nobody out.
#[tokio::test]
async fn an_address_without_a_mistake_is_let_in_however_many_others_have_failed() {
    let app = TestApp::builder().set("TRUSTED_PROXIES", 1).start().await;
    let attackers: Vec<_> = (0..110).map(|n| app.anonymous().behind_proxy(address(n))).collect();
    let attacks = attackers.iter().map(|attacker| attacker.code(LOGIN, wrong()));
    for code in futures_util::future::join_all(attacks).await {
        assert_eq!(code, "UNAUTHENTICATED");
    }
    app.anonymous().behind_proxy(address(200)).ok(LOGIN, right()).await;
    // Those who made a mistake take turns, and are let in.
    let both = [attackers[0].ok(LOGIN, right()), attackers[1].ok(LOGIN, right())];
    futures_util::future::join_all(both).await;
}

#[tokio::test]
async fn right_passwords_at_once_from_one_address_are_all_let_in() {
    let app = TestApp::start().await;
    let client = app.anonymous();
    for _ in 0..2 {
        let codes = futures_util::future::join_all((0..20).map(|_| client.send(LOGIN, right()))).await;
        assert!(codes.iter().all(|answer| answer["errors"].is_null()), "{codes:#?}");
    }
}

/// A request that a client may write and not wait for.
fn raw(input: &serde_json::Value) -> String {
    let body = json!({"query": LOGIN, "variables": input}).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn sign_ins_whose_client_hangs_up_do_not_count() {
    use tokio::{io::AsyncWriteExt, net::TcpStream};
    let app = TestApp::start().await;
    let mut callers = Vec::new();
    for _ in 0..14 {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        stream.write_all(raw(&right()).as_bytes()).await.unwrap();
        callers.push(stream);
    }
    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
    drop(callers);
    app.anonymous().ok(LOGIN, right()).await;
}

/// Written down and not judged: a machine that is busy would fail it.
#[tokio::test]
async fn an_unknown_account_takes_as_long_as_a_known_one() {
    let app = TestApp::builder().set("TRUSTED_PROXIES", 1).start().await;
    let mut times = [(ADMIN.0, Vec::new()), ("nobody@example.com", Vec::new())];
    // In turn, so that what else the machine does falls on both.
    for n in 0..9 {
        for (email, times) in &mut times {
            let client = app.anonymous().behind_proxy(std::net::IpAddr::from([203, 0, 113, n]));
            let begun = std::time::Instant::now();
            let input = json!({"input": {"email": email, "password": "not the password"}});
            assert_eq!(client.code(LOGIN, input).await, "UNAUTHENTICATED");
            times.push(begun.elapsed());
        }
    }
    for (email, mut times) in times {
        times.sort();
        println!("a wrong password of {email}: median {:?}, from {:?} to {:?}", times[4], times[0], times[8]);
    }
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

#[tokio::test]
async fn right_passwords_at_once_are_let_in_where_two_servers_count_in_redis() {
    let Some(redis) = std::env::var("TEST_REDIS_URL").ok().filter(|url| !url.is_empty()) else {
        println!("skipped: TEST_REDIS_URL is not set");
        return;
    };
    let first = TestApp::builder().set("REDIS_URL", &redis).set("TRUSTED_PROXIES", 1).start().await;
    let second = TestApp::builder().set("REDIS_URL", &redis).set("TRUSTED_PROXIES", 1).on(&first.db).start().await;
    let address = std::net::Ipv6Addr::from_bits(uuid::Uuid::new_v4().as_u128());
    let clients = [first.anonymous().behind_proxy(address), second.anonymous().behind_proxy(address)];
    let answers = futures_util::future::join_all((0..20).map(|n| clients[n % 2].send(LOGIN, right()))).await;
    assert!(answers.iter().all(|answer| answer["errors"].is_null()), "{answers:#?}");
    for _ in 0..10 {
        assert_eq!(clients[0].code(LOGIN, wrong()).await, "UNAUTHENTICATED");
    }
    assert_eq!(clients[1].code(LOGIN, right()).await, "RATE_LIMITED");
}
