//! What goes by itself: files past their time, and what processes left that ended in between.

use bytes::Bytes;
use chrono::TimeDelta;
use rapport::clients::files::FileKey;
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{DOCUMENT, stored, sweep, upload};
use crate::support::{ADMIN, Client, Process, TestApp, TestDb, patience};

#[tokio::test]
async fn a_file_that_nothing_used_goes_after_a_day() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let unused = upload(&app, &admin, DOCUMENT, "unused.txt", "Unused").await;
    let used = upload(&app, &admin, DOCUMENT, "used.txt", "Used words").await;
    let add = "mutation($id: ID!) { addKnowledgeDocument(input: {base: \"cellar\", title: \"Used\", fileId: $id, format: TEXT}) { id } }";
    admin.ok(add, json!({"id": used["id"]})).await;
    let path = super::link(&admin, &unused).await;
    sweep(&app).await;
    assert_eq!(stored(&app).len(), 2);
    app.advance(TimeDelta::hours(25));
    assert_eq!(super::get(&app, &path).await.status(), 404);
    sweep(&app).await;
    assert_eq!(stored(&app).len(), 1);
    let left = app.admin().await.ok("{ files { nodes { id } } }", json!({})).await;
    assert_eq!(left["files"]["nodes"], json!([{"id": used["id"]}]));
}

#[tokio::test]
async fn what_lies_between_content_and_row_is_found_and_nothing_else() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let store = app.app.clients.files.clone().unwrap();
    let kept = upload(&app, &admin, DOCUMENT, "kept.txt", "Kept").await;
    let hollow = upload(&app, &admin, DOCUMENT, "hollow.txt", "Hollow").await;
    let of_hollow: Vec<_> = stored(&app);
    // A content whose row was never written: as a kill leaves it after the row of the upload was swept.
    let orphan = FileKey::new(&app.app.ambient);
    let mut writer = store.create(orphan).await.unwrap();
    writer.write(Bytes::from_static(b"of nobody")).await.unwrap();
    writer.finish().await.unwrap();
    // A row whose content is lost.
    let lost = std::fs::read_dir(app.db.folder().join("files")).unwrap().map(|entry| entry.unwrap().path());
    let lost = lost.filter(|path| std::fs::read(path).unwrap() == b"Hollow").collect::<Vec<_>>();
    std::fs::remove_file(&lost[0]).unwrap();
    assert_eq!(of_hollow.len(), 2);
    sweep(&app).await;
    assert_eq!(stored(&app).len(), 1);
    let left = admin.ok("{ files { nodes { id } } }", json!({})).await;
    assert_eq!(left["files"]["nodes"], json!([{"id": kept["id"]}]), "{hollow}");
}

#[tokio::test]
async fn an_upload_whose_server_was_killed_leaves_nothing_after_the_sweep() {
    let db = TestDb::new().await;
    let process = Process::start(&db, &[]).await;
    let admin = Client::new(process.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let mut stream = TcpStream::connect(process.address).await.unwrap();
    let head = format!(
        "POST /files?purpose=KNOWLEDGE_DOCUMENT&name=cut.txt HTTP/1.1\r\nhost: rapport\r\nauthorization: Bearer {}\r\ncontent-length: 100000\r\n\r\nhalf",
        admin.token().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let files = || std::fs::read_dir(db.folder().join("files")).unwrap().count();
    patience(async {
        while files() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    process.kill9().await;
    assert_eq!(files(), 1);
    let app = TestApp::builder().on(&db).start().await;
    assert_eq!(app.count("SELECT 1 FROM file_usage WHERE bytes = 100000").await, 1);
    sweep(&app).await;
    // It might be under way in another process.
    assert_eq!((files(), app.count("SELECT 1 FROM file_uploads").await), (1, 1));
    app.advance(TimeDelta::hours(1));
    sweep(&app).await;
    assert_eq!((files(), app.count("SELECT 1 FROM file_uploads").await), (0, 0));
    assert_eq!(app.count("SELECT 1 FROM file_usage WHERE bytes = 0").await, 1);
}
