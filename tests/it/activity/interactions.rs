//! Interactions: logged, changed, deleted and counted.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{change, id_of, refused, subjects, wrong};
use crate::support::{Client, TestApp};

/// The password of users of tests.
const PASSWORD: &str = "a password of a test user";
const SHOWN: &str = "id kind direction outcome summary details participants sentiment sentimentSource version deletedAt
    subject { __typename id name } performedBy { userId }";

async fn log(by: &Client, subject: &str, more: Value) -> Value {
    let mut input = json!({"subjectId": subject, "kind": "CALL", "summary": "They like it."});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    change(by, "logInteraction", input, SHOWN).await
}

#[tokio::test]
async fn interactions_with_customers_and_leads_are_logged_alike() {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let me = id_of(&counselor).await;
    let ids = subjects(&app, Some(me)).await;
    for (subject, kind, name) in [(&ids[0], "Customer", "Bluefen Energy"), (&ids[1], "Lead", "Li")] {
        let more = json!({"direction": "OUTBOUND", "outcome": "ANSWERED", "details": " Much. ", "sentiment": "POSITIVE",
            "participants": [" Dana ", ""]});
        let logged = log(&counselor, subject, more).await;
        let expected = json!({"id": logged["id"], "kind": "CALL", "direction": "OUTBOUND", "outcome": "ANSWERED",
            "summary": "They like it.", "details": "Much.", "participants": ["Dana"], "sentiment": "POSITIVE",
            "sentimentSource": "PERSON", "version": 1, "deletedAt": null,
            "subject": {"__typename": kind, "id": subject, "name": name}, "performedBy": {"userId": me}});
        assert_eq!(logged, expected);
    }
    let query = "query($customer: ID!, $lead: ID!) { customer(id: $customer) { interactions { totalCount } lastContactAt }
        lead(id: $lead) { interactions { nodes { subject { name } } } } interactions(search: \"dana much\") { totalCount } }";
    let data = counselor.ok(query, json!({"customer": ids[0], "lead": ids[1]})).await;
    assert_eq!(data["customer"]["interactions"]["totalCount"], 1);
    assert!(data["customer"]["lastContactAt"].is_string());
    assert_eq!(data["lead"]["interactions"]["nodes"], json!([{"subject": {"name": "Li"}}]));
    assert_eq!(data["interactions"]["totalCount"], 2);
    assert_eq!(app.count("SELECT id FROM events WHERE kind = 'interaction.logged'").await, 2);
}

#[tokio::test]
async fn what_is_wrong_with_an_interaction_is_told() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let [customer, _] = subjects(&app, None).await;
    let soon = app.app.ambient.now() + TimeDelta::minutes(6);
    let input = json!({"subjectId": customer, "kind": "CALL", "summary": "", "occurredAt": soon.to_rfc3339(),
        "participants": vec!["A"; 21]});
    let error = refused(&admin, "logInteraction", input).await;
    assert_eq!(wrong(&error), ["input.occurredAt", "input.summary", "input.participants"]);
    let user = json!(id_of(&admin).await.to_string());
    for (subject, code) in [
        (user, "BAD_INPUT"),
        (json!("cus_00000000000000000000000000000000"), "NOT_FOUND"),
        (json!("lead_00000000000000000000000000000000"), "NOT_FOUND"),
    ] {
        let error =
            refused(&admin, "logInteraction", json!({"subjectId": subject, "kind": "CALL", "summary": "A"})).await;
        assert_eq!(error["extensions"]["code"], code, "{error:#}");
    }
    assert_eq!(app.count("SELECT id FROM interactions").await, 0);
}

