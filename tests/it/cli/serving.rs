//! A running server: its greeting, its first administrator, its pages and its health.

use std::os::unix::fs::PermissionsExt;

use reqwest::{Client as Http, Response, StatusCode, header, redirect::Policy};
use serde_json::{Value, json};

use crate::support::{
    Client, TestDb, patience,
    program::{Program, Serving},
};

async fn get(server: &Serving, path: &str) -> Response {
    let http = Http::builder().redirect(Policy::none()).gzip(false).build().unwrap();
    http.get(format!("http://{}{path}", server.address)).send().await.unwrap()
}

fn header(response: &Response, name: header::HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The password that a greeting shows.
fn shown_password(stdout: &str) -> Option<String> {
    let (_, rest) = stdout.split_once("with the password ")?;
    rest.split_whitespace().next().map(str::to_owned)
}

#[tokio::test]
async fn a_server_says_where_it_is_and_stops_when_it_is_told_to() {
    let db = TestDb::empty().await;
    let server = Program::on(&db).serve().await;
    let address = server.address;
    let said = server.stop().await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for place in [
        format!("http://{address}/graphiql"),
        format!("ws://{address}/graphql/ws"),
        format!("http://{address}/graphql/stream"),
    ] {
        assert!(said.stdout.contains(&place), "{}", said.stdout);
    }
}

#[tokio::test]
async fn a_password_made_for_the_first_administrator_is_shown_once() {
    let db = TestDb::empty().await;
    let program = Program::on(&db).set("ADMIN_EMAIL", "first@example.com");
    let server = program.serve().await;
    let nobody = Client::new(server.address, None);
    let said = server.stop().await;
    let password = shown_password(&said.stdout).unwrap();
    assert!(password.len() >= 20 && said.stdout.contains("first@example.com"), "{}", said.stdout);
    assert!(!said.stderr.contains(&password), "the log does not hold it");
    let again = program.serve().await;
    let viewer = nobody.at(again.address).sign_in("first@example.com", &password).await;
    let data = viewer.ok("{ viewer { user { email role { name } } } }", json!({})).await;
    assert_eq!(data["viewer"], json!({"user": {"email": "first@example.com", "role": {"name": "admin"}}}));
    let said = again.stop().await;
    assert!(!said.stdout.contains("password") && !said.stdout.contains("administrator"), "{}", said.stdout);
}

#[tokio::test]
async fn a_password_of_the_settings_is_not_shown() {
    let db = TestDb::empty().await;
    let program = Program::on(&db).set("ADMIN_PASSWORD", "correct horse battery");
    let server = program.serve().await;
    Client::new(server.address, None).sign_in("admin@example.com", "correct horse battery").await;
    let said = server.stop().await;
    assert!(said.stdout.contains("ADMIN_PASSWORD"), "{}", said.stdout);
    assert!(!format!("{said:?}").contains("correct horse"), "{said:?}");
}

#[tokio::test]
async fn a_server_with_no_settings_keeps_everything_in_its_folder() {
    let folder = TestDb::empty().await;
    let program = Program::on(&folder).set("DATABASE_URL", "").set("API_JWT_SECRET", "");
    let server = program.serve().await;
    let address = server.address;
    let password = shown_password(&{
        let first = server.stop().await;
        assert_eq!(first.code, Some(0), "{}", first.stderr);
        first.stdout
    });
    assert!(folder.folder().join("data/rapport.db").is_file());
    let secret = folder.folder().join("data/rapport.db.jwt-secret");
    assert_eq!(std::fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    // A token of one run is good in the next, because the key was kept.
    let second = program.serve().await;
    let client = Client::new(address, None).at(second.address).sign_in("admin@example.com", &password.unwrap()).await;
    second.stop().await;
    let third = program.serve().await;
    let data = client.at(third.address).ok("{ viewer { user { email } } }", json!({})).await;
    assert_eq!(data["viewer"]["user"]["email"], "admin@example.com");
    third.stop().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_said() {
    let (db, other) = (TestDb::empty().await, TestDb::empty().await);
    let server = Program::on(&db).serve().await;
    let said = Program::on(&other).set("API_PORT", server.address.port()).run(&["serve"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains(&format!("Cannot listen on {}", server.address)), "{}", said.stderr);
}

#[tokio::test]
async fn a_server_that_lives_and_can_serve_says_so() {
    let db = TestDb::empty().await;
    let server = Program::on(&db).serve().await;
    for state in ["live", "ready"] {
        let response = get(&server, &format!("/health/{state}")).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.json::<Value>().await.unwrap()["status"], state);
    }
    if TestDb::is_postgres() {
        // Only on PostgreSQL: a SQLite file that is open cannot go away.
        db.drop_by_force().await;
        patience(async { while get(&server, "/health/ready").await.status() == StatusCode::OK {} }).await;
        let response = get(&server, "/health/ready").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = response.json::<Value>().await.unwrap();
        assert_eq!((&body["status"], &body["parts"]["database"]), (&json!("not ready"), &json!("down")), "{body:#}");
        assert_eq!(get(&server, "/health/live").await.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn the_root_leads_to_graphiql_whose_page_loads_nothing_from_elsewhere() {
    let db = TestDb::empty().await;
    let server = Program::on(&db).serve().await;
    let root = get(&server, "/").await;
    assert_eq!((root.status(), header(&root, header::LOCATION)), (StatusCode::TEMPORARY_REDIRECT, "/graphiql"));
    let page = get(&server, "/graphiql").await;
    assert_eq!((page.status(), header(&page, header::CONTENT_TYPE)), (StatusCode::OK, "text/html; charset=utf-8"));
    assert_eq!(header(&page, header::CACHE_CONTROL), "no-cache");
    assert_eq!(header(&page, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(header(&page, header::REFERRER_POLICY), "no-referrer");
    let policy = header(&page, header::CONTENT_SECURITY_POLICY).to_owned();
    for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(rule) && !policy.contains("unsafe"), "{policy}");
    }
    let page = page.text().await.unwrap();
    for elsewhere in ["\"http", "\"//", "@import", "<script>"] {
        assert!(!page.contains(elsewhere), "{elsewhere} in {page}");
    }
    let files: Vec<_> = page.split(['"', '\'']).filter(|text| text.starts_with("/graphiql/")).collect();
    assert!(files.iter().any(|file| file.contains(".js")) && files.iter().any(|file| file.contains(".css")), "{page}");
    for path in files {
        is_a_file(&server, path).await;
    }
    is_a_file(&server, "/graphiql/licenses.txt").await;
    assert_eq!(get(&server, "/graphiql/nothing.js").await.status(), StatusCode::NOT_FOUND);
}

/// A packed file that browsers may keep.
async fn is_a_file(server: &Serving, path: &str) {
    let file = get(server, path).await;
    assert_eq!(file.status(), StatusCode::OK, "{path}");
    let extension = path.split('?').next().unwrap().rsplit('.').next().unwrap();
    let kind = match extension {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    };
    assert_eq!((header(&file, header::CONTENT_TYPE), header(&file, header::CONTENT_ENCODING)), (kind, "gzip"));
    assert_eq!(header(&file, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!(header(&file, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(file.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]), "{path} is packed");
}

#[tokio::test]
async fn a_lost_password_is_replaced_at_the_command_line() {
    let db = TestDb::empty().await;
    let program = Program::on(&db).set("ADMIN_PASSWORD", "correct horse battery");
    let server = program.serve().await;
    let nobody = Client::new(server.address, None);
    let before = nobody.sign_in("admin@example.com", "correct horse battery").await;
    let said = program.run(&["reset-password", "Admin@example.com"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let words = said.stdout.split_whitespace();
    let password = words.skip_while(|word| *word != "is").nth(1).unwrap().to_owned();
    assert!(!said.stderr.contains(&password), "the log does not hold it");
    let old =
        r#"mutation { login(input: {email: "admin@example.com", password: "correct horse battery"}) { expiresAt } }"#;
    assert_eq!(nobody.code(old, json!({})).await, "UNAUTHENTICATED");
    nobody.sign_in("admin@example.com", &password).await.ok("{ users { totalCount } }", json!({})).await;
    patience(async { while before.send("{ jobs { totalCount } }", json!({})).await["errors"].is_null() {} }).await;
    server.stop().await;
}

#[tokio::test]
async fn the_password_of_nobody_is_not_replaced() {
    let db = TestDb::empty().await;
    let said = Program::on(&db).run(&["reset-password", "nobody@example.com"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("There is no such user"), "{}", said.stderr);
}

#[tokio::test]
async fn data_are_for_their_owner_only() {
    if TestDb::is_postgres() {
        return; // It keeps its own files.
    }
    let db = TestDb::empty().await;
    let folder = db.folder().join("data");
    let program = Program::on(&db).set("API_JWT_SECRET", "").set("DATABASE_URL", "sqlite://data/rapport.db");
    let mode = |name: &str| folder.join(name).metadata().unwrap().permissions().mode() & 0o777;
    const FILES: [&str; 7] = ["", "-wal", "-shm", ".lock", ".open", ".jwt-secret", ".secrets-keys"];
    let modes = || FILES.map(|suffix| mode(&format!("rapport.db{suffix}")));
    let server = program.serve().await;
    assert_eq!((mode(""), modes()), (0o700, [0o600; 7]));
    server.stop().await;
    // As earlier releases left it.
    std::fs::set_permissions(folder.join("rapport.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let server = program.serve().await;
    assert_eq!(modes(), [0o600; 7]);
    server.stop().await;
}
