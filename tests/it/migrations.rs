//! Migrations that are stopped in the middle.

use std::{
    panic::resume_unwind,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use migration::{Migrator, MigratorTrait};
use rapport::{
    cli::migrate_up,
    config::{DatabaseConfig, DatabaseUrl},
    db::{Db, connect},
};
use sea_orm::{ConnectionTrait, FromQueryResult, JsonValue, Statement};

use crate::support::{TestApp, TestDb, patience};

/// A step of all migrations, up or down.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Up,
    Down,
}

/// Goes one step, and is stopped by the end of statement `stop_at`; whether it was. On SQLite the files are copied to
/// `image` before: they are what a kill at that moment leaves.
async fn go(test: &TestDb, step: Step, stop_at: usize, image: &Path) -> bool {
    let mut db = test.connect().await;
    let seen = Arc::new(AtomicUsize::new(0));
    let (files, image) = (test.folder().to_owned(), image.to_owned());
    db.on_statement(move |_| {
        if seen.fetch_add(1, Ordering::Relaxed) + 1 == stop_at {
            if !TestDb::is_postgres() {
                copy_database(&files, &image);
            }
            resume_unwind(Box::new("stopped"));
        }
    });
    let running = tokio::spawn({
        let db = db.clone();
        async move {
            match step {
                Step::Up => Migrator::up(db.owner(), Some(1)).await.unwrap(),
                Step::Down => Migrator::down(db.owner(), Some(1)).await.unwrap(),
            }
        }
    });
    let ended = running.await;
    db.close().await;
    match ended {
        Ok(()) => false,
        Err(error) => {
            let panic = error.into_panic();
            assert!(panic.downcast_ref() == Some(&"stopped"), "{:?}", panic.downcast_ref::<String>());
            true
        }
    }
}

fn copy_database(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["rapport.db", "rapport.db-wal"] {
        let _ = std::fs::remove_file(to.join(name));
        if from.join(name).exists() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

async fn rows(db: &Db, sql: &str) -> Vec<JsonValue> {
    let statement = Statement::from_string(db.backend(), sql);
    JsonValue::find_by_statement(statement).all(db.reader()).await.unwrap()
}

/// All of a database: tables, indexes, triggers, and every row.
async fn everything(config: &DatabaseConfig) -> Vec<String> {
    let db = connect(config).await.unwrap();
    let schema = match TestDb::is_postgres() {
        true => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || coalesce(column_default, '') || is_nullable AS what \
             FROM information_schema.columns WHERE table_schema = 'public' \
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal \
             UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
        }
        false => "SELECT name || ' ' || coalesce(sql, '') AS what FROM sqlite_master ORDER BY name",
    };
    let tables = match TestDb::is_postgres() {
        true => "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
        false => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    };
    let mut all: Vec<_> = rows(&db, schema).await.iter().map(|row| row["what"].to_string()).collect();
    for table in rows(&db, tables).await {
        let table = table["name"].as_str().unwrap();
        for row in rows(&db, &format!(r#"SELECT * FROM "{table}""#)).await {
            all.push(format!("{table}: {row}"));
        }
    }
    db.close().await;
    all
}

/// Users with sessions, and events, for the migrations that change their rows.
async fn fill(test: &TestDb) {
    let db = test.connect().await;
    let time = "'2026-03-14 09:00:00+00:00'";
    for (n, role) in ["ADMIN", "VIEWER"].into_iter().enumerate() {
        let id = format!("00000000-0000-0000-0000-00000000000{n}");
        let id = if TestDb::is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.replace('-', "")) };
        for sql in [
            format!(
                "INSERT INTO users (id, email, email_key, full_name, role, is_active, created_at, updated_at) \
                 VALUES ({id}, 'U{n}@example.com', 'u{n}@example.com', 'Ärger {n}', '{role}', TRUE, {time}, {time})"
            ),
            format!(
                "INSERT INTO sessions (id, user_id, generation, token_hash, rotated_at, expires_at, created_at) \
                 VALUES ({id}, {id}, 1, 'hash', {time}, {time}, {time})"
            ),
        ] {
            db.owner().execute_unprepared(&sql).await.unwrap();
        }
    }
    for kind in ["lead_created", "signal_detected", "signal_alert", "chat_handover", "chat_delta"] {
        let sql = format!("INSERT INTO events (topic, kind, payload, at) VALUES ('t', '{kind}', '{{}}', {time})");
        db.owner().execute_unprepared(&sql).await.unwrap();
    }
    db.close().await;
}

