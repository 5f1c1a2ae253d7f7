//! The program on the command line.

mod serving;
mod settings;

use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{Client, TestApp, TestDb, patience, program::Program};

const SECRETS: [&str; 4] = ["hunter2", "too-short", "sk-secret", "an-open-secret"];

#[tokio::test]
async fn schema_prints_the_schema_and_needs_no_settings() {
    let db = TestDb::empty().await;
    let said = Program::on(&db).set("DATABASE_URL", "nonsense").run(&["schema"]).await;
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    assert_eq!(said.stdout.trim_end(), rapport::schema::sdl().trim_end());
}

#[tokio::test]
async fn help_names_every_command() {
    let db = TestDb::empty().await;
    let said = Program::on(&db).run(&["--help"]).await;
    for word in ["serve", "worker", "migrate", "secrets", "seed", "schema", ".env.example"] {
        assert!(said.stdout.contains(word), "{word} in {}", said.stdout);
    }
}

#[tokio::test]
async fn wrong_settings_stop_the_start_with_a_sentence_each_and_no_secret() {
    let db = TestDb::empty().await;
    let program = Program::on(&db)
        .set("API_PORT", "eighty")
        .set("DATABASE_URL", "postgres://me:hunter2@db.example/rapport")
        .set("API_JWT_SECRET", "too-short")
        .set("ADMIN_PASSWORD", "too-short")
        .set("OPENAI_API_KEY", "sk-secret")
        .set("OPENAI_BASE_URL", "api.openai.com")
        .set("EDGAR_USER_AGENT", "Acme")
        .set("MAX_DEPTH", "2")
        .set("REDIS_URL", "http://:an-open-secret@cache");
    let settings = [
        "API_PORT",
        "API_JWT_SECRET",
        "ADMIN_PASSWORD",
        "OPENAI_BASE_URL",
        "EDGAR_USER_AGENT",
        "MAX_DEPTH",
        "REDIS_URL",
    ];
    for command in [&["serve"][..], &[], &["worker"], &["migrate", "up"], &["seed"]] {
        let said = program.run(command).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{command:?}");
        let problems: Vec<_> = said.stderr.lines().filter(|line| line.starts_with("  ")).collect();
        assert_eq!(problems.len(), settings.len(), "{}", said.stderr);
        for setting in settings {
            let of_it: Vec<_> = problems.iter().filter(|line| line.trim_start().starts_with(setting)).collect();
            assert!(of_it.len() == 1 && of_it[0].ends_with('.'), "{setting}\n{}", said.stderr);
        }
        assert!(!SECRETS.iter().any(|secret| said.stderr.contains(secret)), "{}", said.stderr);
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once_wherever_it_stands_and_nothing_that_only_follows() {
    let db = TestDb::empty().await;
    let lines = "ADMIN_PASSWORD=hunter2 hunter2\nMAX_DEPTH=2\nhunter2 hunter2\nSMTP_PASSWORD=hunter2 hunter2\n";
    std::fs::write(db.folder().join(".env"), lines).unwrap();
    std::fs::create_dir(db.folder().join("personas")).unwrap();
    std::fs::write(db.folder().join("personas/one.toml"), "what is this").unwrap();
    std::fs::write(db.folder().join("documents.json"), "what is this").unwrap();
    let program = Program::on(&db)
        .set("DATABASE_URL", "mysql://me:hunter2@db.example/rapport")
        .set("API_JWT_SECRET", "")
        .set("SMTP_USER", "me")
        .set("PERSONAS_DIR", "personas")
        .set("TRUSTED_DOCUMENTS", "documents.json")
        .set("REDIS_URL", "redis://[nowhere");
    let told = async |program: Program, command: &[&str]| -> Vec<String> {
        let said = program.run(command).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{command:?}");
        assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
        said.stderr.lines().filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect()
    };
    let of_settings =
        ["ADMIN_PASSWORD in .env", "Line 3 of .env", "SMTP_PASSWORD in .env", "DATABASE_URL must", "MAX_DEPTH must"];
    let of_files = ["TRUSTED_DOCUMENTS: ", "one.toml: ", "REDIS_URL is not usable: "];
    let all = told(program.clone().set("MAX_DEPTH", 13), &[]).await;
    let expected = [&of_settings[..4], &of_files].concat();
    assert!(all.len() == 7 && all.iter().zip(expected).all(|(said, start)| said.starts_with(start)), "{all:#?}");
    // Documents are checked by limits, which are wrong.
    let all = told(program.clone(), &["worker"]).await;
    let expected = [&of_settings, &of_files[1..]].concat();
    assert!(all.len() == 7 && all.iter().zip(expected).all(|(said, start)| said.starts_with(start)), "{all:#?}");
    let some = told(program.clone(), &["migrate", "status"]).await;
    assert!(some.len() == 5 && some.iter().zip(of_settings).all(|(said, start)| said.starts_with(start)), "{some:#?}");
    let none = told(program.set("PERSONAS_DIR", "nowhere"), &["serve"]).await;
    assert!(none[5].starts_with("PERSONAS_DIR nowhere: "), "{none:#?}");
}

#[tokio::test]
async fn settings_are_read_from_a_file_and_the_environment_comes_first() {
    let db = TestDb::empty().await;
    std::fs::write(db.folder().join(".env"), "MAX_DEPTH=2\nAPI_PORT=eighty\n").unwrap();
    let said = Program::on(&db).run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("MAX_DEPTH") && !said.stderr.contains("API_PORT"), "{}", said.stderr);
}

#[tokio::test]
async fn a_dollar_in_a_file_of_settings_stands_for_itself() {
    let db = TestDb::empty().await;
    for (written, password) in
        [("correct$horse$battery", "correct$horse$battery"), ("\"a ${HOME} of one's own\"", "a ${HOME} of one's own")]
    {
        let db = TestDb::empty().await;
        std::fs::write(db.folder().join(".env"), format!("ADMIN_PASSWORD={written}\n")).unwrap();
        let server = Program::on(&db).serve().await;
        Client::new(server.address, None).sign_in("admin@example.com", password).await;
        server.stop().await;
    }
    std::fs::write(
        db.folder().join(".env"),
        "SMTP_HOST=localhost\nSMTP_FROM=\"Rapport, Inc. <no-reply@example.com>\"\n",
    )
    .unwrap();
    let said = Program::on(&db).run(&["migrate", "status"]).await;
    assert!(said.stderr.contains(r#"'"Rapport, Inc." <no-reply@example.com>'"#), "{}", said.stderr);
}

#[tokio::test]
async fn a_file_of_settings_that_cannot_be_read_is_named_without_what_is_in_it() {
    let db = TestDb::empty().await;
    for (line, says) in [
        ("ADMIN_PASSWORD='hunter2", "ADMIN_PASSWORD"),
        ("ADMIN_PASSWORD=hunter2=hunter2 abc", "ADMIN_PASSWORD"),
        ("hunter2 hunter2", "NAME=value"),
    ] {
        std::fs::write(db.folder().join(".env"), format!("MAX_DEPTH=12\n{line}\n")).unwrap();
        let said = Program::on(&db).run(&["migrate", "status"]).await;
        assert_eq!(said.code, Some(1));
        assert!(said.stderr.contains(".env") && said.stderr.contains(says), "{}", said.stderr);
        assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_said_without_its_password() {
    let db = TestDb::empty().await;
    let said = Program::on(&db).set("DATABASE_URL", "postgres://me:hunter2@127.0.0.1:1/rapport").run(&["serve"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("The database cannot be opened"), "{}", said.stderr);
    assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
}

/// The states of the migrations, oldest first.
async fn status(program: &Program) -> Vec<String> {
    let said = program.run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    said.stdout.lines().map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn migrations_go_up_and_down() {
    let db = TestDb::empty().await;
    let program = Program::on(&db);
    let pending = status(&program).await;
    assert!(!pending.is_empty() && pending.iter().all(|state| state == "Pending"), "{pending:?}");
    for _ in 0..2 {
        assert_eq!(program.run(&["migrate", "up"]).await.code, Some(0));
        let applied = status(&program).await;
        assert!(applied.len() == pending.len() && applied.iter().all(|state| state == "Applied"), "{applied:?}");
    }
    for left in (0..pending.len()).rev() {
        assert_eq!(program.run(&["migrate", "down", "--yes"]).await.code, Some(0));
        let states = status(&program).await;
        assert_eq!(states.iter().filter(|state| *state == "Applied").count(), left, "{states:?}");
    }
    assert_eq!(program.run(&["migrate", "up"]).await.code, Some(0));
    assert!(status(&program).await.iter().all(|state| state == "Applied"));
}

#[tokio::test]
async fn migrations_started_at_once_do_not_disturb_each_other() {
    let db = TestDb::empty().await;
    let program = Program::on(&db);
    let up = || program.run(&["migrate", "up"]);
    for said in futures_util::future::join_all([up(), up(), up()]).await {
        assert_eq!(said.code, Some(0), "{}", said.stderr);
    }
    assert!(status(&program).await.iter().all(|state| state == "Applied"));
}

#[tokio::test]
async fn everything_is_deleted_only_when_one_says_so() {
    let db = TestDb::new().await;
    let program = Program::on(&db);
    let companies = async || {
        let app = TestApp::builder().quiet().on(&db).start().await;
        let data = app.admin().await.ok("{ companies { totalCount } }", json!({})).await;
        app.stop().await;
        data["companies"]["totalCount"].as_i64().unwrap()
    };
    let app = TestApp::builder().quiet().on(&db).start().await;
    app.insert([app.company("Acme")]).await;
    app.stop().await;
    for command in ["fresh", "down"] {
        let said = program.run(&["migrate", command]).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{command}");
        assert!(said.stderr.contains(&format!("`rapport migrate {command} --yes`")), "{}", said.stderr);
        assert!(status(&program).await.iter().all(|state| state == "Applied"), "{command}");
        assert_eq!(companies().await, 1, "{command}");
    }
    assert_eq!(program.run(&["migrate", "fresh", "--yes"]).await.code, Some(0));
    assert_eq!(companies().await, 0);
}

#[tokio::test]
async fn seed_fills_in_the_three_sample_companies_once() {
    let db = TestDb::empty().await;
    let program = Program::on(&db).set("ADMIN_PASSWORD", "correct horse battery");
    for _ in 0..2 {
        let said = program.run(&["seed"]).await;
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert_eq!(
            said.stdout.lines().filter(|line| line.ends_with("onboard_company: done")).count(),
            3,
            "{}",
            said.stdout
        );
        assert!(!said.stdout.contains("correct horse battery"), "{}", said.stdout);
    }
    let app = TestApp::builder().quiet().on(&db).start().await;
    let query =
        "{ companies { nodes { name isSample customers { totalCount } } } jobs { nodes { status owner { email } } } }";
    let data = app.admin().await.ok(query, json!({})).await;
    let companies = data["companies"]["nodes"].as_array().unwrap();
    let names: Vec<_> = companies.iter().map(|company| company["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Brightloom Analytics", "Copperline Security", "Fernhollow CRM"]);
    assert!(
        companies
            .iter()
            .all(|company| company["isSample"] == true && company["customers"]["totalCount"].as_i64() > Some(9))
    );
    for job in data["jobs"]["nodes"].as_array().unwrap() {
        assert_eq!(*job, json!({"status": "COMPLETED", "owner": {"email": "admin@example.com"}}));
    }
    app.stop().await;
}

#[tokio::test]
async fn a_database_that_a_server_uses_is_not_taken_from_under_it() {
    let db = TestDb::new().await;
    let program = Program::on(&db);
    let app = TestApp::builder().on(&db).start().await;
    let admin = app.admin().await;
    // On PostgreSQL a server shows itself a moment after its start.
    patience(async { while program.run(&["migrate", "new-epoch"]).await.code == Some(0) {} }).await;
    for command in [&["migrate", "new-epoch"][..], &["migrate", "fresh", "--yes"], &["migrate", "down", "--yes"]] {
        let said = program.run(command).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{command:?}");
        assert!(said.stderr.contains("A server runs on this database"), "{}", said.stderr);
    }
    admin.ok("{ companies { totalCount } }", json!({})).await;
    app.stop().await;
    assert_eq!(program.run(&["migrate", "new-epoch"]).await.code, Some(0));
}

/// A server with a session, an API key and an invitation, as tokens, which is stopped.
async fn with_credentials(db: &TestDb) -> [String; 3] {
    let app = TestApp::builder().quiet().on(db).start().await;
    let admin = app.admin().await;
    let make = r#"mutation { createApiKey(input: {name: "Reports", scopes: [USERS_READ]}) { secret } }"#;
    let key = admin.ok(make, json!({})).await["createApiKey"]["secret"].take();
    let role = admin.ok("{ roles { id } }", json!({})).await["roles"][0]["id"].take();
    let invite = "mutation($input: InviteUserInput!) { inviteUser(input: $input) { link } }";
    let input = json!({"input": {"email": "li@example.com", "fullName": "Li", "roleId": role}});
    let link = admin.ok(invite, input).await["inviteUser"]["link"].take();
    app.stop().await;
    let invitation = link.as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    [admin.token().unwrap().to_owned(), key.as_str().unwrap().to_owned(), invitation]
}

#[tokio::test]
async fn after_a_restore_what_lets_people_in_ends_when_one_says_so() {
    let db = TestDb::new().await;
    let program = Program::on(&db);
    let [token, key, invitation] = with_credentials(&db).await;
    let enters = async |token: &str| {
        let app = TestApp::builder().quiet().on(&db).start().await;
        let asked = app.anonymous().with_token(token).request("{ viewer { user { email } } }", json!({}));
        let status = asked.send().await.unwrap().status();
        app.stop().await;
        status.as_u16()
    };
    let said = program.run(&["migrate", "new-epoch"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for word in ["--end-sessions", "API keys that are good: 1"] {
        assert!(said.stdout.contains(word), "{}", said.stdout);
    }
    assert_eq!((enters(&token).await, enters(&key).await), (200, 200));
    let said = program.run(&["migrate", "new-epoch", "--end-sessions"]).await;
    assert!(said.stdout.contains("Sessions ended: 1;") && said.stdout.contains("taken back: 1."), "{}", said.stdout);
    assert_eq!((enters(&token).await, enters(&key).await), (401, 200));
    let said = program.run(&["migrate", "new-epoch", "--revoke-api-keys"]).await;
    assert!(said.stdout.contains("API keys revoked: 1;"), "{}", said.stdout);
    assert_eq!(enters(&key).await, 401);
    let app = TestApp::builder().quiet().on(&db).start().await;
    let accept = "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { accessToken } }";
    let input = json!({"input": {"token": invitation, "password": "a quite long phrase of words"}});
    let refused = app.anonymous().fail(accept, input).await;
    assert_eq!(refused["extensions"]["fields"][0]["path"], "input.token", "{refused}");
    let log = r#"{ auditLog(filter: {action: {eq: API_KEY_REVOKED}}) { nodes { reason } } }"#;
    let log = app.admin().await.ok(log, json!({})).await["auditLog"]["nodes"].take();
    assert_eq!(log, json!([{"reason": "A backup was restored."}]));
    app.stop().await;
}

#[tokio::test]
async fn a_database_of_a_newer_release_is_called_so() {
    let db = TestDb::new().await;
    let connection = db.connect().await;
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_later', 1)";
    connection.owner().execute_unprepared(sql).await.unwrap();
    connection.close().await;
    for command in [&["serve"][..], &["migrate", "up"], &["migrate", "down", "--yes"]] {
        let said = Program::on(&db).run(command).await;
        assert_eq!(said.code, Some(1), "{command:?}");
        assert!(said.stderr.contains("belongs to a newer release of Rapport"), "{}", said.stderr);
        assert_eq!(said.stderr.matches("m20990101_000001_later").count(), 1, "{}", said.stderr);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_opened_is_named_once() {
    let db = TestDb::empty().await;
    let file = db.folder().join("not-a-database.db");
    std::fs::write(&file, "nothing of SQLite's ".repeat(1000)).unwrap();
    let said = Program::on(&db).set("DATABASE_URL", format!("sqlite://{}", file.display())).run(&["serve"]).await;
    assert_eq!(said.code, Some(1));
    assert_eq!(said.stderr.matches("not-a-database.db").count(), 1, "{}", said.stderr);
    assert_eq!(said.stderr.matches("file is not a database").count(), 1, "{}", said.stderr);
}

#[tokio::test]
async fn a_log_filter_that_is_none_stops_the_start() {
    let db = TestDb::empty().await;
    let said = Program::on(&db).set("LOG", "nonsense").run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("LOG") && said.stderr.contains("nonsense"), "{}", said.stderr);
}
