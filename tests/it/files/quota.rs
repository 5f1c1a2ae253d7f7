//! How much may be uploaded on a day, whoever hurries.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use rapport::auth::SystemRole;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{DOCUMENT, refusal, send, settled, upload};
use crate::support::{TestApp, patience};

#[tokio::test]
async fn no_race_uploads_more_than_the_day_allows() {
    let app = TestApp::builder().quiet().set("FILE_MAX_BYTES_PER_DAY", 5000).start().await;
    let other = TestApp::builder().on(&app.db).quiet().set("FILE_MAX_BYTES_PER_DAY", 5000).start().await;
    let admin = app.admin().await;
    let uploads = (0..16).map(|n| {
        let (at, admin) = (if n % 2 == 0 { &app } else { &other }, &admin);
        async move { send(at, admin, DOCUMENT, "a.txt", format!("{n:0>1000}")).await.status().as_u16() }
    });
    let mut statuses = join_all(uploads).await;
    statuses.sort_unstable();
    let kept = statuses.iter().filter(|status| **status == 201).count();
    // Some may have been refused for the number of uploads at once.
    assert!((1..=5).contains(&kept) && statuses.iter().all(|status| [201, 429].contains(status)), "{statuses:?}");
    for n in kept..5 {
        upload(&app, &admin, DOCUMENT, "a.txt", format!("{n:0>1000}")).await;
    }
    let (status, code, message) = refusal(send(&app, &admin, DOCUMENT, "a.txt", "x").await).await;
    assert_eq!((status, code.as_str()), (429, "RATE_LIMITED"), "{message}");
    assert!(message.contains("5000 bytes"), "{message}");
    assert_eq!(app.count("SELECT 1 FROM files").await, 5);
    assert_eq!(app.count("SELECT 1 FROM file_usage WHERE bytes = 5000").await, 1);
    assert_eq!(app.count("SELECT 1 FROM file_uploads").await, 0);
    // Another user and another day have their own.
    let manager = app.user(SystemRole::Manager).await;
    upload(&app, &manager, DOCUMENT, "a.txt", "x").await;
    app.advance(TimeDelta::days(1));
    let admin = app.admin().await;
    upload(&app, &admin, DOCUMENT, "a.txt", "x").await;
}

#[tokio::test]
async fn deleting_a_file_gives_nothing_back() {
    let app = TestApp::builder().quiet().set("FILE_MAX_BYTES_PER_DAY", 1024).start().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "a.txt", "x".repeat(1000)).await;
    admin.ok("mutation($id: ID!) { deleteFile(id: $id) { id } }", serde_json::json!({"id": file["id"]})).await;
    assert_eq!(send(&app, &admin, DOCUMENT, "a.txt", "x".repeat(1000)).await.status(), 429);
}

#[tokio::test]
async fn a_user_has_eight_uploads_under_way_and_the_next_is_told_to_wait() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        let head = format!(
            "POST /files?purpose=KNOWLEDGE_DOCUMENT&name=slow.txt HTTP/1.1\r\nhost: rapport\r\nauthorization: Bearer {}\r\ncontent-length: 10\r\n\r\nslow",
            admin.token().unwrap()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        open.push(stream);
    }
    patience(async {
        while app.count("SELECT 1 FROM file_uploads").await < 8 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let (status, code, _) = refusal(send(&app, &admin, DOCUMENT, "a.txt", "Hello").await).await;
    assert_eq!((status, code.as_str()), (429, "RATE_LIMITED"));
    drop(open);
    settled(&app).await;
    upload(&app, &admin, DOCUMENT, "a.txt", "Hello").await;
}
