//! Who has a PDF file read when: slow files of one person hold up nobody else's.

use std::{path::PathBuf, time::Duration};

use rapport::auth::SystemRole;
use serde_json::Value;
use tokio::{process::Command, task::JoinHandle, time::sleep};

use super::{ADD, pdf::of_file, problems};
use crate::support::{Client, TestApp, TestDb, patience};

/// Stands in for the reader of files. It notes each file; one that begins with `slow` is read once that may go on, and one that
/// begins with `dies` never.
const READER: &str = r#"#!/bin/sh
file=$(/bin/cat)
echo "$file" >> "$0.read"
case "$file" in
    slow*) while [ ! -e "$0.go" ]; do /bin/sleep 0.05; done ;;
    dies*) exit 1 ;;
esac
echo "{\"Ok\": \"The file says $file.\"}"
"#;

struct Reader {
    program: PathBuf,
    db: TestDb,
}

impl Reader {
    async fn new() -> Self {
        let db = TestDb::new().await;
        let (text, program) = (db.folder().join("reader.sh"), db.folder().join("reader"));
        std::fs::write(&text, READER).unwrap();
        // A program cannot be run while anybody has it open for writing, as a process that was just forked may.
        let installed = Command::new("install").args(["-m", "755"]).args([&text, &program]).status().await;
        assert!(installed.unwrap().success());
        Self { program, db }
    }

    /// A server whose operations may take so many seconds.
    async fn app(&self, seconds: u32) -> TestApp {
        let app = TestApp::builder().quiet().on(&self.db).set("PDF_READER", self.program.display());
        app.set("OPERATION_TIMEOUT_SECONDS", seconds).start().await
    }

    /// The files whose reading began.
    fn begun(&self) -> Vec<String> {
        let noted = std::fs::read_to_string(self.program.with_extension("read")).unwrap_or_default();
        noted.lines().map(str::to_owned).collect()
    }

    async fn until_begun(&self, count: usize) {
        patience(async {
            while self.begun().len() < count {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    fn go_on(&self) {
        std::fs::write(self.program.with_extension("go"), "").unwrap();
    }
}

/// Adds a file, and returns the response.
fn adding(client: &Client, file: &'static str) -> JoinHandle<Value> {
    let client = client.clone();
    tokio::spawn(async move { client.send(ADD, of_file(file, file.as_bytes())).await })
}

#[tokio::test]
async fn one_file_of_a_user_is_read_at_a_time_so_others_find_a_place() {
    let reader = Reader::new().await;
    let app = reader.app(15).await;
    let (impatient, other) = (app.user(SystemRole::Manager).await, app.user(SystemRole::Manager).await);
    let first = adding(&impatient, "slow one");
    reader.until_begun(1).await;
    let more = ["slow two", "slow three"].map(|file| adding(&impatient, file));
    other.ok(ADD, of_file("Returns", b"returns")).await;
    assert_eq!(reader.begun(), ["slow one", "returns"]);
    reader.go_on();
    assert!(first.await.unwrap()["errors"].is_null());
    for adding in more {
        adding.await.unwrap();
    }
    app.stop().await;
}

#[tokio::test]
async fn slow_files_of_however_many_make_way_for_a_quick_one() {
    let reader = Reader::new().await;
    let app = reader.app(60).await;
    let mut slow = Vec::new();
    for (begun, file) in ["slow one", "slow two", "slow three"].into_iter().enumerate() {
        let user = app.user(SystemRole::Manager).await;
        slow.push((adding(&user, file), user, file));
        reader.until_begun(begun + 1).await;
    }
    app.user(SystemRole::Manager).await.ok(ADD, of_file("Returns", b"returns")).await;
    reader.go_on();
    let mut refused = 0;
    for (adding, user, file) in slow {
        let added = patience(adding).await.unwrap();
        let Some(error) = added["errors"].get(0) else { continue };
        assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{added:#}");
        assert_eq!(error["extensions"]["retryAfterMs"], 5000);
        refused += 1;
        // It is not kept against the file.
        user.ok(ADD, of_file(file, file.as_bytes())).await;
    }
    assert_eq!(refused, 1, "two may take long");
    app.stop().await;
}

#[tokio::test]
async fn who_waits_too_long_is_told_to_come_back_and_a_file_that_took_too_much_is_not_tried_again() {
    let reader = Reader::new().await;
    let app = reader.app(15).await;
    let (one, two) = (app.user(SystemRole::Manager).await, app.user(SystemRole::Manager).await);
    let slow = adding(&one, "slow one");
    reader.until_begun(1).await;
    let refused = one.fail(ADD, of_file("Returns", b"returns")).await;
    assert_eq!(refused["extensions"]["code"], "UNAVAILABLE", "{refused:#}");
    assert_eq!(refused["extensions"]["retryAfterMs"], 5000);
    assert_eq!(refused["message"], "Other PDF files are being read; try again in 5 seconds.");
    reader.go_on();
    let added = slow.await.unwrap();
    assert!(added["errors"].is_null(), "{added:#}");
    one.ok(ADD, of_file("Returns", b"returns")).await;
    for who in [&one, &two] {
        let refused = problems(who, ADD, of_file("Dies", b"dies")).await;
        assert!(refused[0].1.contains("takes too long"), "{refused:?}");
    }
    assert_eq!(reader.begun()[1..], ["returns", "dies"]);
    app.stop().await;
}
