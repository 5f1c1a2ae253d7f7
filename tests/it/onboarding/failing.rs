//! Research that fails in part or as a whole.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{EVENTS, followed, onboarded, researching};
use crate::support::openai::{Behaviour, StandIn};

/// The tasks of a stage that failed: each with its error's code and whether to try again.
fn failed_tasks(events: &[Value], stage: &str) -> BTreeMap<String, (String, bool)> {
    let failed = events.iter().filter(|event| event["__typename"] == "JobTaskFailed" && event["stage"] == stage);
    let task = |event: &Value| {
        let (text, error) = (|value: &Value| value.as_str().unwrap().to_owned(), &event["error"]);
        (text(&event["task"]), (text(&error["code"]), error["retryable"].as_bool().unwrap()))
    };
    failed.map(task).collect()
}

#[tokio::test]
async fn one_topic_that_fails_does_not_fail_the_job_and_is_counted_and_shown() {
    let openai = StandIn::start().await;
    openai.on("pricing", Behaviour::status(500));
    let (app, admin, events, job) = followed(|| researching(&openai)).await;
    let unavailable = ("PROVIDER_UNAVAILABLE".to_owned(), true);
    assert_eq!(failed_tasks(&events, "research"), BTreeMap::from([("pricing".to_owned(), unavailable)]));
    assert_eq!(events.last().unwrap()["__typename"], "JobCompleted", "{events:#?}");
    assert_eq!(job["stages"][0], json!({"name": "research", "completed": 9, "failed": 1, "total": 10}));
    // The customers could not be looked up either: there is no contact for the SEC.
    assert_eq!(job["result"]["failedTasks"], 1 + job["result"]["customersDiscovered"].as_i64().unwrap());
    let query = "{ companies { nodes { products { name } pricingTiers { name } } } }";
    let company = &admin.ok(query, json!({})).await["companies"]["nodes"][0];
    assert_eq!((company["products"].as_array().unwrap().len(), &company["pricingTiers"]), (2, &json!([])));
    app.stop().await;
}

#[tokio::test]
async fn what_fails_for_good_is_told_apart_from_what_may_pass() {
    let openai = StandIn::start().await;
    openai.on("news", Behaviour::status(401));
    openai.on("pricing", Behaviour::busy("0"));
    openai.on("products", Behaviour::Text("no JSON".to_owned()));
    openai.on("leadership", Behaviour::Cut);
    openai.on("discovery_third_party", Behaviour::incomplete("max_output_tokens"));
    let (app, _, events, _) = followed(|| researching(&openai)).await;
    let (passing, lasting) = (("PROVIDER_UNAVAILABLE", true), ("PROVIDER_NOT_CONFIGURED", false));
    let expected = |failures: &[(&str, (&str, bool))]| {
        let each =
            failures.iter().map(|(task, (code, retryable))| ((*task).to_owned(), ((*code).to_owned(), *retryable)));
        each.collect::<BTreeMap<_, _>>()
    };
    let research = [("news", lasting), ("pricing", passing), ("products", passing), ("leadership", passing)];
    assert_eq!(failed_tasks(&events, "research"), expected(&research));
    assert_eq!(failed_tasks(&events, "discovery"), expected(&[("third_party", passing)]));
    app.stop().await;
}

#[tokio::test]
async fn a_key_that_is_not_accepted_fails_the_job_at_once() {
    let openai = StandIn::start().await;
    openai.on_all(Behaviour::status(401));
    let app = researching(&openai).start().await;
    let job = onboarded(&app.admin().await, "Acme").await;
    assert_eq!((&job["status"], &job["attempt"]), (&json!("FAILED"), &json!(1)), "{job:#}");
    assert_eq!(job["error"]["code"], "PROVIDER_NOT_CONFIGURED");
    assert!(job["error"]["message"].as_str().unwrap().contains("OPENAI_API_KEY"), "{job:#}");
    assert!(!job.to_string().contains("sk-of-a-test"));
    // Whoever asked for it is told.
    let query = "{ notifications { nodes { kind severity subject { ... on Job { status } } } } }";
    let told = app.admin().await.ok(query, json!({})).await["notifications"]["nodes"].take();
    let failed = json!({"kind": "JOB_FAILED", "severity": "ERROR", "subject": {"status": "FAILED"}});
    assert_eq!(told, json!([failed]));
    app.stop().await;
}

#[tokio::test]
async fn research_of_which_all_fails_is_tried_again_later_and_then_given_up() {
    let openai = StandIn::start().await;
    openai.on_all(Behaviour::status(500));
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    let id = admin.onboard("Acme").await["id"].as_str().unwrap().to_owned();
    let mut ws = app.ws(&admin).await;
    ws.subscribe(EVENTS, json!({"job": id})).await;
    let (mut pauses, mut failure) = (Vec::new(), None);
    while let Some(event) = ws.event().await {
        let event = &event["data"]["jobProgress"];
        if event["__typename"] == "JobRetryScheduled" {
            assert_eq!(event["error"]["code"], "PROVIDER_UNAVAILABLE");
            let run_at: DateTime<Utc> = event["runAt"].as_str().unwrap().parse().unwrap();
            let pause = (run_at - app.app.ambient.now()).max(TimeDelta::zero());
            pauses.push(pause);
            app.advance(pause);
        }
        if event["__typename"] == "JobFailed" {
            failure = Some(event["error"].clone());
        }
    }
    let failure = failure.unwrap();
    assert_eq!(
        (&failure["code"], &failure["retryable"]),
        (&json!("PROVIDER_UNAVAILABLE"), &json!(true)),
        "{failure:#}"
    );
    assert_eq!(pauses.len(), 7);
    assert!(pauses[6] > pauses[0] * 8, "the pauses grow: {pauses:?}");
    let job = admin.finished(&id).await;
    assert_eq!((&job["status"], &job["attempt"]), (&json!("FAILED"), &json!(8)), "{job:#}");
    assert_eq!(job["error"]["code"], "PROVIDER_UNAVAILABLE");
    assert!(openai.counts().values().all(|requests| *requests == 8), "{:?}", openai.counts());
    assert_eq!(admin.ok("{ companies { totalCount } }", json!({})).await["companies"]["totalCount"], 0);
    app.stop().await;
}

#[tokio::test]
async fn a_job_that_failed_is_done_again_by_retry_and_then_completes() {
    let openai = StandIn::start().await;
    openai.on_all(Behaviour::status(401));
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    let id = admin.onboard("Acme").await["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.finished(&id).await["status"], "FAILED");
    openai.on_all(Behaviour::Answer);
    let retry = "mutation($id: ID!) { retryJob(id: $id) { status error { code } } }";
    assert_eq!(admin.ok(retry, json!({"id": id})).await["retryJob"], json!({"status": "QUEUED", "error": null}));
    let job = admin.finished(&id).await;
    assert_eq!((&job["status"], &job["error"]), (&json!("COMPLETED"), &json!(null)), "{job:#}");
    assert_eq!(admin.code(retry, json!({"id": id})).await, "CONFLICT");
    app.stop().await;
}
