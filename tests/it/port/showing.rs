//! A subscription executed for one event of the log answers what a subscriber receives for that event.

use rapport::{
    auth::SystemRole,
    db::Id,
    domains::identity::acting,
    jobs::{JobRow, job_topic},
};
use serde_json::{Value, json};

use super::{mandate, step, variables};
use crate::support::{Client, TestApp};

const PROGRESS: &str = "subscription($id: ID!) { jobProgress(jobId: $id) {
    __typename cursor occurredAt progress job { id status } } }";

/// A job that was cancelled, its topic, and what its owner received of the end.
async fn cancelled(app: &TestApp, owner: &Client) -> (Id<JobRow>, Value) {
    let job = owner.onboard("Brightloom Analytics").await["id"].take();
    let mut socket = app.ws(owner).await;
    socket.subscribe(PROGRESS, json!({"id": job})).await;
    assert_eq!(socket.event().await.unwrap()["data"]["jobProgress"]["__typename"], "JobState");
    owner.ok("mutation($id: ID!) { cancelJob(id: $id) { id } }", json!({"id": job})).await;
    let told = socket.events().await;
    assert_eq!(told.len(), 1, "{told:#?}");
    (job.as_str().unwrap().parse().unwrap(), told.into_iter().next().unwrap())
}

#[tokio::test]
async fn an_event_is_shown_as_a_subscriber_receives_it_and_to_nobody_who_may_not_see_it() {
    let app = TestApp::builder().without_worker().start().await;
    let owner = app.user(SystemRole::Manager).await;
    let (job, told) = cancelled(&app, &owner).await;
    let logged = app.logged(job_topic(job).name()).await;
    let (first, last) = (logged.first().unwrap(), logged.last().unwrap());
    let (api, values) = (app.app.api().unwrap(), variables(json!({"id": job.to_string()})));
    let viewer = step(&app, &owner).await;
    let answer = api.show(&viewer, PROGRESS, &values, last).await.unwrap();
    assert!(answer.errors.is_empty() && answer.cost > 0, "{answer:#?}");
    assert_eq!(answer.data.as_ref(), Some(&told["data"]));
    let queued = api.show(&viewer, PROGRESS, &values, first).await.unwrap();
    assert_ne!(queued.data, answer.data, "each event for itself");

    let stranger = step(&app, &app.user(SystemRole::Counselor).await).await;
    assert_eq!(api.show(&stranger, PROGRESS, &values, last).await, None);
    let other = variables(json!({"id": owner.onboard("Fernhollow CRM").await["id"]}));
    assert_eq!(api.show(&viewer, PROGRESS, &other, last).await, None, "an event of another topic");
}

#[tokio::test]
async fn a_right_that_is_missing_hides_events_and_stands_in_the_audit_log() {
    let app = TestApp::builder().without_worker().start().await;
    let owner = app.user(SystemRole::Manager).await;
    let (job, _) = cancelled(&app, &owner).await;
    let logged = app.logged(job_topic(job).name()).await;
    let narrow = mandate(&owner, json!({"scopes": ["customers:read"]})).await;
    let (api, viewer) = (app.app.api().unwrap(), acting(&app.app, &narrow).await.unwrap());
    let signals = "subscription { signalDetected { __typename } }";
    assert_eq!(api.show(&viewer, signals, &variables(json!({})), &logged[0]).await, None);
    let query = "{ auditLog(filter: {action: {eq: USER_AUTOMATION_REFUSED}}) { nodes { reason } } }";
    let told = app.admin().await.ok(query, json!({})).await;
    let reason = told["auditLog"]["nodes"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("signals:read"), "{reason}");
}

#[tokio::test]
async fn what_is_no_subscription_or_not_valid_is_refused() {
    let app = TestApp::builder().without_worker().start().await;
    let owner = app.user(SystemRole::Manager).await;
    let (job, _) = cancelled(&app, &owner).await;
    let logged = app.logged(job_topic(job).name()).await;
    let (api, viewer, none) = (app.app.api().unwrap(), step(&app, &owner).await, variables(json!({})));
    for document in ["{ viewer { permissions } }", "subscription { nothing }", PROGRESS] {
        let answer = api.show(&viewer, document, &none, &logged[0]).await.unwrap();
        assert_eq!((answer.code(), answer.data.clone()), (Some("BAD_INPUT"), None), "{document}");
    }
    let run = api.run(&viewer, PROGRESS, &variables(json!({"id": job.to_string()}))).await;
    assert_eq!((run.code(), run.data.clone()), (Some("BAD_INPUT"), None));
}
