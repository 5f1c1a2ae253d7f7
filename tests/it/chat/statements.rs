//! How many statements a query of sessions sends: a number that does not grow with its rows.

use std::time::Duration;

use rapport::jobs::{JobEntity, JobStatus};
use sea_orm::EntityTrait;
use serde_json::json;
use tokio::time::sleep;

use super::{Talk, without_model};
use crate::support::{TestApp, TestDb, patience};

async fn takes(expected: usize, query: &str) {
    for sessions in [2, 12] {
        let app = TestApp::builder().quiet().set("VISITOR_SESSIONS_PER_HOUR", 100).start().await;
        for _ in 0..sessions {
            Talk::of_a_visitor(&app).await.say("Hello?").await;
        }
        let admin = app.admin().await;
        admin.ok("{ viewer { permissions } }", json!({})).await;
        let (data, statements) = app.statements.of(admin.ok(query, json!({}))).await;
        assert_eq!(data["chatSessions"]["nodes"].as_array().unwrap().len(), sessions, "{data:#}");
        assert_eq!(statements.len(), expected, "with {sessions} sessions: {statements:#?}");
    }
}

#[tokio::test]
async fn the_messages_of_sessions_are_one_statement() {
    takes(2, "{ chatSessions { nodes { id messages(first: 2) { nodes { text author } } } } }").await;
}

#[tokio::test]
async fn what_messages_name_is_one_statement_a_type_and_its_ids_are_none() {
    let ids = "session { id } replyTo { id } supersededBy { __typename id }";
    takes(2, &format!("{{ chatSessions {{ nodes {{ messages {{ nodes {{ text {ids} }} }} }} }} }}")).await;
    let names = "session { isVisitor } replyTo { text } supersededBy { text }";
    takes(4, &format!("{{ chatSessions {{ nodes {{ messages {{ nodes {{ text {names} }} }} }} }} }}")).await;
}

#[tokio::test]
async fn the_counts_of_messages_are_one_statement() {
    takes(4, "{ chatSessions { totalCount nodes { messages { totalCount nodes { id } } } } }").await;
}

#[tokio::test]
async fn places_and_leads_of_sessions_are_one_statement_each() {
    takes(2, "{ chatSessions { nodes { cursor isComplete lead { name } persona { name } collected { key } } } }").await;
}

#[tokio::test]
async fn a_message_that_is_sent_takes_a_bounded_number_of_statements() {
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut counts = Vec::new();
    for n in 0..4 {
        let (_, statements) = app.statements.of(talk.say(&format!("Question {n}?"))).await;
        counts.push(statements.len());
    }
    // The first one also enqueues the job of its reply.
    assert!(counts[0] <= 24, "{counts:?}");
    assert!(counts[1..].iter().all(|count| *count == counts[1]), "{counts:?}");
}

/// Says something, and waits until the job of the reply has ended.
async fn answered(app: &TestApp, talk: &Talk, text: &str) {
    // On connections of its own, which are not counted.
    let db = app.db.connect().await;
    talk.say(text).await;
    patience(async {
        while !JobEntity::find().all(db.reader()).await.unwrap().iter().all(|job| job.status == JobStatus::Completed) {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    db.close().await;
}

#[tokio::test]
async fn a_message_and_its_reply_take_a_bounded_number_of_statements() {
    let app = without_model()
        .set("EVENT_POLL_MS", 3_600_000)
        .set("JOB_POLL_MS", 3_600_000)
        .set("JOB_LEASE_SECONDS", 3600)
        .start()
        .await;
    let talk = Talk::of_a_visitor(&app).await;
    // The first search builds the index of the knowledge base.
    answered(&app, &talk, "What is momentum?").await;
    let (_, mut statements) = app.statements.of(answered(&app, &talk, "And what is value?")).await;
    // A consumer's look at whatever events have come, one a batch of them.
    statements.retain(|statement| !statement.contains("awaited_events"));
    // On PostgreSQL with the locks of topics.
    let most = if TestDb::is_postgres() { 36 } else { 31 };
    assert!(statements.len() <= most, "{}: {statements:#?}", statements.len());
}
