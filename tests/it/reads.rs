//! Reads on PostgreSQL, and the connections that they pass on.

use rapport::db::{Db, connect};
use sea_orm::{ConnectionTrait, Statement};

use crate::support::{TestDb, patience};

/// Returns true, and says so, where the tests run on SQLite, which has no connections to pass on.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn skip_on_sqlite() -> bool {
    if !TestDb::is_postgres() {
        println!("skipped: TEST_DATABASE_URL is not set; these are reads on PostgreSQL");
    }
    !TestDb::is_postgres()
}

/// The process of the server that answered a read.
async fn backend(db: &Db) -> i32 {
    let select = Statement::from_string(db.backend(), "SELECT pg_backend_pid() AS pid");
    db.reader().query_one_raw(select).await.unwrap().unwrap().try_get("", "pid").unwrap()
}

async fn end_other_connections(db: &TestDb) {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    db.connect().await.owner().execute_unprepared(end).await.unwrap();
}

#[tokio::test]
async fn a_read_passes_its_connection_on_to_the_next() {
    if skip_on_sqlite() {
        return;
    }
    let test = TestDb::empty().await;
    let db = test.connect().await;
    let first = backend(&db).await;
    // Without waiting, so that the first cannot have gone back to the pool in between.
    for _ in 0..5 {
        assert_eq!(backend(&db).await, first);
    }
}

#[tokio::test]
async fn a_read_whose_connection_was_ended_is_repeated_on_another() {
    if skip_on_sqlite() {
        return;
    }
    let test = TestDb::empty().await;
    let db = test.connect().await;
    for _ in 0..3 {
        let (one, two, three) = tokio::join!(backend(&db), backend(&db), backend(&db));
        end_other_connections(&test).await;
        let (four, five, six) = tokio::join!(backend(&db), backend(&db), backend(&db));
        assert!([four, five, six].iter().all(|after| ![one, two, three].contains(after)));
    }
}

#[tokio::test]
async fn reads_leave_connections_for_transactions_and_transactions_for_reads() {
    if skip_on_sqlite() {
        return;
    }
    let test = TestDb::empty().await;
    let mut config = test.config();
    config.max_connections = 3;
    let db = connect(&config).await.unwrap();
    db.owner().execute_unprepared("CREATE TABLE notes (note INTEGER NOT NULL)").await.unwrap();
    let read = async |reads: i32| {
        for _ in 0..reads {
            backend(&db).await;
        }
    };
    let write = async |note: i32| {
        for note in note..note + 50 {
            let tx = db.begin().await.unwrap();
            let insert = "INSERT INTO notes (note) VALUES ($1)";
            tx.execute_raw(Statement::from_sql_and_values(db.backend(), insert, [note.into()])).await.unwrap();
            tx.commit().await.unwrap();
        }
    };
    patience(async { tokio::join!(read(200), write(0), read(200), write(50), write(100), read(200)) }).await;
    let count = Statement::from_string(db.backend(), "SELECT count(*) AS notes FROM notes");
    let row = db.reader().query_one_raw(count).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "notes").unwrap(), 150);
}

#[tokio::test]
async fn a_read_that_is_given_up_does_not_pass_its_connection_on() {
    if skip_on_sqlite() {
        return;
    }
    let test = TestDb::empty().await;
    let db = test.connect().await;
    let first = backend(&db).await;
    let slow = Statement::from_string(db.backend(), "SELECT pg_sleep(30), pg_backend_pid() AS pid");
    let given_up = tokio::time::timeout(std::time::Duration::from_millis(20), db.reader().query_one_raw(slow)).await;
    assert!(given_up.is_err());
    assert_ne!(backend(&db).await, first);
}

#[tokio::test]
async fn a_statement_that_fails_leaves_the_next_reads_alone() {
    if skip_on_sqlite() {
        return;
    }
    let test = TestDb::empty().await;
    let db = test.connect().await;
    for _ in 0..5 {
        backend(&db).await;
        let wrong = Statement::from_string(db.backend(), "SELECT 1 / 0 AS nothing");
        db.reader().query_all_raw(wrong).await.unwrap_err();
    }
    backend(&db).await;
    patience(db.close()).await;
    let closed = Statement::from_string(db.backend(), "SELECT 1");
    db.reader().query_one_raw(closed).await.unwrap_err();
}
