//! Transactions that nobody waits for any more.

use std::{pin::pin, time::Duration};

use futures_util::poll;
use rapport::{
    config::Config,
    db::{Db, connect},
};
use sea_orm::{ConnectionTrait, Statement};

use crate::support::{TestDb, patience, proxy::Proxy};

/// Lets `begin` send its `BEGIN`, and gives it up before the answer is read.
async fn give_up(db: &Db, begin: impl Future) {
    let are_idle = || db.pools().iter().all(|pool| pool.idle == pool.open as usize);
    patience(async {
        while !are_idle() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    let mut begin = pin!(begin);
    let is_pending = poll!(&mut begin).is_pending();
    // The answer passes a task of this thread. SQLite has threads of its own, and may have answered already.
    assert!(is_pending || !TestDb::is_postgres(), "the answer cannot have come yet");
    assert!(!are_idle(), "it should have taken a connection");
}

/// Whether another connection sees a note that is written on a connection of `db`.
async fn is_written_for_others(db: &Db, other: &Db, note: i32) -> bool {
    let statement = |sql: &str| Statement::from_sql_and_values(db.backend(), sql, [note.into()]);
    db.write_alone(statement("INSERT INTO notes (note) VALUES ($1)")).await.unwrap();
    let select = statement("SELECT note FROM notes WHERE note = $1");
    other.reader().query_one_raw(select).await.unwrap().is_some()
}

#[tokio::test]
async fn a_begin_that_is_given_up_leaves_no_transaction_open() {
    let test = TestDb::empty().await;
    let through = match TestDb::is_postgres() {
        true => Some(Proxy::to_database(&test).await),
        false => None,
    };
    let mut config = through.as_ref().map_or(&test, |(_, through)| through).config();
    // One connection, so that what is left open on it meets whoever comes next.
    config.max_connections = 1;
    let (db, other) = (connect(&config).await.unwrap(), test.connect().await);
    db.owner().execute_unprepared("CREATE TABLE notes (note INTEGER NOT NULL)").await.unwrap();
    give_up(&db, db.begin()).await;
    assert!(patience(is_written_for_others(&db, &other, 1)).await);
    give_up(&db, db.snapshot()).await;
    assert!(patience(is_written_for_others(&db, &other, 2)).await);
}

#[tokio::test]
async fn a_commit_of_sqlite_is_on_the_disk_unless_it_is_set_otherwise() {
    if TestDb::is_postgres() {
        return;
    }
    let test = TestDb::empty().await;
    for (synchronous, expected) in [(None, 2), (Some("full"), 2), (Some("normal"), 1)] {
        let config = Config::read(|name| match name {
            "DATABASE_URL" => Some(test.url().to_owned()),
            "SQLITE_SYNCHRONOUS" => synchronous.map(str::to_owned),
            _ => None,
        });
        let db = connect(&config.unwrap().database).await.unwrap();
        let tx = db.begin().await.unwrap();
        let row = tx.query_one_raw(Statement::from_string(db.backend(), "PRAGMA synchronous")).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<i32>(0).unwrap(), expected, "{synchronous:?}");
    }
    let problems = Config::read(|name| (name == "SQLITE_SYNCHRONOUS").then(|| "off".to_owned())).unwrap_err();
    assert!(problems.iter().any(|problem| problem.to_string().contains("full or normal")), "{problems:?}");
}
