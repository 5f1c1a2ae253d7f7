//! Files in an S3-compatible store: a stand-in that makes trouble, and, where `TEST_S3_URL` names one, a real server.

use rapport::config::Config;
use serde_json::{Value, json};

use super::s3_stand_in::{Mood, S3};
use super::{DOCUMENT, get, link, refusal, send, sweep, upload};
use crate::support::{TestApp, TestAppBuilder};

fn on(endpoint: &str, bucket: &str) -> TestAppBuilder {
    TestApp::builder()
        .set("S3_BUCKET", bucket)
        .set("S3_ENDPOINT", endpoint)
        .set("S3_ACCESS_KEY_ID", "key")
        .set("S3_SECRET_ACCESS_KEY", "very-secret")
}

async fn with_store() -> (S3, TestApp) {
    with_patience(30).await
}

/// A server that waits so many seconds for its store.
async fn with_patience(seconds: u32) -> (S3, TestApp) {
    let s3 = S3::start().await;
    let app = on(&format!("http://{}", s3.address), "rapport").set("S3_TIMEOUT_SECONDS", seconds).start().await;
    (s3, app)
}

/// More than two parts of five MiB.
fn long() -> String {
    "0123456789\n".repeat(1_000_000)
}

/// A file's whole life in a store.
async fn lives(app: &TestApp) {
    let admin = app.admin().await;
    let small = upload(app, &admin, DOCUMENT, "small.txt", "Hello, S3").await;
    let path = link(&admin, &small).await;
    assert_eq!(get(app, &path).await.text().await.unwrap(), "Hello, S3");
    let url = format!("http://{}{path}", app.address);
    let part = reqwest::Client::new().get(url).header("range", "bytes=7-").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.text().await.unwrap().as_str()), (206, "S3"));
    let large = upload(app, &admin, "LEAD_IMPORT", "large.csv", long()).await;
    let back = get(app, &link(&admin, &large).await).await.text().await.unwrap();
    assert!(back == long());
    let add = "mutation($id: ID!) { addKnowledgeDocument(input: {base: \"cellar\", title: \"S3\", fileId: $id, format: TEXT}) { id } }";
    admin.ok(add, json!({"id": small["id"]})).await;
    let delete = "mutation($id: ID!) { deleteFile(id: $id) { id } }";
    admin.ok(delete, json!({"id": large["id"]})).await;
    let store = app.app.clients.files.as_ref().unwrap();
    let keys: Vec<_> = futures_util::StreamExt::collect(store.keys()).await;
    assert_eq!(keys.len(), 1);
}

#[tokio::test]
async fn a_file_lives_in_the_store_of_the_stand_in() {
    let (s3, app) = with_store().await;
    lives(&app).await;
    // One whole, and two full parts with the rest.
    assert_eq!((s3.puts(), s3.parts()), (4, (0, 0)));
    s3.put("files/0123456789abcdef0123456789abcdef");
    s3.put("files/of-somebody-else");
    sweep(&app).await;
    let left = s3.keys();
    assert_eq!(left.len(), 2);
    assert!(left.contains(&"files/of-somebody-else".to_owned()), "{left:?}");
}

#[tokio::test]
async fn a_file_lives_in_a_real_store() {
    let Some(endpoint) = std::env::var("TEST_S3_URL").ok().filter(|url| !url.is_empty()) else { return };
    let bucket = format!("rapport-{}", uuid::Uuid::new_v4().simple());
    // The server of the tests takes any key, and no signature for this.
    let made = reqwest::Client::new().put(format!("{}/{bucket}", endpoint.trim_end_matches('/'))).send().await.unwrap();
    assert!(made.status().is_success(), "{made:?}");
    let app = on(&endpoint, &bucket).start().await;
    lives(&app).await;
}

#[tokio::test]
async fn trouble_of_the_store_is_told_and_leaves_nothing() {
    let (s3, app) = with_patience(2).await;
    let admin = app.admin().await;
    for (mood, size) in [
        (Mood::Down, 10),
        (Mood::Silent, 10),
        (Mood::Locked, 10),
        (Mood::Garbage, 1_000_000),
        (Mood::Down, 1_000_000),
        (Mood::Silent, 1_000_000),
    ] {
        s3.becomes(mood);
        let content = "0123456789\n".repeat(size);
        let response = send(&app, &admin, "LEAD_IMPORT", "a.csv", content).await;
        let (status, code, message) = refusal(response).await;
        assert_eq!((status, code.as_str()), (503, "PROVIDER_UNAVAILABLE"), "{mood:?}: {message}");
        assert!(!message.contains("127.0.0.1") && !message.contains("very-secret"), "{message}");
        s3.becomes(Mood::Well);
        sweep(&app).await;
        assert_eq!(s3.keys(), [""; 0], "{mood:?}");
        assert_eq!(app.count("SELECT 1 FROM files").await, 0, "{mood:?}");
        assert_eq!(app.count("SELECT 1 FROM file_uploads").await, 0, "{mood:?}");
        assert_eq!(app.count("SELECT 1 FROM file_usage WHERE bytes <> 0").await, 0, "{mood:?}");
    }
}

#[tokio::test]
async fn a_store_that_wavers_is_asked_again() {
    let (s3, app) = with_store().await;
    let admin = app.admin().await;
    s3.becomes(Mood::Wavering(2));
    let file = upload(&app, &admin, DOCUMENT, "a.txt", "Hello, S3").await;
    let path = link(&admin, &file).await;
    s3.becomes(Mood::Wavering(2));
    assert_eq!(get(&app, &path).await.text().await.unwrap(), "Hello, S3");
}

#[tokio::test]
async fn a_download_that_breaks_off_is_no_whole_file() {
    let (s3, app) = with_store().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "a.txt", "Hello, S3. ".repeat(1000)).await;
    let path = link(&admin, &file).await;
    s3.becomes(Mood::Cut);
    let response = get(&app, &path).await;
    assert_eq!(response.headers()["content-length"], "11000");
    response.bytes().await.unwrap_err();
    s3.becomes(Mood::Down);
    let response = get(&app, &path).await;
    assert_eq!(response.status(), 503);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "PROVIDER_UNAVAILABLE");
}

#[tokio::test]
async fn an_upload_in_parts_that_is_refused_is_given_up() {
    let (s3, app) = with_store().await;
    let admin = app.admin().await;
    // What makes it no text comes last.
    let response = send(&app, &admin, "LEAD_IMPORT", "a.csv", long() + "\u{0}").await;
    assert_eq!(response.status(), 415);
    assert_eq!((s3.keys().len(), s3.parts()), (0, (0, 1)));
}

#[test]
fn a_store_that_is_not_told_whole_stops_the_start() {
    let settings = |name: &str| (name == "S3_BUCKET").then(|| "rapport".to_owned());
    let problems = Config::read(settings).unwrap_err();
    let texts: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["S3_ACCESS_KEY_ID is needed with S3_BUCKET.", "S3_SECRET_ACCESS_KEY is needed with S3_BUCKET."]);
}