#[tokio::test]
async fn the_last_contact_is_the_latest_in_which_somebody_was_reached() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let [customer, _] = subjects(&app, None).await;
    let last = async || {
        let query = "query($id: ID!) { customer(id: $id) { lastContactAt } }";
        admin.ok(query, json!({"id": customer})).await["customer"]["lastContactAt"].take()
    };
    let old = log(&admin, &customer, json!({"occurredAt": "2020-02-01T12:00:00Z"})).await;
    log(&admin, &customer, json!({"occurredAt": "2020-01-01T12:00:00Z"})).await;
    assert_eq!(last().await, "2020-02-01T12:00:00Z");
    log(&admin, &customer, json!({"occurredAt": "2020-03-01T12:00:00Z", "outcome": "NO_ANSWER"})).await;
    assert_eq!(last().await, "2020-02-01T12:00:00Z");
    let later = json!({"id": old["id"], "expectedVersion": 1, "occurredAt": "2020-04-01T12:00:00Z"});
    change(&admin, "updateInteraction", later, "id").await;
    assert_eq!(last().await, "2020-04-01T12:00:00Z");
    admin.ok("mutation($id: ID!) { deleteInteraction(id: $id) { id } }", json!({"id": old["id"]})).await;
    assert_eq!(last().await, "2020-01-01T12:00:00Z");
}

#[tokio::test]
async fn one_changes_ones_own_for_a_day_and_a_manager_any() {
    let app = TestApp::builder().quiet().start().await;
    let (dana, fox) = (app.user(SystemRole::Counselor).await, app.user(SystemRole::Counselor).await);
    let [customer, _] = subjects(&app, None).await;
    let email = dana.ok("{ viewer { user { email } } }", json!({})).await["viewer"]["user"]["email"].take();
    let id = log(&dana, &customer, json!({})).await["id"].take();
    let input = |version: i32, sentiment: &str| json!({"id": id, "expectedVersion": version, "sentiment": sentiment});
    let updated = change(&dana, "updateInteraction", input(1, "NEGATIVE"), SHOWN).await;
    assert_eq!((&updated["sentiment"], &updated["version"]), (&json!("NEGATIVE"), &json!(2)));
    let stale = refused(&dana, "updateInteraction", input(1, "NEUTRAL")).await;
    assert_eq!(stale["extensions"]["code"], "CONFLICT");
    let error = refused(&fox, "updateInteraction", input(2, "NEUTRAL")).await;
    assert_eq!(error["extensions"]["permission"], "interactions:delete", "{error:#}");
    let manager = app.user(SystemRole::Manager).await;
    change(&manager, "updateInteraction", input(2, "NEUTRAL"), "id").await;
    app.advance(TimeDelta::hours(25));
    let dana = app.anonymous().sign_in(email.as_str().unwrap(), PASSWORD).await;
    let error = refused(&dana, "updateInteraction", input(3, "POSITIVE")).await;
    assert_eq!(error["extensions"]["permission"], "interactions:delete", "{error:#}");
}

#[tokio::test]
async fn a_deleted_interaction_has_no_text_and_stays_in_the_timeline() {
    let app = TestApp::builder().quiet().start().await;
    let (manager, counselor) = (app.user(SystemRole::Manager).await, app.user(SystemRole::Counselor).await);
    let [customer, _] = subjects(&app, None).await;
    let id = log(&counselor, &customer, json!({"details": "Secret", "participants": ["Dana"]})).await["id"].take();
    let delete = format!("mutation($id: ID!) {{ deleteInteraction(id: $id) {{ {SHOWN} }} }}");
    let error = counselor.fail(&delete, json!({"id": id})).await;
    assert_eq!(error["extensions"]["permission"], "interactions:delete");
    let deleted = manager.ok(&delete, json!({"id": id})).await["deleteInteraction"].take();
    assert!(deleted["deletedAt"].is_string() && deleted["summary"].is_null() && deleted["details"].is_null());
    assert_eq!(deleted["participants"], json!([]));
    assert_eq!(manager.code(&delete, json!({"id": id})).await, "NOT_FOUND");
    let query = "query($id: ID!, $of: ID!) { interaction(id: $id) { deletedAt } interactions { totalCount }
        gone: interactions(filter: {deletedAt: {isNull: false}}) { totalCount } searched: interactions(search: \"secret\") { totalCount }
        customer(id: $of) { timeline { nodes { kind deletedAt about { id } } } } }";
    let data = counselor.ok(query, json!({"id": id, "of": customer})).await;
    assert!(data["interaction"]["deletedAt"].is_string());
    assert_eq!(
        [&data["interactions"], &data["gone"], &data["searched"]].map(|list| list["totalCount"].as_u64().unwrap()),
        [0, 1, 0]
    );
    let entry = &data["customer"]["timeline"]["nodes"][0];
    assert!(entry["deletedAt"].is_string() && entry["about"]["id"] == id, "{entry:#}");
}

