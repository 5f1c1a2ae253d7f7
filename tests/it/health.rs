//! Whether the server can serve.

use crate::support::{TestApp, TestDb, patience};

/// A SQLite file cannot be taken away from a process that has it open, so this needs PostgreSQL.
#[tokio::test]
async fn a_server_whose_database_has_gone_is_not_ready_until_it_is_back() {
    let Some(server) = TestDb::server() else {
        println!("skipped: TEST_DATABASE_URL is not set");
        return;
    };
    let app = TestApp::start().await;
    let name = url::Url::parse(app.db.url()).unwrap().path().trim_start_matches('/').to_owned();
    let rename = |from: String, to: String| {
        let server = server.clone();
        async move {
            let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&server).await.unwrap();
            let kick = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{from}'");
            loop {
                sqlx::raw_sql(sqlx::AssertSqlSafe(kick.clone())).execute(&mut connection).await.unwrap();
                let rename = format!("ALTER DATABASE {from} RENAME TO {to}");
                if sqlx::raw_sql(sqlx::AssertSqlSafe(rename)).execute(&mut connection).await.is_ok() {
                    break;
                }
            }
        }
    };
    let until = |status: u16| {
        let url = format!("http://{}/health/ready", app.address);
        patience(async move {
            while reqwest::get(&url).await.unwrap().status() != status {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        })
    };
    until(200).await;
    rename(name.clone(), format!("{name}_away")).await;
    until(503).await;
    rename(format!("{name}_away"), name).await;
    until(200).await;
}