/// The kinds of events, as they were written.
async fn kinds(test: &TestDb) -> Vec<String> {
    let db = test.connect().await;
    let rows = rows(&db, "SELECT kind FROM events ORDER BY id").await;
    db.close().await;
    rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

/// Goes one step, stopped after each of its statements first. Each time all is as it was, and the next try is like the
/// first. Returns how often it was stopped.
async fn go_with_stops(test: &TestDb, step: Step) -> usize {
    let image = test.folder().join("image");
    let before = everything(&test.config()).await;
    let mut stops = 0;
    while go(test, step, stops + 1, &image).await {
        stops += 1;
        let config = match TestDb::is_postgres() {
            true => test.config(),
            false => DatabaseConfig { url: DatabaseUrl::Sqlite(image.join("rapport.db")), ..test.config() },
        };
        assert_eq!(everything(&config).await, before, "after {stops} statements");
    }
    assert_ne!(everything(&test.config()).await, before);
    stops
}

#[tokio::test]
async fn a_migration_that_is_stopped_after_any_statement_has_changed_nothing() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    Migrator::install(db.owner()).await.unwrap();
    db.close().await;
    let all = Migrator::migrations();
    let mut stops = 0;
    for migration in &all {
        stops += go_with_stops(&test, Step::Up).await;
        if migration.name() == "m20261123_000004_sessions" {
            fill(&test).await;
        }
    }
    let renamed = ["lead.created", "signal.detected", "signal.alerted", "chat_handover.changed", "chat_delta"];
    assert_eq!(kinds(&test).await, renamed);
    for _ in &all {
        stops += go_with_stops(&test, Step::Down).await;
    }
    // More than the statements around each migration.
    assert!(stops > 10 * all.len(), "{stops}");
}

/// Writes rows as the release before facts were kept, sessions searched and customers entered by hand.
async fn fill_before_facts_were_kept(test: &TestDb) {
    let db = test.connect().await;
    let time = "'2026-03-14 09:00:00+00:00'";
    let id = |n: u8| {
        let id = format!("00000000-0000-0000-0000-0000000000{n:02}");
        if TestDb::is_postgres() { format!("'{id}'") } else { format!("X'{}'", id.replace('-', "")) }
    };
    let collected = r#"{"name": {"value": {"kind": "name", "value": "Zoë"}, "quote": "I am Zoë", "source": "RULE"}}"#;
    for sql in [
        format!(
            "INSERT INTO companies (id, name, name_key, name_folded, researched_at, created_at, updated_at) \
             VALUES ({}, 'Acme', 'acme', 'acme', {time}, {time}, {time})",
            id(1)
        ),
        format!(
            "INSERT INTO company_facts (id, company_id, topic, \"rank\", name, summary, details, source_url, source_title, \
             source_quote, found_at) VALUES ({}, {company}, 'NEWS', 2, 'n', 's', '{{}}', 'u', 't', 'q', {time}), \
             ({}, {company}, 'PRODUCTS', 1, 'n', 's', '{{}}', 'u', 't', 'q', {time})",
            id(2),
            id(3),
            company = id(1)
        ),
        format!(
            "INSERT INTO customers (id, company_id, name, name_key, name_folded, segment, listing, first_seen_at, last_seen_at, \
             created_at, updated_at) VALUES ({}, {}, 'Globex', 'globex', 'globex', 'SMALL', 'UNKNOWN', {time}, {time}, {time}, {time})",
            id(4),
            id(1)
        ),
        format!(
            "INSERT INTO jobs (id, kind, status, input, max_attempts, run_at, input_hash, created_at, updated_at) \
             VALUES ({}, 'k', 'QUEUED', '{{\"company\": {{\"name\": \"Ärzte\"}}, \"deep\": true}}', 1, {time}, 'h', {time}, {time})",
            id(5)
        ),
        format!(
            "INSERT INTO chat_sessions (id, persona, metadata, collected, asked, last_event, last_message_at, created_at) \
             VALUES ({}, 'p', '{{\"page\": \"/Über\"}}', '{collected}', '{{}}', 0, {time}, {time})",
            id(6)
        ),
    ] {
        db.owner().execute_unprepared(&sql).await.unwrap();
    }
    db.close().await;
}

