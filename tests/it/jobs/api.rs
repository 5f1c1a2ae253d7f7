//! Jobs as clients see and steer them.

use rapport::{
    auth::SystemRole,
    clients::research::CompanyRef,
    db::Id,
    domains::{
        identity::User,
        intelligence::{OnboardCompany, OnboardInput},
    },
    jobs::{NewJob, enqueue},
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const CANCEL: &str = "mutation($id: ID!) { cancelJob(id: $id) { id status cancelRequested completedAt } }";
const RETRY: &str = "mutation($id: ID!) { retryJob(id: $id) { id status attempt error { code } } }";
const JOB: &str = "query($id: ID!) { job(id: $id) { id kind status attempt maxAttempts owner { email } } }";

/// A server on which jobs wait, because nobody works on them.
async fn idle() -> TestApp {
    TestApp::builder().without_worker().start().await
}

/// A server on which an onboarding takes longer than any test.
async fn slow() -> TestApp {
    TestApp::builder().set("SAMPLE_DELAY_MS", 3_600_000).start().await
}

async fn onboard(client: &Client) -> String {
    client.onboard("Brightloom Analytics").await["id"].as_str().unwrap().to_owned()
}

/// The ids of the jobs that a query for a list yields.
async fn list(client: &Client, arguments: &str) -> Vec<String> {
    let data = client.ok(&format!("{{ jobs{arguments} {{ nodes {{ id }} }} }}"), json!({})).await;
    data["jobs"]["nodes"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
}

/// An onboarding that belongs to `client`, who could not ask for it by the API.
async fn job_of(app: &TestApp, client: &Client) -> String {
    let owner: Id<User> = client.id().await.parse().unwrap();
    let company = CompanyRef { name: "Brightloom Analytics".to_owned(), website: None };
    let new = NewJob::new(OnboardInput { company, deep_research: false }, Some(owner.uuid()));
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<OnboardCompany>(&mut tx, &app.app.ambient, new).await.unwrap().job;
    tx.commit().await.unwrap();
    job.id.to_string()
}

async fn until_running(client: &Client, id: &str) {
    let query = "query($id: ID!) { job(id: $id) { currentStep } }";
    super::support::eventually(async || !client.ok(query, json!({"id": id})).await["job"]["currentStep"].is_null())
        .await;
}

#[tokio::test]
async fn a_job_shows_what_it_is_and_whose() {
    let app = idle().await;
    let admin = app.admin().await;
    let id = onboard(&admin).await;
    let job = admin.ok(JOB, json!({"id": id})).await["job"].take();
    let expected = json!({
        "id": id, "kind": "ONBOARD_COMPANY", "status": "QUEUED", "attempt": 0, "maxAttempts": 8,
        "owner": { "email": "admin@example.com" },
    });
    assert_eq!(job, expected);
}

#[tokio::test]
async fn jobs_are_listed_newest_first_or_as_asked() {
    let app = idle().await;
    let admin = app.admin().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(onboard(&admin).await);
    }
    assert_eq!(list(&admin, "(orderBy: {field: CREATED_AT, direction: ASC})").await, made);
    made.reverse();
    assert_eq!(list(&admin, "").await, made);
}

#[tokio::test]
async fn pages_of_jobs_join_without_a_gap() {
    let app = idle().await;
    let admin = app.admin().await;
    for _ in 0..5 {
        onboard(&admin).await;
    }
    let query = "query($after: String) { jobs(first: 2, after: $after) {
        totalCount nodes { id } pageInfo { hasNextPage endCursor } } }";
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = admin.ok(query, json!({"after": after})).await["jobs"].take();
        assert_eq!(page["totalCount"], 5);
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, list(&admin, "").await);
}

