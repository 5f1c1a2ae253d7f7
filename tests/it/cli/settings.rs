//! Settings that are wrong in ways that are easily overlooked.

use crate::support::{TestDb, program::Program};

#[tokio::test]
async fn an_interval_of_nothing_is_refused_with_the_least_value() {
    let db = TestDb::empty().await;
    let program = Program::on(&db).set("JOB_POLL_MS", 0).set("EVENT_POLL_MS", 9).set("KNOWLEDGE_QUERY_MS", 0);
    let said = program.run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(1));
    for name in ["JOB_POLL_MS", "EVENT_POLL_MS", "KNOWLEDGE_QUERY_MS"] {
        assert!(said.stderr.contains(&format!("{name} must be from 10 to 3600000.")), "{}", said.stderr);
    }
}

#[tokio::test]
async fn a_setting_that_is_no_text_is_named_and_not_taken_for_one_that_is_not_set() {
    let db = TestDb::empty().await;
    std::fs::write(db.folder().join(".env"), b"SMTP_PASSWORD=\xfe\xff\nOPENAI_CHAT_MODEL=a\n\xff\n").unwrap();
    let program = Program::on(&db).set_bytes("ADMIN_PASSWORD", b"hunter2\xff").set_bytes("SMTP_CA_FILE", b"/tmp/\xff");
    let said = program.set_bytes("DATABASE_URL", b"postgres://\xff").run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(1));
    let mut told: Vec<_> = said.stderr.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    told.sort_unstable();
    let expected = [
        "ADMIN_PASSWORD must be text in UTF-8.",
        "DATABASE_URL must be text in UTF-8.",
        "Line 3 of .env must be text in UTF-8.",
        "SMTP_CA_FILE must be text in UTF-8.",
        "SMTP_PASSWORD in .env must be text in UTF-8.",
    ];
    assert_eq!(told, expected, "{}", said.stderr);
    assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
}

#[tokio::test]
async fn a_name_that_is_nearly_a_setting_is_warned_of_and_in_the_file_each_that_is_none() {
    let db = TestDb::empty().await;
    std::fs::write(db.folder().join(".env"), "MAX_DEPHT=14\nSOMEBODY_ELSES=hunter2\nMAX_TOKENS=4000\n").unwrap();
    let program = Program::on(&db).set("EDGAR_USER_AGNET", "hunter2").set("HOME", "/").set("APP_NAME_OF_OTHERS", "x");
    let said = program.run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for warning in [
        "MAX_DEPHT in .env is not a setting. Did you mean MAX_DEPTH?",
        "SOMEBODY_ELSES in .env is not a setting.",
        "EDGAR_USER_AGNET in the environment is not a setting. Did you mean EDGAR_USER_AGENT?",
    ] {
        assert_eq!(said.stderr.matches(warning).count(), 1, "{}", said.stderr);
    }
    assert_eq!(said.stderr.matches("is not a setting").count(), 3, "{}", said.stderr);
    assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
}

#[tokio::test]
async fn what_is_repeated_of_a_setting_steers_no_terminal_and_begins_no_line() {
    let db = TestDb::empty().await;
    let said = Program::on(&db).set("LLM_PROVIDERS", "a\u{1b}[31m\nWARN b").run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains(r"a\u{1b}[31m\nWARN b"), "{}", said.stderr);
    // The log is written as text.
    let said = Program::on(&db).set("EDGAR_USER_AGENT\n", "x").run(&["migrate", "status"]).await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(said.stderr.contains(r"EDGAR_USER_AGENT\n in the environment"), "{}", said.stderr);
}
