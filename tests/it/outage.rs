//! A database that is overloaded, or whose connections have gone silent.

use std::time::Duration;

use futures_util::future::join_all;
use rapport::{ambient::Ambient, db::Db, server::Server};
use reqwest::{StatusCode, header};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tokio::{net::TcpListener, time::timeout};
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

/// What was in flight when they went silent is read again, long before its operation is over.
#[tokio::test]
async fn reads_in_flight_on_silent_connections_are_made_again() {
    if !TestDb::is_postgres() {
        println!("skipped: TEST_DATABASE_URL is not set; a file cannot go silent");
        return;
    }
    let db = TestDb::new().await;
    let (proxy, through) = Proxy::to_database(&db).await;
    let app = TestApp::builder().set("OPERATION_TIMEOUT_SECONDS", 600).on(&through).start().await;
    let admin = app.admin().await;
    let ask = || {
        let admin = admin.clone();
        tokio::spawn(async move { admin.send("{ users { totalCount } jobs { totalCount } }", json!({})).await })
    };
    ask().await.unwrap();
    proxy.silence();
    for answer in [ask(), ask(), ask(), ask()] {
        let answer = patience(answer).await.unwrap();
        assert_eq!(answer["data"]["users"]["totalCount"], 1, "{answer:#}");
    }
    app.stop().await;
}

/// The connections of a small pool.
const PLACES: usize = 2;

/// Opens all connections of the pool, and gives them back. None of them is tried before it is used within the next second.
async fn fill(db: &Db) {
    patience(async {
        while !join_all((0..PLACES).map(|_| db.begin())).await.iter().all(Result::is_ok) {}
        while db.postgres().unwrap().num_idle() < PLACES {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Lets the patience of all tasks end.
async fn end_patience() {
    for _ in 0..3 {
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
        tokio::task::yield_now().await;
    }
}

/// The answer to `BEGIN` never comes, and nobody waits for it any more.
#[tokio::test]
async fn abandoned_begins_on_silent_connections_take_no_place_for_good() {
    if !TestDb::is_postgres() {
        println!("skipped: TEST_DATABASE_URL is not set; a file cannot go silent");
        return;
    }
    let test = TestDb::new().await;
    let direct = test.connect().await;
    direct.owner().execute_unprepared("CREATE TABLE written (n INT)").await.unwrap();
    let (proxy, through) = Proxy::to_database(&test).await;
    let mut config = through.config();
    config.max_connections = u32::try_from(PLACES).unwrap();
    let db = rapport::db::connect(&config).await.unwrap();
    // Four times as many as there are places, and as many that wait for a connection.
    for _ in 0..4 {
        fill(&db).await;
        proxy.silence();
        let begins = (0..2 * PLACES).map(|_| timeout(Duration::from_millis(20), db.begin()));
        assert!(join_all(begins).await.iter().all(Result::is_err), "a silent connection has answered");
        end_patience().await;
    }
    fill(&db).await;
    // Each place serves, and no transaction of before is open on it.
    for tx in patience(join_all((0..PLACES).map(|_| db.begin()))).await {
        let tx = tx.unwrap();
        tx.execute_unprepared("INSERT INTO written VALUES (1)").await.unwrap();
        tx.commit().await.unwrap();
    }
    let count = Statement::from_string(DbBackend::Postgres, "SELECT COUNT(*) AS n FROM written");
    let row = direct.reader().query_one_raw(count).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), i64::try_from(PLACES).unwrap());
}

/// The answer to `BEGIN` comes when nobody waits for it any more, but before its connection is given up.
#[tokio::test]
async fn an_abandoned_begin_that_is_answered_late_leaves_no_transaction_open() {
    if !TestDb::is_postgres() {
        println!("skipped: TEST_DATABASE_URL is not set; a file answers at once");
        return;
    }
    let test = TestDb::new().await;
    let direct = test.connect().await;
    direct.owner().execute_unprepared("CREATE TABLE written (n INT)").await.unwrap();
    let (proxy, through) = Proxy::to_database(&test).await;
    let mut config = through.config();
    config.max_connections = 1;
    let db = rapport::db::connect(&config).await.unwrap();
    for n in 1..=3 {
        // One that was released long ago would be tried before it is used.
        patience(async { while db.begin().await.is_err() {} }).await;
        patience(async {
            while db.postgres().unwrap().num_idle() < 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        proxy.hold_answers(true);
        assert!(timeout(Duration::from_millis(20), db.begin()).await.is_err(), "the answer is held back");
        // Its patience begins and ends, and its connection is tried, for a second.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        proxy.hold_answers(false);
        let write = Statement::from_string(DbBackend::Postgres, "INSERT INTO written VALUES (1)");
        patience(async { while db.write_alone(write.clone()).await.is_err() {} }).await;
        let count = Statement::from_string(DbBackend::Postgres, "SELECT COUNT(*) AS n FROM written");
        let row = direct.reader().query_one_raw(count).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), n, "others see what was written");
    }
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