#[tokio::test]
async fn jobs_are_filtered_by_what_they_are() {
    let app = idle().await;
    let admin = app.admin().await;
    let (waiting, cancelled) = (onboard(&admin).await, onboard(&admin).await);
    admin.ok(CANCEL, json!({"id": cancelled})).await;
    let cases = [
        ("{status: {eq: QUEUED}}", vec![&waiting]),
        ("{status: {in: [CANCELLED, FAILED]}}", vec![&cancelled]),
        ("{status: {notIn: [QUEUED]}}", vec![&cancelled]),
        ("{kind: {eq: ONBOARD_COMPANY}}", vec![&cancelled, &waiting]),
        ("{kind: {eq: PURGE_EVENTS}}", vec![]),
        ("{not: {status: {eq: QUEUED}}}", vec![&cancelled]),
        ("{or: [{status: {eq: QUEUED}}, {status: {eq: CANCELLED}}]}", vec![&cancelled, &waiting]),
        ("{and: [{status: {eq: QUEUED}}, {status: {eq: CANCELLED}}]}", vec![]),
        ("{createdAt: {lt: \"2020-01-01T00:00:00Z\"}}", vec![]),
    ];
    for (filter, expected) in cases {
        let found = list(&admin, &format!("(filter: {filter})")).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_viewer_sees_only_jobs_of_their_own() {
    let app = idle().await;
    let (admin, viewer) = (app.admin().await, app.user(SystemRole::Viewer).await);
    let (theirs, own) = (onboard(&admin).await, job_of(&app, &viewer).await);
    assert_eq!(list(&viewer, "").await, std::slice::from_ref(&own));
    let total = viewer.ok("{ jobs { totalCount } }", json!({})).await;
    assert_eq!(total["jobs"]["totalCount"], 1);
    let query = "query($own: ID!, $theirs: ID!) { own: job(id: $own) { id } theirs: job(id: $theirs) { id } }";
    let data = viewer.ok(query, json!({"own": own, "theirs": theirs})).await;
    assert_eq!(data, json!({"own": {"id": own}, "theirs": null}));
    assert_eq!(list(&admin, "").await.len(), 2, "who may see all sees both");
}

#[tokio::test]
async fn nobody_sees_or_steers_jobs_without_signing_in() {
    let app = idle().await;
    let id = onboard(&app.admin().await).await;
    let anonymous = app.anonymous();
    for operation in [JOB, CANCEL, RETRY] {
        assert_eq!(anonymous.code(operation, json!({"id": id})).await, "UNAUTHENTICATED", "{operation}");
    }
    assert_eq!(anonymous.code("{ jobs { nodes { id } } }", json!({})).await, "UNAUTHENTICATED");
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once() {
    let app = idle().await;
    let admin = app.admin().await;
    let id = onboard(&admin).await;
    let job = admin.ok(CANCEL, json!({"id": id})).await["cancelJob"].take();
    assert_eq!((&job["status"], job["completedAt"].is_string()), (&json!("CANCELLED"), true));
    assert_eq!(admin.code(CANCEL, json!({"id": id})).await, "CONFLICT", "it has ended");
}

#[tokio::test]
async fn a_running_job_is_stopped_also_by_way_of_another_server() {
    let app = slow().await;
    let admin = app.admin().await;
    let other = TestApp::builder().on(&app.db).without_worker().start().await;
    for client in [admin.clone(), admin.at(other.address)] {
        let id = onboard(&admin).await;
        until_running(&admin, &id).await;
        let job = client.ok(CANCEL, json!({"id": id})).await["cancelJob"].take();
        assert_eq!(job["cancelRequested"], true);
        assert_eq!(client.finished(&id).await["status"], "CANCELLED");
    }
}

#[tokio::test]
async fn a_cancelled_job_is_started_again() {
    let app = idle().await;
    let admin = app.admin().await;
    let id = onboard(&admin).await;
    assert_eq!(admin.code(RETRY, json!({"id": id})).await, "CONFLICT", "it waits");
    admin.ok(CANCEL, json!({"id": id})).await;
    let job = admin.ok(RETRY, json!({"id": id})).await["retryJob"].take();
    assert_eq!((&job["status"], &job["attempt"]), (&json!("QUEUED"), &json!(0)));
    let _worker = app.beside().await;
    assert_eq!(admin.finished(&id).await["status"], "COMPLETED");
    assert_eq!(admin.code(RETRY, json!({"id": id})).await, "CONFLICT", "it is completed");
    // Its last step is the same by its id and in a list, and a person reads it.
    let query = "query($id: ID!) { job(id: $id) { currentStep currentStepLabel } jobs { nodes { currentStepLabel } } }";
    let data = admin.ok(query, json!({"id": id})).await;
    let (step, label) =
        (data["job"]["currentStep"].as_str().unwrap(), data["job"]["currentStepLabel"].as_str().unwrap());
    assert!(step.starts_with(|c: char| c.is_lowercase()) && label.starts_with(|c: char| c.is_uppercase()), "{data:#}");
    assert_eq!(step.to_lowercase().replace('_', " "), label.to_lowercase());
    assert_eq!(data["jobs"]["nodes"], json!([{"currentStepLabel": label}]));
}

#[tokio::test]
async fn who_may_not_manage_jobs_neither_cancels_nor_retries_those_of_others() {
    let app = idle().await;
    let id = onboard(&app.admin().await).await;
    for role in [SystemRole::Viewer, SystemRole::Counselor] {
        let user = app.user(role).await;
        // The same answer as for a job that does not exist.
        assert_eq!(user.code(CANCEL, json!({"id": id})).await, "NOT_FOUND", "{role:?}");
        assert_eq!(user.code(RETRY, json!({"id": id})).await, "NOT_FOUND", "{role:?}");
    }
    let manager = app.user(SystemRole::Manager).await;
    assert_eq!(manager.ok(CANCEL, json!({"id": id})).await["cancelJob"]["status"], "CANCELLED");
}

#[tokio::test]
async fn who_may_not_research_cancels_their_own_job_and_does_not_start_it_again() {
    let app = idle().await;
    let viewer = app.user(SystemRole::Viewer).await;
    let id = job_of(&app, &viewer).await;
    assert_eq!(viewer.ok(CANCEL, json!({"id": id})).await["cancelJob"]["status"], "CANCELLED");
    assert_eq!(viewer.code(RETRY, json!({"id": id})).await, "FORBIDDEN");
}

#[tokio::test]
async fn an_id_of_another_kind_of_object_is_bad_input() {
    let app = idle().await;
    let admin = app.admin().await;
    let id = "com_00000000000000000000000000000000";
    for operation in [JOB, CANCEL, RETRY] {
        assert_eq!(admin.code(operation, json!({"id": id})).await, "BAD_INPUT", "{operation}");
    }
}
