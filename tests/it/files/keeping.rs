//! Files that the server makes, and a server without a store or without room in it.

use bytes::Bytes;
use futures_util::stream;
use rapport::{
    db::Id,
    domains::{
        files::{FilePurpose, NewFile, UploadError, keep_made},
        identity::User,
    },
};
use serde_json::json;
use uuid::Uuid;

use super::{DOCUMENT, get, link, refusal, send, stored};
use crate::support::{Client, Process, TestApp, TestDb};

async fn make(app: &TestApp, owner: Uuid, content: &'static str) -> Result<serde_json::Value, UploadError> {
    let new = NewFile { purpose: FilePurpose::Report, name: "June.csv".to_owned() };
    let content = stream::iter([Ok::<_, UploadError>(Bytes::from_static(content.as_bytes()))]);
    let file = keep_made(&app.app, owner, new, content).await?;
    Ok(json!({"id": file.id.to_string(), "expires": file.expires_at.is_some()}))
}

#[tokio::test]
async fn a_file_that_the_server_makes_is_its_owners_and_costs_them_nothing() {
    let app = TestApp::builder().quiet().set("FILE_MAX_BYTES_PER_DAY", 1024).start().await;
    let admin = app.admin().await;
    let user = admin.ok("{ viewer { user { id } } }", json!({})).await["viewer"]["user"]["id"].clone();
    let owner: Uuid = user.as_str().unwrap().parse::<Id<User>>().unwrap().uuid();
    let file = make(&app, owner, "name;revenue\nAcme;5").await.unwrap();
    let path = link(&admin, &file).await;
    let response = get(&app, &path).await;
    assert_eq!(response.headers()["content-type"], "text/csv");
    assert_eq!(response.text().await.unwrap(), "name;revenue\nAcme;5");
    assert!(matches!(make(&app, owner, "a\u{0}b").await, Err(UploadError::WrongType(_))));
    assert_eq!(stored(&app).len(), 1);
    assert_eq!(app.count("SELECT 1 FROM file_usage").await, 0);
    assert_eq!(app.count("SELECT 1 FROM file_uploads").await, 0);
}

#[tokio::test]
async fn a_folder_without_room_refuses_the_file_and_keeps_no_half_of_it() {
    let db = TestDb::new().await;
    // No file may grow beyond what the database has: the program ignores the signal, and its writes fail.
    let process = Process::start_ignoring(&db, &[("SQLITE_SYNCHRONOUS", "normal")], "XFSZ").await;
    let admin = Client::new(process.address, None).sign_in(crate::support::ADMIN.0, crate::support::ADMIN.1).await;
    let limit = |bytes: &str| {
        let arguments = ["--pid", &process.pid().to_string(), &format!("--fsize={bytes}:")];
        assert!(std::process::Command::new("prlimit").args(arguments).status().unwrap().success());
    };
    let post = async |content: String| {
        let url = format!("http://{}/files?purpose=LEAD_IMPORT&name=a.csv", process.address);
        reqwest::Client::new().post(url).bearer_auth(admin.token().unwrap()).body(content).send().await.unwrap()
    };
    limit("8388608");
    let (status, code, message) = refusal(post("0123456789\n".repeat(1_000_000)).await).await;
    assert_eq!((status, code.as_str()), (503, "UNAVAILABLE"), "{message}");
    assert!(message.contains("no room for the file"), "{message}");
    assert_eq!(std::fs::read_dir(db.folder().join("files")).unwrap().count(), 0);
    limit("unlimited");
    assert_eq!(post("0123456789\n".repeat(1_000_000)).await.status(), 201);
}

#[tokio::test]
async fn a_server_without_a_store_says_which_setting_is_missing() {
    if !TestDb::is_postgres() {
        return;
    }
    let app = TestApp::builder().quiet().set("FILES_DIR", "").start().await;
    let admin = app.admin().await;
    let (status, code, message) = refusal(send(&app, &admin, DOCUMENT, "a.txt", "Hello").await).await;
    assert_eq!((status, code.as_str()), (503, "PROVIDER_NOT_CONFIGURED"));
    assert!(message.contains("FILES_DIR"), "{message}");
}
