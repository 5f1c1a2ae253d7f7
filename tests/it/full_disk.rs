//! A SQLite database without room: what was acknowledged is kept, and nothing is acknowledged that is not.
//!
//! Here the program gets no room by a limit on the size of its files, so that each commit fails. With `TEST_SMALL_DISK=1`
//! the folder for temporary files (`TMPDIR`) is a small file system of its own, which is filled instead.

use std::{collections::BTreeSet, io::Write, path::PathBuf, time::Duration};

use rapport::db::{Db, WriteTx};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::{Value, json};

use crate::support::{ADMIN, Client, Process, TestApp, TestDb, patience};

/// A commit fails at least so often; two were enough for later ones to be lost.
const FAILURES: usize = 4;

#[expect(clippy::print_stdout, reason = "who reads the output of the tests should know")]
fn is_sqlite() -> bool {
    if TestDb::is_postgres() {
        println!("skipped: PostgreSQL keeps its own files");
    }
    !TestDb::is_postgres()
}

async fn execute(db: &Db, sql: &str) {
    db.owner().execute_unprepared(sql).await.unwrap();
}

async fn note(tx: &WriteTx, note: &str) -> Result<(), DbErr> {
    let sql = "INSERT INTO notes (note) VALUES ($1)";
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, [note.into()])).await.map(drop)
}

/// What another connection sees.
async fn notes(test: &TestDb) -> Vec<String> {
    let db = test.connect().await;
    let rows = db.reader().query_all_raw(Statement::from_string(db.backend(), "SELECT note FROM notes ORDER BY note"));
    rows.await.unwrap().iter().map(|row| row.try_get("", "note").unwrap()).collect()
}

/// A table, and a database that can grow no further until its writing connection is another one.
async fn full(test: &TestDb) -> Db {
    let db = test.connect().await;
    execute(&db, "CREATE TABLE IF NOT EXISTS notes (note TEXT NOT NULL)").await;
    execute(&db, "PRAGMA max_page_count = 1").await;
    db
}

#[tokio::test]
async fn a_write_after_failed_ones_is_there_for_others() {
    if !is_sqlite() {
        return;
    }
    let test = TestDb::empty().await;
    let db = full(&test).await;
    for _ in 0..FAILURES {
        execute(&db, "PRAGMA max_page_count = 1").await;
        let tx = db.begin().await.unwrap();
        note(&tx, &"long".repeat(10_000)).await.unwrap_err();
    }
    let tx = db.begin().await.unwrap();
    note(&tx, "kept").await.unwrap();
    tx.commit().await.unwrap();
    let insert = Statement::from_string(db.backend(), "INSERT INTO notes (note) VALUES ('kept too')");
    db.write_alone(insert).await.unwrap();
    assert_eq!(notes(&test).await, ["kept", "kept too"]);
}

#[tokio::test]
async fn a_transaction_in_which_a_statement_failed_is_over() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    execute(&db, "CREATE TABLE notes (note VARCHAR(20000) NOT NULL PRIMARY KEY)").await;
    let tx = db.begin().await.unwrap();
    note(&tx, "lost").await.unwrap();
    note(&tx, "lost").await.unwrap_err();
    note(&tx, "lost too").await.unwrap_err();
    // PostgreSQL would answer that it has committed, and roll back.
    tx.commit().await.unwrap_err();
    assert_eq!(notes(&test).await, [""; 0]);
    if is_sqlite() {
        // SQLite rolls this one back by itself, and would keep what comes behind.
        execute(&db, "PRAGMA max_page_count = 1").await;
        let tx = db.begin().await.unwrap();
        note(&tx, "lost").await.unwrap();
        note(&tx, &"long".repeat(10_000)).await.unwrap_err();
        note(&tx, "lost too").await.unwrap_err();
        tx.commit().await.unwrap_err();
        assert_eq!(notes(&test).await, [""; 0]);
    }
}

/// Takes the room from a process, and gives it back.
enum Room {
    /// No file may grow beyond the size of the write-ahead log.
    Limit { pid: u32, log: PathBuf },
    /// All that is left is taken by this file.
    Disk(PathBuf),
}

impl Room {
    fn of(process: &Process, test: &TestDb) -> Self {
        match std::env::var("TEST_SMALL_DISK") {
            Ok(small) if !small.is_empty() => Self::Disk(test.folder().join("filling")),
            _ => Self::Limit { pid: process.pid(), log: test.folder().join("rapport.db-wal") },
        }
    }

    fn take(&self) {
        match self {
            Self::Limit { pid, log } => limit(*pid, &std::fs::metadata(log).unwrap().len().to_string()),
            Self::Disk(file) => {
                let mut file = std::fs::File::create(file).unwrap();
                while file.write_all(&[0; 4096]).is_ok() {}
            }
        }
    }

