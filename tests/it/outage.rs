//! A database that is overloaded, or whose connections have gone silent.

use std::time::Duration;

use rapport::{ambient::Ambient, db::Db, server::Server};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::{ADMIN, TestApp, TestDb, patience, proxy::Proxy};

/// Takes what the database can do at a time: all connections of PostgreSQL, the one that writes of SQLite.
async fn occupy(db: &Db) -> Vec<Box<dyn std::any::Any>> {
    let Some(pool) = db.postgres() else { return vec![Box::new(db.begin().await.unwrap())] };
    let mut taken: Vec<Box<dyn std::any::Any>> = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        taken.push(Box::new(pool.acquire().await.unwrap()));
    }
    taken
}

#[tokio::test]
async fn an_overloaded_database_is_answered_with_503_and_when_to_come_back() {
    let app = TestApp::builder().quiet().start().await;
    let login = "mutation($input: LoginInput!) { login(input: $input) { expiresAt } }";
    let input = json!({"input": {"email": ADMIN.0, "password": ADMIN.1}});
    let taken = occupy(&app.app.db).await;
    for accept in ["application/json", "application/graphql-response+json"] {
        let request = app.anonymous().request(login, input.clone()).header(header::ACCEPT, accept);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        let body: Value = response.json().await.unwrap();
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "UNAVAILABLE", "{body:#}");
        assert_eq!((&extensions["retryable"], &extensions["retryAfterMs"]), (&json!(true), &json!(2000)));
    }
    drop(taken);
    app.anonymous().ok(login, input).await;
}

/// What a failover without a reset leaves, or a firewall that forgets: connections on which nothing comes any more.
#[tokio::test]
async fn silent_connections_are_thrown_away_and_everything_goes_on() {
    if !TestDb::is_postgres() {
        println!("skipped: TEST_DATABASE_URL is not set; a file cannot go silent");
        return;
    }
    let db = TestDb::new().await;
    let (proxy, through) = Proxy::to_database(&db).await;
    let app = TestApp::builder().on(&through).start().await;
    let admin = app.admin().await;
    let first = admin.onboard("Brightloom Analytics").await;
    admin.finished(first["id"].as_str().unwrap()).await;
    proxy.silence();
    let job = patience(async {
        loop {
            let input = json!({"input": {"companyName": "Fernhollow CRM", "idempotencyKey": "once"}});
            let query = "mutation($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id } }";
            let mut answer = admin.send(query, input).await;
            if answer["errors"].is_null() {
                return answer["data"]["onboardCompany"]["id"].take();
            }
            let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap();
            assert!(["UNAVAILABLE", "TIMEOUT"].contains(&code), "{answer:#}");
        }
    })
    .await;
    // The worker does it, and its events are heard.
    let mut ws = app.ws(&admin).await;
    ws.subscribe("subscription($id: ID!) { jobProgress(jobId: $id) { __typename } }", json!({"id": job})).await;
    let events = patience(ws.events()).await;
    let last = &events.last().unwrap()["data"]["jobProgress"]["__typename"];
    assert!(["JobCompleted", "JobState"].contains(&last.as_str().unwrap()), "{events:#?}");
    // Nothing holds up the end, when all go silent once more.
    proxy.silence();
    app.stop().await;
}

async fn liveness(address: std::net::SocketAddr) -> (u16, Value) {
    let response = reqwest::get(format!("http://{address}/health/live")).await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The tail and the worker of a server that was put together and does not run hang from its begin.
#[tokio::test]
async fn a_process_whose_tail_or_worker_hangs_for_a_minute_does_not_live() {
    let test = TestApp::start().await;
    let connection = test.db.connect().await;
    let server = Server::open(test.app.config.clone(), Ambient::system(), connection).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    server.serve_metrics(listener, stop.clone());
    assert_eq!(liveness(address).await, (200, json!({"status": "live"})));
    server.app.ambient.metrics().serving().worker_looked();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
    assert_eq!(liveness(address).await, (503, json!({"status": "hanging", "parts": ["events", "worker"]})));
    // One that runs turns on.
    patience(async {
        while liveness(test.address).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    stop.cancel();
}
