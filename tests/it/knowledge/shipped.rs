//! The documents that come with the server.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{ADD, REMOVE, search_in};
use crate::support::{Client, TestApp, TestDb};

const DOCUMENTS: &str = "{ knowledgeDocuments(filter: {isSystem: {eq: true}}) {
    nodes { id base title isSystem passageCount updatedAt addedBy { email } } } }";

async fn documents(client: &Client) -> Value {
    client.ok(DOCUMENTS, json!({})).await["knowledgeDocuments"]["nodes"].take()
}

/// The passages of the base `support`, by heading: id, text and place.
async fn passages(client: &Client) -> BTreeMap<String, (String, String, i64)> {
    let query = "{ knowledgeDocuments(filter: {base: {eq: \"support\"}, isSystem: {eq: true}}) { nodes {
        passages(first: 100) { nodes { id heading text position } } } } }";
    let data = client.ok(query, json!({})).await;
    let nodes = data["knowledgeDocuments"]["nodes"][0]["passages"]["nodes"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |node: &Value| (text(&node["id"]), text(&node["text"]), node["position"].as_i64().unwrap());
    nodes.iter().map(|node| (text(&node["heading"]), row(node))).collect()
}

async fn execute(app: &TestApp, sql: &str) {
    let tx = app.app.db.begin().await.unwrap();
    tx.execute_unprepared(sql).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_new_server_has_them_and_they_belong_to_nobody() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let documents = documents(&admin).await;
    let bases: Vec<_> = documents.as_array().unwrap().iter().map(|row| row["base"].as_str().unwrap()).collect();
    assert_eq!(bases, ["support", "hedge-fund"], "by title");
    assert!(documents.as_array().unwrap().iter().all(|row| row["addedBy"] == json!(null)));
    assert!(!search_in(&admin, "hedge-fund", "leverage").await.is_empty());
    app.stop().await;
}

#[tokio::test]
async fn they_cannot_be_deleted() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = documents(&admin).await[0]["id"].take();
    let error = admin.fail(REMOVE, json!({"id": id})).await;
    assert_eq!(error["extensions"]["code"], "CONFLICT");
    assert!(error["message"].as_str().unwrap().contains("came with the server"), "{error:#}");
    assert_eq!(documents(&admin).await.as_array().unwrap().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn servers_that_start_at_the_same_time_write_them_once() {
    let db = TestDb::new().await;
    let start = || TestApp::builder().quiet().on(&db).start();
    let (first, second, third) = tokio::join!(start(), start(), start());
    let admin = first.admin().await;
    let seen = documents(&admin).await;
    assert_eq!(seen.as_array().unwrap().len(), 2);
    let counted: i64 = seen.as_array().unwrap().iter().map(|row| row["passageCount"].as_i64().unwrap()).sum();
    let hits = passages(&admin).await.len();
    assert!(counted > 50 && hits as i64 == seen[0]["passageCount"].as_i64().unwrap());
    for app in [first, second, third] {
        app.stop().await;
    }
}

#[tokio::test]
async fn a_restart_changes_nothing_in_them() {
    let app = TestApp::builder().quiet().start().await;
    let before = (documents(&app.admin().await).await, passages(&app.admin().await).await);
    let again = TestApp::builder().quiet().on(&app.db).start().await;
    let admin = again.admin().await;
    assert_eq!((documents(&admin).await, passages(&admin).await), before);
    again.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn an_older_version_is_brought_up_to_date_and_passages_keep_their_ids_while_their_words_stay() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let original = passages(&admin).await;
    // As if an earlier release had had another text of one, had lacked the next, and had had them in another order.
    let [changed, lacking] = ["What Rapport is", "API keys for programs"];
    execute(&app, &format!("UPDATE knowledge_passages SET text = 'An older text.' WHERE heading = '{changed}'")).await;
    execute(&app, &format!("DELETE FROM knowledge_passages WHERE heading = '{lacking}'")).await;
    execute(&app, "UPDATE knowledge_passages SET position = 100 - position").await;
    execute(&app, "UPDATE knowledge_documents SET content_hash = 'older' WHERE base = 'support'").await;
    let newer = TestApp::builder().quiet().on(&app.db).start().await;
    let after = passages(&admin.at(newer.address)).await;
    assert_eq!(after.len(), original.len());
    for (heading, (id, text, position)) in &original {
        let (id_after, text_after, position_after) = &after[heading];
        assert_eq!((text_after, position_after), (text, position), "{heading}");
        let is_new = [changed, lacking].contains(&heading.as_str());
        assert_eq!(id_after == id, !is_new, "{heading}");
    }
    // The server that was there before sees the new text at once.
    let hits = search_in(&admin, "support", "older text").await;
    assert!(hits.iter().all(|hit| hit["passage"]["text"] != "An older text."), "{hits:#?}");
    newer.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn a_document_of_ones_own_that_has_the_title_is_left_alone() {
    let db = TestDb::new().await;
    let app = TestApp::builder().quiet().on(&db).start().await;
    let admin = app.admin().await;
    execute(&app, "DELETE FROM knowledge_documents WHERE base = 'support'").await;
    let input = json!({"base": "support", "title": "About Rapport", "content": "Ours.", "format": "TEXT"});
    let own = admin.ok(ADD, json!({"input": input})).await["addKnowledgeDocument"]["id"].take();
    let again = TestApp::builder().quiet().on(&db).start().await;
    let query = "{ knowledgeDocuments(filter: {base: {eq: \"support\"}}) { nodes { id passageCount } } }";
    let data = admin.at(again.address).ok(query, json!({})).await;
    assert_eq!(data["knowledgeDocuments"]["nodes"], json!([{"id": own, "passageCount": 1}]));
    again.stop().await;
    app.stop().await;
}
