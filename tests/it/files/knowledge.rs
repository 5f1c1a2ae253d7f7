//! Knowledge documents from uploaded files.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{DOCUMENT, send, upload};
use crate::support::{Client, TestApp};

const ADD: &str = "mutation($input: AddKnowledgeDocumentInput!) { addKnowledgeDocument(input: $input) {
    id title format passages { nodes { text heading } } } }";

fn draft(title: &str, file: &Value, format: &str) -> Value {
    json!({"input": {"base": "cellar", "title": title, "fileId": file["id"], "format": format}})
}

async fn used_by(client: &Client, file: &Value) -> Value {
    let query = "query($id: ID!) { file(id: $id) { usedBy { id } expiresAt } }";
    client.ok(query, json!({"id": file["id"]})).await["file"].clone()
}

#[tokio::test]
async fn a_document_of_a_file_keeps_it_as_long_as_it_lives() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "wine.md", "\u{feff}# Red\n\nKeep it at 16 degrees.").await;
    let mut input = draft("Wine", &file, "MARKDOWN");
    input["input"]["idempotencyKey"] = json!("once");
    let document = admin.ok(ADD, input.clone()).await["addKnowledgeDocument"].clone();
    assert_eq!(document["passages"]["nodes"], json!([{"text": "Keep it at 16 degrees.", "heading": "Red"}]));
    assert_eq!(used_by(&admin, &file).await, json!({"usedBy": {"id": document["id"]}, "expiresAt": null}));
    assert_eq!(admin.ok(ADD, input).await["addKnowledgeDocument"], document);
    let delete = "mutation($id: ID!) { deleteFile(id: $id) { id } }";
    assert_eq!(admin.code(delete, json!({"id": file["id"]})).await, "CONFLICT");
    let page = upload(&app, &admin, DOCUMENT, "white.html", "<!doctype html><h1>White</h1><p>Keep it cold.</p>").await;
    let white = admin.ok(ADD, draft("White", &page, "HTML")).await["addKnowledgeDocument"].clone();
    assert_eq!(white["passages"]["nodes"][0]["heading"], "White");
    let remove = "mutation($id: ID!) { deleteKnowledgeDocument(id: $id) { id } }";
    admin.ok(remove, json!({"id": document["id"]})).await;
    let released = used_by(&admin, &file).await;
    assert!(released["usedBy"].is_null() && released["expiresAt"].is_string(), "{released:#}");
}

#[tokio::test]
async fn a_file_that_does_not_fit_is_refused_and_stays_unused() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "wine.txt", "Red wine is red.").await;
    assert_eq!(admin.code(ADD, draft("Wine", &file, "PDF")).await, "BAD_INPUT");
    let pdf = upload(&app, &admin, DOCUMENT, "wine.pdf", "%PDF-1.7 and no more").await;
    assert_eq!(admin.code(ADD, draft("Wine", &pdf, "TEXT")).await, "BAD_INPUT");
    let unread = admin.fail(ADD, draft("Wine", &pdf, "PDF")).await;
    assert_eq!(unread["extensions"]["fields"][0]["path"], "input.fileId", "{unread:#}");
    let import = upload(&app, &admin, "LEAD_IMPORT", "wine.csv", "Red wine is red.").await;
    assert_eq!(admin.code(ADD, draft("Wine", &import, "TEXT")).await, "BAD_INPUT");
    let mut both = draft("Wine", &file, "TEXT");
    both["input"]["content"] = json!("Red");
    assert_eq!(admin.code(ADD, both).await, "BAD_INPUT");
    assert_eq!(
        admin.code(ADD, json!({"input": {"base": "cellar", "title": "Wine", "format": "TEXT"}})).await,
        "BAD_INPUT"
    );
    let other = app.user(SystemRole::Manager).await;
    assert_eq!(other.code(ADD, draft("Wine", &file, "TEXT")).await, "NOT_FOUND");
    assert!(used_by(&admin, &file).await["usedBy"].is_null());
    admin.ok(ADD, draft("Wine", &file, "TEXT")).await;
    // It belongs to one document; also where another would have the same words.
    let again = json!({"input": {"base": "attic", "title": "Wine", "fileId": file["id"], "format": "TEXT"}});
    assert_eq!(admin.code(ADD, again).await, "CONFLICT");
    assert_eq!(app.count("SELECT 1 FROM knowledge_documents WHERE base = 'attic'").await, 0);
    let late = upload(&app, &admin, DOCUMENT, "late.txt", "Late wine.").await;
    app.advance(TimeDelta::hours(24));
    let admin = app.admin().await;
    assert_eq!(admin.code(ADD, draft("Late", &late, "TEXT")).await, "NOT_FOUND");
    let long = send(&app, &admin, DOCUMENT, "long.txt", "word ".repeat(200_000)).await.json::<Value>().await.unwrap();
    let error = admin.fail(ADD, draft("Long", &long, "TEXT")).await;
    assert_eq!(error["extensions"]["fields"][0]["path"], "input.fileId", "{error:#}");
}