#[tokio::test]
async fn interactions_are_counted_by_kind_sentiment_and_person() {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let me = id_of(&counselor).await;
    let [customer, other] = subjects(&app, None).await;
    for more in [
        json!({"sentiment": "POSITIVE", "occurredAt": "2020-01-01T00:00:00Z"}),
        json!({"sentiment": "POSITIVE"}),
        json!({"kind": "MEETING"}),
    ] {
        log(&counselor, &customer, more).await;
    }
    // Those with a lead that the counselor may not see are not counted.
    log(&app.admin().await, &other, json!({})).await;
    let query = "query($filter: InteractionFilter) { interactionSummary(filter: $filter) {
        byKind { kind count } bySentiment { sentiment count } byPerson { person { userId } count } } }";
    let data = counselor.ok(query, json!({})).await["interactionSummary"].take();
    let expected = json!({
        "byKind": [{"kind": "CALL", "count": 2}, {"kind": "MEETING", "count": 1}],
        "bySentiment": [{"sentiment": "POSITIVE", "count": 2}, {"sentiment": null, "count": 1}],
        "byPerson": [{"person": {"userId": me}, "count": 3}],
    });
    assert_eq!(data, expected);
    let filter = json!({"filter": {"occurredAt": {"lt": "2020-02-01T00:00:00Z"}, "customerId": {"eq": customer}}});
    let data = counselor.ok(query, filter).await["interactionSummary"].take();
    assert_eq!(data["byKind"], json!([{"kind": "CALL", "count": 1}]));
}

#[tokio::test]
async fn a_follow_up_is_a_task_with_its_interaction() {
    let app = TestApp::builder().quiet().start().await;
    let counselor = app.user(SystemRole::Counselor).await;
    let me = id_of(&counselor).await;
    let [customer, _] = subjects(&app, None).await;
    let id = log(&counselor, &customer, json!({"followUp": {"dueOn": "2020-01-31"}})).await["id"].take();
    let made = change(&counselor, "createTask", json!({"subjectId": customer, "title": "Other"}), "id").await;
    let query =
        "query($filter: TaskFilter) { pendingFollowUps(filter: $filter) { totalCount nodes { title dueOn isOverdue
        assignee { userId } origin { id } subject { id } } } }";
    let data = counselor.ok(query, json!({})).await["pendingFollowUps"].take();
    let expected = json!({"totalCount": 1, "nodes": [{"title": "They like it.", "dueOn": "2020-01-31", "isOverdue": true,
        "assignee": {"userId": me}, "origin": {"id": id}, "subject": {"id": customer}}]});
    assert_eq!(data, expected);
    let none = json!({"filter": {"assigneeId": {"isNull": true}}});
    assert_eq!(counselor.ok(query, none).await["pendingFollowUps"]["totalCount"], 0);
    let below = "query($id: ID!) { interaction(id: $id) { followUps { nodes { id status } } } }";
    let task = counselor.ok(below, json!({"id": id})).await["interaction"]["followUps"]["nodes"][0].take();
    assert_eq!(task["status"], "OPEN");
    change(&counselor, "updateTask", json!({"id": task["id"], "expectedVersion": 1, "status": "DONE"}), "id").await;
    assert_eq!(counselor.ok(query, json!({})).await["pendingFollowUps"]["totalCount"], 0);
    // Of an interaction with somebody else there is none.
    let input = json!({"subjectId": customer, "title": "A", "originId": "int_00000000000000000000000000000000"});
    assert_eq!(wrong(&refused(&counselor, "createTask", input).await), ["input.originId"]);
    assert!(made["id"].is_string());
}
