//! Events of a job carry the job.

use serde_json::{Value, json};

use crate::support::{Client, TestApp, WsClient};

const CANCEL: &str = "mutation($id: ID!) { cancelJob(id: $id) { id } }";

/// A server without a worker, a job that waits there, and a subscriber to it who has heard the present state.
async fn followed(fields: &str) -> (TestApp, Client, String, WsClient, Value) {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let id = admin.onboard("Brightloom Analytics").await["id"].as_str().unwrap().to_owned();
    let mut ws = app.ws(&admin).await;
    let follow = format!("subscription($id: ID!) {{ jobProgress(jobId: $id) {{ __typename job {{ {fields} }} }} }}");
    ws.subscribe(&follow, json!({"id": id})).await;
    let first = ws.event().await.unwrap();
    (app, admin, id, ws, first)
}

#[tokio::test]
async fn an_event_carries_the_job_as_it_is_now() {
    let (_app, admin, id, mut ws, first) = followed("__typename id kind status owner { email }").await;
    let shown = |event: &str, status: &str| {
        let job = json!({
            "__typename": "Job", "id": id, "kind": "ONBOARD_COMPANY", "status": status,
            "owner": {"email": "admin@example.com"},
        });
        json!({"data": {"jobProgress": {"__typename": event, "job": job}}})
    };
    assert_eq!(first, shown("JobState", "QUEUED"));
    admin.ok(CANCEL, json!({"id": id})).await;
    let mut events = Vec::new();
    while let Some(event) = ws.event().await {
        events.push(event);
    }
    assert_eq!(events.last(), Some(&shown("JobCancelled", "CANCELLED")));
    assert!(events.iter().all(|event| event["data"]["jobProgress"]["job"]["status"] == "CANCELLED"), "{events:#?}");
}

#[tokio::test]
async fn the_id_of_the_job_of_an_event_takes_no_statement() {
    for (fields, expected) in [("id", 0), ("key: id __typename", 0), ("id progress", 1)] {
        let (app, admin, id, mut ws, _) = followed(fields).await;
        let work = async {
            admin.ok(CANCEL, json!({"id": id})).await;
            loop {
                let event = ws.event().await.unwrap();
                if event["data"]["jobProgress"]["__typename"] == "JobCancelled" {
                    return event;
                }
            }
        };
        let (event, statements) = app.statements.of(work).await;
        let job = &event["data"]["jobProgress"]["job"];
        assert!([&job["id"], &job["key"]].contains(&&json!(id)), "{event:#}");
        let is_load = |sql: &&String| sql.contains(r#""jobs"."id" IN"#);
        assert_eq!(statements.iter().filter(is_load).count(), expected, "{fields}: {statements:#?}");
    }
}

#[tokio::test]
async fn stages_and_tasks_have_names_for_people() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let job = admin.onboard("Brightloom Analytics").await;
    let mut ws = app.ws(&admin).await;
    let follow = "subscription($id: ID!, $after: EventCursor) { jobProgress(jobId: $id, after: $after) { __typename
        ... on JobStageStarted { stage stageLabel } ... on JobTaskCompleted { stage stageLabel task taskLabel } } }";
    ws.subscribe(follow, json!({"id": job["id"], "after": job["cursor"]})).await;
    let mut events = Vec::new();
    while let Some(mut event) = ws.event().await {
        events.push(event["data"]["jobProgress"].take());
    }
    let begun = json!({"__typename": "JobStageStarted", "stage": "research", "stageLabel": "Research"});
    assert!(events.contains(&begun), "{events:#?}");
    let done = json!({
        "__typename": "JobTaskCompleted", "stage": "research", "stageLabel": "Research",
        "task": "case_studies", "taskLabel": "Case studies",
    });
    assert!(events.contains(&done), "{events:#?}");
    let query = "query($id: ID!) { job(id: $id) { stages { name label } } }";
    let stages = admin.ok(query, json!({"id": job["id"]})).await["job"]["stages"].take();
    assert_eq!(stages[0], json!({"name": "research", "label": "Research"}));
}