    fn give_back(&self) {
        match self {
            Self::Limit { pid, .. } => limit(*pid, "unlimited"),
            Self::Disk(file) => std::fs::remove_file(file).unwrap(),
        }
    }
}

/// Limits the size of the files that a process writes.
fn limit(pid: u32, bytes: &str) {
    let arguments = ["--pid", &pid.to_string(), &format!("--fsize={bytes}:")];
    assert!(std::process::Command::new("prlimit").args(arguments).status().unwrap().success());
}

const CREATE_ROLE: &str = "mutation($name: String!, $description: String) {
    createRole(input: {name: $name, description: $description, permissions: []}) { id } }";

async fn create_role(client: &Client, name: &str) -> Value {
    client.send(CREATE_ROLE, json!({"name": name, "description": "x".repeat(500)})).await
}

async fn until_ready(process: &Process, status: u16) {
    let url = format!("http://{}/health/ready", process.address);
    patience(async {
        while reqwest::get(&url).await.unwrap().status() != status {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

/// The names of the roles that the test made, as rows and as entries of the audit log.
async fn kept(client: &Client) -> [BTreeSet<String>; 2] {
    let query =
        r#"{ roles { name } auditLog(first: 100, filter: {action: {eq: ROLE_CREATED}}) { nodes { subjectName } } }"#;
    let data = client.ok(query, json!({})).await;
    let names = |rows: &Value, field: &str| {
        let names = rows.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned());
        names.filter(|name| name.starts_with("role ")).collect()
    };
    [names(&data["roles"], "name"), names(&data["auditLog"]["nodes"], "subjectName")]
}

/// Leaves the database of a server no page more than it has, until its writing connection is another one.
async fn take_the_rest(db: &Db) {
    let pages = Statement::from_string(db.backend(), "PRAGMA page_count");
    let pages: i64 = db.owner().query_one_raw(pages).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    execute(db, &format!("PRAGMA max_page_count = {pages}")).await;
}

#[tokio::test]
async fn a_server_whose_writes_found_no_room_is_not_ready_until_a_large_one_works() {
    if !is_sqlite() {
        return;
    }
    let app = TestApp::builder().quiet().start().await;
    let (admin, db) = (app.admin().await, &app.app.db);
    let ready = async || reqwest::get(format!("http://{}/health/ready", app.address)).await.unwrap().status();
    // No page is left over from the migrations.
    execute(db, "VACUUM").await;
    assert_eq!(ready().await, 200);
    take_the_rest(db).await;
    let mut made = 0;
    while create_role(&admin, &format!("role {made}")).await["errors"].is_null() {
        made += 1;
    }
    take_the_rest(db).await;
    // A small write fits.
    execute(db, "PRAGMA user_version = 0").await;
    assert_eq!(ready().await, 503);
    take_the_rest(db).await;
    let told = admin.ok("{ health { status parts { name status } } }", json!({})).await;
    assert_eq!((&told["health"]["status"], &told["health"]["parts"][0]["status"]), (&json!("DOWN"), &json!("DOWN")));
    // The connection is another one, without the limit.
    assert_eq!(ready().await, 200);
    assert!(create_role(&admin, "role with room").await["errors"].is_null());
    assert_eq!(app.count("SELECT 1 FROM write_trials").await, 0);
}

#[tokio::test]
async fn what_was_acknowledged_after_a_full_disk_outlives_a_kill() {
    if !is_sqlite() {
        return;
    }
    let test = TestDb::new().await;
    // A job that is at work over it all, and renews its lease.
    let settings = [("SAMPLE_DELAY_MS", "300"), ("JOB_LEASE_SECONDS", "2")];
    let process = Process::start_ignoring(&test, &settings, "XFSZ").await;
    let admin = Client::new(process.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let mut acknowledged = BTreeSet::new();
    let mut make = async |name: &str| {
        let is_made = create_role(&admin, name).await["errors"].is_null();
        if is_made {
            acknowledged.insert(name.to_owned());
        }
        is_made
    };
    assert!(make("role before").await);
    let job = admin.onboard("Brightloom Analytics").await["id"].as_str().unwrap().to_owned();

    let room = Room::of(&process, &test);
    room.take();
    let mut failures = 0;
    while failures < FAILURES {
        failures += usize::from(!make(&format!("role {failures} without room")).await);
    }
    until_ready(&process, 503).await;
    // Longer than a lease: the job's renewals fail, too.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    room.give_back();
    until_ready(&process, 200).await;
    for n in 0..10 {
        assert!(make(&format!("role {n} with room")).await);
    }
    assert_eq!(admin.finished(&job).await["status"], "COMPLETED");
    process.kill9().await;

    let process = Process::start(&test, &settings).await;
    let admin = Client::new(process.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    assert_eq!(kept(&admin).await, [acknowledged.clone(), acknowledged]);
    assert_eq!(admin.finished(&job).await["status"], "COMPLETED");
}
