//! Files: uploads, downloads by links, what uses them, and what is left of those that nobody finished.

mod downloads;
mod keeping;
mod knowledge;
mod quota;
mod rights;
mod s3;
mod s3_stand_in;
mod sweep;
mod uploads;

use rapport::{
    domains::files::SweepFiles,
    jobs::{NewJob, enqueue},
};
use reqwest::{Body, Response};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, patience};

const DOCUMENT: &str = "KNOWLEDGE_DOCUMENT";
const LINK: &str =
    "mutation($id: ID!, $minutes: Int! = 5) { createDownloadLink(input: {fileId: $id, minutes: $minutes}) {
    url link { id expiresAt file { id } } } }";

/// Sends a file.
async fn send(app: &TestApp, client: &Client, purpose: &str, name: &str, content: impl Into<Body>) -> Response {
    let url =
        url::Url::parse_with_params(&format!("http://{}/files", app.address), [("purpose", purpose), ("name", name)]);
    let mut request = reqwest::Client::new().post(url.unwrap()).body(content);
    if let Some(token) = client.token() {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

/// Uploads a file, and returns it as the answer shows it.
pub async fn upload(app: &TestApp, client: &Client, purpose: &str, name: &str, content: impl Into<Body>) -> Value {
    let response = send(app, client, purpose, name, content).await;
    let status = response.status();
    let file: Value = response.json().await.unwrap();
    assert_eq!(status, 201, "{file:#}");
    file
}

/// The status, code and message of an upload that is refused.
async fn refusal(response: Response) -> (u16, String, String) {
    let status = response.status().as_u16();
    let answer: Value = response.json().await.unwrap();
    let error = &answer["errors"][0];
    assert!(error["extensions"]["requestId"].is_string(), "{answer:#}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (status, text(&error["extensions"]["code"]), text(&error["message"]))
}

/// The path of a new link to a file.
pub async fn link(client: &Client, file: &Value) -> String {
    let made = client.ok(LINK, json!({"id": file["id"]})).await;
    made["createDownloadLink"]["url"].as_str().unwrap().to_owned()
}

/// Asks for a path as anybody.
async fn get(app: &TestApp, path: &str) -> Response {
    reqwest::get(format!("http://{}{path}", app.address)).await.unwrap()
}

/// The names in the folder of files.
fn stored(app: &TestApp) -> Vec<String> {
    let entries = std::fs::read_dir(app.db.folder().join("files")).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Waits until no upload is under way.
async fn settled(app: &TestApp) {
    patience(async {
        while app.count("SELECT 1 FROM file_uploads").await > 0 || stored(app).iter().any(|name| name.contains('.')) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
}

/// Runs the sweep.
async fn sweep(app: &TestApp) {
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<SweepFiles>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    let ended = app.admin().await.finished(&job.id.to_string()).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
}
