//! Processes that start together on a database where nothing is.

use migration::{Migrator, MigratorTrait};
use rapport::db::Db;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::world::admin;
use crate::support::{Process, TestDb};

async fn count(db: &Db, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS count FROM {table}");
    let row = db.reader().query_one_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    row.unwrap().try_get("", "count").unwrap()
}

#[tokio::test]
async fn servers_that_start_together_on_an_empty_database_agree() {
    // The embedded database needs no secret: one is made, and all must end with the same.
    let settings: &[_] = if TestDb::is_postgres() { &[] } else { &[("API_JWT_SECRET", "")] };
    for _ in 0..3 {
        let db = TestDb::empty().await;
        let start = || Process::start(&db, settings);
        let (one, two, three) = tokio::join!(start(), start(), start());
        let admin = admin(&one).await;
        for process in [&one, &two, &three] {
            let viewer = admin.at(process.address).ok("{ viewer { user { email } } }", json!({})).await;
            assert_eq!(viewer["viewer"]["user"]["email"], "admin@example.com");
        }
        let db = db.connect().await;
        assert_eq!(count(&db, "users").await, 1, "one administrator");
        assert_eq!(count(&db, "seaql_migrations").await, Migrator::migrations().len() as i64);
        assert_eq!(count(&db, "event_log").await, 1, "one history");
        tokio::join!(one.terminate(), two.terminate(), three.terminate());
    }
}
