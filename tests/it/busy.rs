//! Reads that take long: whom they keep waiting, and whom not.

use std::sync::{Arc, Condvar, Mutex};

use rapport::auth::SystemRole;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};

use crate::support::{ADMIN, Client, TestApp, TestDb, patience};

/// Holds up every read of customers until it is opened.
enum Gate {
    /// A lock for which a function waits. Not one on the table, which is a transaction that writes and so holds back the events of
    /// all tests on the server.
    Lock(#[expect(dead_code, reason = "what is kept is the lock")] PgConnection),
    /// A collation that waits.
    Collation(Arc<Waiting>),
}

#[derive(Default)]
struct Waiting {
    is_open: Mutex<bool>,
    opened: Condvar,
}

impl Waiting {
    fn wait(&self) {
        drop(self.opened.wait_while(self.is_open.lock().unwrap(), |is_open| !*is_open).unwrap());
    }
}

impl Gate {
    async fn close(app: &TestApp) -> Self {
        if TestDb::is_postgres() {
            let mut connection = PgConnection::connect(app.db.url()).await.unwrap();
            sqlx::query("SELECT pg_advisory_lock(7)").execute(&mut connection).await.unwrap();
            for sql in [
                "CREATE FUNCTION gate() RETURNS boolean LANGUAGE plpgsql VOLATILE AS
                 $$ BEGIN PERFORM pg_advisory_lock_shared(7); PERFORM pg_advisory_unlock_shared(7); RETURN true; END $$",
                "ALTER TABLE customers RENAME TO kept_customers",
                "CREATE VIEW customers AS SELECT * FROM kept_customers WHERE gate()",
            ] {
                app.app.db.owner().execute_unprepared(sql).await.unwrap();
            }
            return Self::Lock(connection);
        }
        let (waiting, pool) = (Arc::new(Waiting::default()), app.app.db.reader().connection());
        let pool = pool.get_sqlite_connection_pool();
        let mut connections = Vec::new();
        for _ in 0..pool.options().get_max_connections() {
            let mut connection = pool.acquire().await.unwrap();
            let at_the_gate = Arc::clone(&waiting);
            let compare = move |one: &str, other: &str| {
                at_the_gate.wait();
                one.cmp(other)
            };
            connection.lock_handle().await.unwrap().create_collation("waiting", compare).unwrap();
            connections.push(connection);
        }
        for sql in [
            "ALTER TABLE customers RENAME TO kept_customers",
            "CREATE VIEW customers AS SELECT * FROM kept_customers WHERE name COLLATE waiting <> ''",
        ] {
            app.app.db.owner().execute_unprepared(sql).await.unwrap();
        }
        Self::Collation(waiting)
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Self::Collation(waiting) = self {
            *waiting.is_open.lock().unwrap() = true;
            waiting.opened.notify_all();
        }
    }
}

/// Waits until so many connections that read are in use, and no more.
async fn until_in_use(app: &TestApp, count: u32) {
    let in_use = || {
        let pools = app.app.db.pools();
        pools[0].open - u32::try_from(pools[0].idle).unwrap()
    };
    patience(async {
        // What is given back is tried first.
        while in_use() != count {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_waits_too_long_for_reads_of_their_own_is_told_before_the_time_of_the_operation_is_over() {
    let app = TestApp::builder().quiet().set("OPERATION_TIMEOUT_SECONDS", 10).start().await;
    app.insert([app.customer(None, "Acme")]).await;
    let user = app.user(SystemRole::Viewer).await;
    let gate = Gate::close(&app).await;
    let (answers, mut answered) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..12 {
        let (user, answers) = (user.clone(), answers.clone());
        tokio::spawn(async move { answers.send(user.send("{ customers { nodes { id } } }", json!({})).await) });
    }
    let held = if TestDb::is_postgres() { 3 } else { 4 };
    for _ in held..12 {
        let answer = patience(answered.recv()).await.unwrap();
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "UNAVAILABLE", "{answer:#}");
        assert!(extensions["retryAfterMs"].as_u64().unwrap() > 0 && extensions["retryable"] == true, "{answer:#}");
    }
    drop(gate);
    until_in_use(&app, 0).await;
    assert_eq!(user.ok("{ customers { totalCount } }", json!({})).await["customers"]["totalCount"], 1);
}

/// Asks for customers ten times at once, and for all of it eight times at once.
fn ask(client: &Client) -> Vec<tokio::task::JoinHandle<Value>> {
    let lists: String = (0..10).map(|n| format!("l{n}: customers {{ nodes {{ id }} }} ")).collect();
    let send = |_| {
        let (client, query) = (client.clone(), format!("{{ {lists} }}"));
        tokio::spawn(async move { client.send(&query, json!({})).await })
    };
    (0..8).map(send).collect()
}

/// Holds that nobody who signs in waits, nor who watches the server.
async fn others_come_in(app: &TestApp) {
    let login = "mutation($input: LoginInput!) { login(input: $input) { refreshToken viewer { user { email } } } }";
    let input = json!({"input": {"email": ADMIN.0, "password": ADMIN.1}});
    let mut signed_in = app.anonymous().ok(login, input).await["login"].take();
    assert_eq!(signed_in["viewer"]["user"]["email"], ADMIN.0);
    let refresh = "mutation($input: RefreshTokenInput!) { refreshToken(input: $input) { accessToken } }";
    let input = json!({"input": {"refreshToken": signed_in["refreshToken"].take()}});
    let token = app.anonymous().ok(refresh, input).await["refreshToken"]["accessToken"].take();
    let health = app.anonymous().with_token(token.as_str().unwrap()).ok("{ health { status } }", json!({})).await;
    assert_eq!(health["health"]["status"], "UP");
    let ready = reqwest::get(format!("http://{}/health/ready", app.address)).await.unwrap();
    assert_eq!(ready.status(), 200);
}

#[tokio::test]
async fn whoever_holds_slow_reads_keeps_nobody_from_signing_in_or_reading() {
    let app = TestApp::builder().quiet().set("OPERATION_TIMEOUT_SECONDS", 300).start().await;
    app.insert([app.customer(None, "Acme")]).await;
    let [one, two, other] = [app.user(SystemRole::Viewer).await, app.user(SystemRole::Viewer).await, app.admin().await];
    // Of eight connections of PostgreSQL two are kept; a file can be opened twice more.
    let share = if TestDb::is_postgres() { 3 } else { 4 };
    let gate = Gate::close(&app).await;
    let mut asked = vec![tokio::spawn({
        let one = one.clone();
        let lists: String = (0..10).map(|n| format!("l{n}: customers {{ nodes {{ id }} }} ")).collect();
        async move { one.send(&format!("{{ {lists} }}"), json!({})).await }
    })];
    // One operation alone.
    until_in_use(&app, 3).await;
    asked.extend(ask(&one));
    until_in_use(&app, share).await;
    others_come_in(&app).await;
    assert!(!other.ok("{ roles { name } }", json!({})).await["roles"].as_array().unwrap().is_empty());
    until_in_use(&app, share).await;
    asked.extend(ask(&two));
    until_in_use(&app, 2 * share).await;
    others_come_in(&app).await;
    drop(gate);
    // The first was never refused a connection, for it waited behind itself only.
    let first = patience(asked.remove(0)).await.unwrap();
    assert_eq!(first["data"]["l9"]["nodes"].as_array().unwrap().len(), 1, "{first:#}");
    for answer in asked {
        patience(answer).await.unwrap();
    }
    until_in_use(&app, 0).await;
    assert_eq!(one.ok("{ customers { totalCount } }", json!({})).await["customers"]["totalCount"], 1);
}
