//! Copies of two releases on one database: what the older writes is found by the newer.

use rapport::{
    domains::system::FoldTexts,
    jobs::{JobRow, NewJob, enqueue},
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::support::{
    Client, TestApp,
    rows::{company, customer},
    today,
};

/// How many rows are found by a word, of each kind that has texts which stand folded.
async fn found(admin: &Client) -> Vec<u64> {
    let query = r#"{
        users: users(filter: {fullName: {contains: "arztin"}}) { totalCount }
        companies: companies(filter: {website: {contains: "arzte"}}) { totalCount }
        customers: customers(filter: {name: {startsWith: "arzte"}}) { totalCount }
        industries: customers(filter: {industry: {contains: "gross"}}) { totalCount }
        documents: knowledgeDocuments(filter: {title: {contains: "uber"}}) { totalCount }
        signals: signals(search: "cyber attacked") { totalCount }
        jobs: jobs(search: "brightloom") { totalCount }
        sessions: chatSessions(search: "arztehaus") { totalCount }
        stale: customers(filter: {name: {contains: "before"}}) { totalCount } }"#;
    let data = admin.ok(query, json!({})).await;
    let count = |name: &str| data[name]["totalCount"].as_u64().unwrap();
    ["users", "companies", "customers", "industries", "documents", "signals", "jobs", "sessions", "stale"]
        .map(count)
        .into()
}

async fn passages_found(admin: &Client) -> u64 {
    let query =
        r#"{ knowledgeDocuments { nodes { passages(filter: {text: {contains: "gebuhren"}}) { totalCount } } } }"#;
    let data = admin.ok(query, json!({})).await;
    let documents = data["knowledgeDocuments"]["nodes"].as_array().unwrap().clone();
    documents.iter().map(|document| document["passages"]["totalCount"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn what_an_older_release_writes_is_folded_after_it() {
    let app = TestApp::builder().set("JOB_POLL_MS", 50).start().await;
    let admin = app.admin().await;
    let ambient = &app.app.ambient;
    let mut vendor = company(ambient, "Acme");
    vendor.website = Some("https://ärzte.example".to_owned());
    let mut other = customer(ambient, Some(&vendor), "Ärztehaus");
    other.industry = Some("Großhandel".to_owned());
    app.insert([vendor.clone()]).await;
    let signal = app.signal(&other, "attack");
    app.insert([other]).await;
    app.insert([signal]).await;
    let input = r#"{"company": {"name": "Brightloom"}}"#.to_owned();
    app.insert([JobRow { input, ..app.job(None, today()) }]).await;
    let begin =
        r#"mutation { createChatSession(input: {metadata: [{name: "page", value: "/Ärztehaus"}]}) { expiresAt } }"#;
    admin.ok(begin, json!({})).await;
    let add = r#"mutation { addKnowledgeDocument(input: {base: "fees", title: "Über Gebühren", format: TEXT,
        content: "Die Gebühren betragen neun Euro im Monat."}) { id } }"#;
    admin.ok(add, json!({})).await;
    // An older release knows nothing of these columns: their default stands, or what stood there before a change.
    for statement in [
        "UPDATE users SET full_name = 'Ärztin'",
        "UPDATE customers SET name_folded = 'before', industry_folded = NULL",
        // Completed by a language model, and with something collected, since they were written.
        "UPDATE signals SET words = 'before', extracted_by = 'BOTH'",
        "UPDATE chat_sessions SET words = 'before', collected = '{\"name\": {}}'",
        "UPDATE jobs SET words = ''",
        "UPDATE knowledge_documents SET title_folded = ''",
        "UPDATE knowledge_passages SET heading_folded = '', text_folded = ''",
    ] {
        app.app.db.owner().execute_unprepared(statement).await.unwrap();
    }
    assert_eq!((found(&admin).await, passages_found(&admin).await), (vec![0, 0, 0, 0, 0, 0, 0, 0, 1], 0));
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<FoldTexts>(&mut tx, ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    let job = admin.finished(&job.id.to_string()).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    assert_eq!((found(&admin).await, passages_found(&admin).await), (vec![1, 1, 1, 1, 1, 1, 1, 1, 0], 1));
}
