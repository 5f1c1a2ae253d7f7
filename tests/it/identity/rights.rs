//! Who may do and see what.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::operations::{NO_JOB, answer, harmless};
use crate::support::TestApp;

const ONBOARD: &str = r#"mutation { onboardCompany(input: {companyName: "Fernhollow CRM"}) { id status } }"#;
#[tokio::test]
async fn an_anonymous_caller_gets_nothing_at_all() {
    let app = TestApp::builder().quiet().start().await;
    let for_everybody = [
        "query viewer",
        "query health",
        "query eventTypes",
        "query personas",
        "query greeting",
        "mutation login",
        "mutation acceptInvitation",
        "mutation createChatSession",
    ];
    for (_, operation) in harmless().into_iter().filter(|(field, _)| !for_everybody.contains(field)) {
        gets_nothing(&app, &operation).await;
    }
    // A cursor in the right form is not looked up either.
    let cursor = "AQ".to_owned() + &"A".repeat(42);
    gets_nothing(
        &app,
        &format!(r#"subscription {{ jobProgress(jobId: "{NO_JOB}", after: "{cursor}") {{ occurredAt }} }}"#),
    )
    .await;
}

async fn gets_nothing(app: &TestApp, operation: &str) {
    let (answer, statements) = app.statements.of(answer(app, &app.anonymous(), operation)).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{operation}\n{answer:#}");
    assert!(statements.is_empty(), "{operation}\n{statements:#?}");
}

#[tokio::test]
async fn who_may_not_have_companies_researched_is_told_which_right_is_missing() {
    let app = TestApp::builder().quiet().start().await;
    for role in [SystemRole::Viewer, SystemRole::Counselor] {
        let user = app.user(role).await;
        let error = user.fail(ONBOARD, json!({})).await;
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{error:#}");
        assert_eq!(error["extensions"]["permission"], "companies:research");
        assert!(error["message"].as_str().unwrap().contains("`companies:research`"), "{error:#}");
        user.ok("{ companies { totalCount } customers { totalCount } }", json!({})).await;
    }
    for role in [SystemRole::Manager, SystemRole::Admin] {
        let job = app.user(role).await.ok(ONBOARD, json!({})).await;
        assert_eq!(job["onboardCompany"]["status"], "QUEUED");
    }
}

#[tokio::test]
async fn a_job_of_somebody_else_is_as_if_it_were_not_there() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let job = admin.onboard("Fernhollow CRM").await["id"].as_str().unwrap().to_owned();
    for role in [SystemRole::Viewer, SystemRole::Counselor] {
        let user = app.user(role).await;
        let query = "query($id: ID!) { job(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } jobs { totalCount nodes { id } } }";
        let data = user.ok(query, json!({"id": job})).await;
        let nothing = json!({"job": null, "node": null, "nodes": [null], "jobs": {"totalCount": 0, "nodes": []}});
        assert_eq!(data, nothing);
        for operation in harmless().into_iter().filter(|(_, operation)| operation.contains(NO_JOB)) {
            let of_this = answer(&app, &user, &operation.1.replace(NO_JOB, &job)).await;
            let of_none = answer(&app, &user, &operation.1).await;
            assert_eq!(without_request_id(of_this), without_request_id(of_none), "{}", operation.0);
        }
    }
    assert_eq!(
        admin.ok("{ jobs { nodes { status cancelRequested } } }", json!({})).await["jobs"]["nodes"][0]["status"],
        "QUEUED"
    );
}

fn without_request_id(mut answer: Value) -> Value {
    if let Some(errors) = answer.get_mut("errors") {
        errors[0]["extensions"]["requestId"].take();
    }
    answer
}

#[tokio::test]
async fn managers_see_and_cancel_everybodys_jobs_but_not_who_their_owners_are() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let job = admin.onboard("Fernhollow CRM").await["id"].as_str().unwrap().to_owned();
    let seen = "query($id: ID!) { job(id: $id) { owner { email } } }";
    assert_eq!(manager.ok(seen, json!({"id": job})).await, json!({"job": {"owner": null}}));
    assert_eq!(admin.ok(seen, json!({"id": job})).await["job"]["owner"]["email"], "admin@example.com");
    let cancel = "mutation($id: ID!) { cancelJob(id: $id) { status } }";
    assert_eq!(manager.ok(cancel, json!({"id": job})).await["cancelJob"]["status"], "CANCELLED");
}

#[tokio::test]
async fn users_see_themselves_and_only_administrators_see_others() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let (own, other) = (manager.id().await, admin.id().await);
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let seen = manager.ok(query, json!({"ids": [own, other]})).await;
    assert_eq!(seen["nodes"], json!([{"id": own}, null]));
    let seen = admin.ok(query, json!({"ids": [own, other]})).await;
    assert_eq!(seen["nodes"], json!([{"id": own}, {"id": other}]));
}
