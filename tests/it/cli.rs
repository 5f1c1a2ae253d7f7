//! The program as its user meets it: commands, settings, health, pages.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{ADMIN, TestApp, TestDb};

/// Runs the program with these settings and no others.
fn run(db: &TestDb, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
    command.args(arguments).current_dir(db.folder()).env_clear();
    command.env("DATABASE_URL", db.url()).env("API_JWT_SECRET", "a secret for tests of 32 characters");
    command.env("ADMIN_EMAIL", ADMIN.0).env("ADMIN_PASSWORD", ADMIN.1);
    command.envs(settings.iter().copied()).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn schema_prints_the_schema_and_nothing_else() {
    let output = run(&TestDb::new().await, &[], &["schema"]);
    assert!(output.status.success());
    assert_eq!(stdout(&output).trim_end(), rapport::schema::sdl().trim_end());
}

#[tokio::test]
async fn wrong_settings_stop_the_start_with_a_sentence_each() {
    let db = TestDb::new().await;
    let settings = [
        ("API_PORT", "eighty"),
        ("ALLOWED_ORIGINS", "example.com"),
        ("MAX_TOKENS", "1"),
        ("OPENAI_BASE_URL", "nowhere"),
        ("OPENAI_API_KEY", "sk-do-not-print-me"),
    ];
    let output = run(&db, &settings, &["serve"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    for name in ["API_PORT", "ALLOWED_ORIGINS", "MAX_TOKENS", "OPENAI_BASE_URL"] {
        assert_eq!(text.lines().filter(|line| line.trim_start().starts_with(name)).count(), 1, "{name} in:\n{text}");
    }
    assert!(!text.contains("do-not-print-me"), "{text}");
}

#[tokio::test]
async fn migrations_go_up_and_down_and_tell_where_they_are() {
    let db = TestDb::new().await;
    let applied = |output: &Output| stdout(output).lines().filter(|line| line.starts_with("Applied")).count();
    let all = applied(&run(&db, &[], &["migrate", "status"]));
    assert!(all >= 3);
    assert!(run(&db, &[], &["migrate", "down"]).status.success());
    assert_eq!(applied(&run(&db, &[], &["migrate", "status"])), all - 1);
    assert!(run(&db, &[], &["migrate", "up"]).status.success());
    assert_eq!(applied(&run(&db, &[], &["migrate", "status"])), all);
}

#[tokio::test]
async fn a_fresh_start_deletes_only_what_somebody_means_to_delete() {
    let db = TestDb::new().await;
    assert!(run(&db, &[], &["seed"]).status.success());
    let refused = run(&db, &[], &["migrate", "fresh"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("--yes"));
    let app = TestApp::builder().on(&db).start().await;
    let count = "{ companies { totalCount } }";
    assert_eq!(app.admin().await.ok(count, Value::Null).await["companies"]["totalCount"], 3);
    app.stop().await;
    assert!(run(&db, &[], &["migrate", "fresh", "--yes"]).status.success());
    let app = TestApp::builder().on(&db).start().await;
    assert_eq!(app.admin().await.ok(count, Value::Null).await["companies"]["totalCount"], 0);
    app.stop().await;
}

#[tokio::test]
async fn the_seed_may_be_sown_again() {
    let db = TestDb::new().await;
    for _ in 0..2 {
        let output = run(&db, &[], &["seed"]);
        assert_eq!(stdout(&output).matches(": done").count(), 3, "{}\n{}", stdout(&output), stderr(&output));
    }
    let app = TestApp::builder().on(&db).start().await;
    let data = app.admin().await.ok("{ companies { nodes { name customers { totalCount } } } }", Value::Null).await;
    let companies = data["companies"]["nodes"].as_array().unwrap();
    assert_eq!(companies.len(), 3);
    assert!(companies.iter().all(|company| company["customers"]["totalCount"].as_u64() > Some(10)), "{data:#}");
    app.stop().await;
}

#[tokio::test]
async fn health_tells_that_the_server_lives_and_can_serve() {
    let app = TestApp::start().await;
    for (path, status) in [("live", "live"), ("ready", "ready")] {
        let response = reqwest::get(format!("http://{}/health/{path}", app.address)).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.json::<Value>().await.unwrap()["status"], status);
    }
}

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
        crate::support::patience(async move {
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

#[tokio::test]
async fn the_root_leads_to_graphiql_and_its_files_are_all_our_own() {
    let app = TestApp::start().await;
    let page = reqwest::get(format!("http://{}/", app.address)).await.unwrap();
    assert_eq!(page.url().path(), "/graphiql");
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(!html.contains("https://"), "the page loads something from elsewhere: {html}");
    for file in html.split('"').filter(|part| part.starts_with("/graphiql/")) {
        let response = reqwest::get(format!("http://{}{file}", app.address)).await.unwrap();
        assert_eq!(response.status(), 200, "{file}");
        assert!(response.text().await.unwrap().len() > 1000, "{file}");
    }
}