#[tokio::test]
async fn rows_of_before_are_found_and_sorted_as_new_ones() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    let before = Migrator::migrations().iter().position(|one| one.name() == "m20261130_000066_fact_history").unwrap();
    Migrator::up(db.owner(), Some(u32::try_from(before).unwrap())).await.unwrap();
    fill_before_facts_were_kept(&test).await;
    Migrator::up(db.owner(), None).await.unwrap();
    let places = rows(&db, "SELECT place, superseded_at FROM company_facts ORDER BY place").await;
    let expected = [1, 800_002].map(|place| serde_json::json!({"place": place, "superseded_at": null}));
    assert_eq!(places, expected);
    let seen = "SELECT name FROM customers WHERE first_seen_at = created_at AND last_seen_at = created_at";
    assert_eq!(rows(&db, seen).await.len(), 1);
    // What a release before it could not show goes, and the rest comes back.
    let now = "UPDATE company_facts SET superseded_at = found_at WHERE topic = 'NEWS'";
    for sql in [now, "UPDATE customers SET first_seen_at = NULL"] {
        db.owner().execute_unprepared(sql).await.unwrap();
    }
    let steps = Migrator::migrations().len() - before;
    Migrator::down(db.owner(), Some(u32::try_from(steps).unwrap())).await.unwrap();
    assert_eq!(rows(&db, "SELECT topic FROM company_facts").await.len(), 1);
    assert_eq!(rows(&db, seen).await.len(), 1);
    db.close().await;
}

/// The words of the rows of before.
async fn words(db: &Db) -> Vec<JsonValue> {
    rows(db, "SELECT words FROM jobs WHERE kind = 'k' UNION ALL SELECT words FROM chat_sessions").await
}

#[tokio::test]
async fn migrating_locks_no_table_to_fill_it_and_starts_the_job_that_does_once() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    let folding = "SELECT status FROM jobs WHERE kind = 'fold_texts'";
    let before = Migrator::migrations().iter().position(|one| one.name() == "m20261130_000066_fact_history").unwrap();
    Migrator::up(db.owner(), Some(u32::try_from(before).unwrap())).await.unwrap();
    fill_before_facts_were_kept(&test).await;
    for _ in 0..2 {
        migrate_up(&test.config()).await.unwrap();
        assert_eq!(words(&db).await, [serde_json::json!({"words": ""}), serde_json::json!({"words": ""})]);
        assert_eq!(rows(&db, folding).await, [serde_json::json!({"status": "QUEUED"})]);
    }
    let app = TestApp::builder().set("JOB_POLL_MS", 50).on(&test).start().await;
    let expected = ["arzte", "/uber\nzoe\ni am zoe"].map(|words| serde_json::json!({"words": words}));
    patience(async {
        while words(&db).await != expected {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    app.stop().await;
    // A new database has nothing to fill.
    let new = TestDb::empty().await;
    migrate_up(&new.config()).await.unwrap();
    let new = new.connect().await;
    assert_eq!(rows(&new, folding).await.len(), 0);
    new.close().await;
    db.close().await;
}
