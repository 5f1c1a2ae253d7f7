//! Whoever answers in a session is gone: deactivated, deleted, or without the right. The team is asked again.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{Talk, without_model};
use crate::support::{Client, TestApp, WsClient};

const HANDOVER: &str = "query($id: ID!) { chatSession(id: $id) { handover { status reason assignee { userId } } } }";
const REQUEST: &str = "mutation($id: ID!) { requestChatHandover(id: $id) { handover { status } } }";
const TAKE: &str = "mutation($id: ID!) { takeOverChatSession(id: $id) { handover { status assignee { fullName } } } }";
const WITHDRAW: &str =
    "mutation($id: ID!) { withdrawChatHandover(id: $id) { handover { status assignee { userId } } } }";
const TEAM: &str =
    "subscription { chatHandoverChanged { ... on ChatHandoverChanged { sessionId handover { status } } } }";

/// How somebody can be gone.
const WAYS: [&str; 3] = ["deactivated", "deleted", "without the right"];

async fn remove(admin: &Client, user: &str, way: &str) {
    match way {
        "deactivated" => {
            let mutation = "mutation($id: ID!) { setUserActive(input: {id: $id, isActive: false}) { id } }";
            admin.ok(mutation, json!({"id": user})).await;
        }
        "deleted" => {
            admin.ok("mutation($id: ID!) { deleteUser(id: $id) { id } }", json!({"id": user})).await;
        }
        _ => {
            let roles = admin.ok("{ roles { id name } }", json!({})).await["roles"].take();
            let viewer = roles.as_array().unwrap().iter().find(|role| role["name"] == "viewer").unwrap();
            let version = admin.ok("query($id: ID!) { user(id: $id) { version } }", json!({"id": user})).await;
            let input = json!({"id": user, "expectedVersion": version["user"]["version"], "roleId": viewer["id"]});
            let mutation = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
            admin.ok(mutation, json!({"input": input})).await;
        }
    }
}

/// How many mails told the team that a person is asked for.
async fn calls(admin: &Client) -> usize {
    let mails = admin.ok("{ outbox(first: 100) { nodes { kind } } }", json!({})).await["outbox"]["nodes"].take();
    mails.as_array().unwrap().iter().filter(|mail| mail["kind"] == "CHAT_HANDOVER").count()
}

async fn status(by: &Client, talk: &Talk) -> Value {
    by.ok(HANDOVER, json!({"id": talk.id})).await["chatSession"]["handover"].take()
}

/// A visitor's session that somebody has taken, and that somebody.
async fn taken(app: &TestApp) -> (Talk, Client) {
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(app).await);
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    staff.ok(TAKE, json!({"id": talk.id})).await;
    (talk, staff)
}

async fn next(team: &mut WsClient) -> Value {
    team.event().await.unwrap()["data"]["chatHandoverChanged"].take()
}

#[tokio::test]
async fn a_message_to_somebody_who_is_gone_asks_the_team_again() {
    let app = without_model().quiet().start().await;
    let admin = app.admin().await;
    for way in WAYS {
        let (talk, staff) = taken(&app).await;
        let mut follower = talk.follow(app.address, None).await;
        follower.event().await;
        let mut team = app.ws(&admin).await;
        team.subscribe(TEAM, json!({})).await;
        next(&mut team).await;
        let user = staff.id().await;
        remove(&admin, &user, way).await;
        let before = calls(&admin).await;
        assert!(talk.say("Are you still there?").await["reply"].is_object(), "{way}: the persona answers meanwhile");
        let handover = status(&talk.by, &talk).await;
        assert_eq!(handover, json!({"status": "WAITING", "reason": "ASKED", "assignee": null}), "{way}");
        assert!(calls(&admin).await > before, "{way}");
        assert_eq!(
            follower.until("ChatHandoverChanged").await.pop().unwrap()["handover"]["status"],
            "WAITING",
            "{way}"
        );
        // What the team has seen already may come as an event too: a transaction of another test held it back.
        let waiting = json!({"sessionId": talk.id, "handover": {"status": "WAITING"}});
        while next(&mut team).await != waiting {}
        let entries = "query($id: ID!) { auditLog(first: 1, filter: {subjectId: {eq: $id}}) {
            nodes { action changes { field before after } } } }";
        let entry = admin.ok(entries, json!({"id": talk.id})).await["auditLog"]["nodes"][0].take();
        assert_eq!(entry["action"], "CHAT_SESSION_HANDOVER_REQUESTED", "{way}");
        let assignee = json!({"field": "assigneeId", "before": user, "after": null});
        assert!(entry["changes"].as_array().unwrap().contains(&assignee), "{way}: {entry:#}");
        // Once is enough.
        let called = calls(&admin).await;
        talk.say("Hello?").await;
        assert_eq!(calls(&admin).await, called, "{way}");
    }
}

#[tokio::test]
async fn whoever_has_said_it_all_before_is_told_too_that_nobody_comes() {
    let app = without_model().set("JOB_POLL_MS", 50).start().await;
    for way in WAYS {
        let (admin, (talk, staff)) = (app.admin().await, taken(&app).await);
        let mut follower = talk.follow(app.address, None).await;
        follower.event().await;
        remove(&admin, &staff.id().await, way).await;
        assert_eq!(
            follower.until("ChatHandoverChanged").await.pop().unwrap()["handover"]["status"],
            "WAITING",
            "{way}"
        );
        app.advance(TimeDelta::minutes(16));
        let told = follower.until("ChatMessageAdded").await.pop().unwrap();
        assert!(told["message"]["text"].as_str().unwrap().contains("nobody"), "{way}: {told:#}");
    }
}

#[tokio::test]
async fn what_was_given_to_somebody_who_is_gone_waits_for_all() {
    let app = without_model().set("JOB_POLL_MS", 50).start().await;
    let (admin, staff, talk) =
        (app.admin().await, app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    let staff_id = staff.id().await;
    let mut follower = talk.follow(app.address, None).await;
    follower.event().await;
    let assign = "mutation($input: AssignChatSessionInput!) { assignChatSession(input: $input) { id } }";
    admin.ok(assign, json!({"input": {"id": talk.id, "userId": staff_id}})).await;
    follower.until("ChatHandoverChanged").await;
    let before = calls(&admin).await;
    remove(&admin, &staff_id, "deactivated").await;
    let changed = follower.until("ChatHandoverChanged").await.pop().unwrap()["handover"].take();
    assert_eq!((&changed["status"], &changed["assignee"]), (&json!("WAITING"), &Value::Null));
    assert!(calls(&admin).await > before);
}

#[tokio::test]
async fn a_session_of_somebody_who_can_answer_stays_theirs() {
    let app = without_model().start().await;
    let admin = app.admin().await;
    let (talk, staff) = taken(&app).await;
    let (other_talk, other) = taken(&app).await;
    let mut follower = other_talk.follow(app.address, None).await;
    follower.event().await;
    remove(&admin, &other.id().await, "deactivated").await;
    follower.until("ChatHandoverChanged").await;
    assert_eq!(status(&talk.by, &talk).await["assignee"]["userId"], staff.id().await);
    assert_eq!(talk.say("Still there?").await["reply"], Value::Null);
}

#[tokio::test]
async fn somebody_else_takes_over_from_who_is_gone() {
    let app = without_model().quiet().start().await;
    let admin = app.admin().await;
    for way in WAYS {
        let ((talk, staff), other) = (taken(&app).await, app.user(SystemRole::Counselor).await);
        assert_eq!(other.code(TAKE, json!({"id": talk.id})).await, "CONFLICT", "{way}");
        remove(&admin, &staff.id().await, way).await;
        let taken = other.ok(TAKE, json!({"id": talk.id})).await["takeOverChatSession"]["handover"].take();
        assert_eq!(taken["status"], "TAKEN", "{way}");
        assert_eq!(status(&talk.by, &talk).await["assignee"]["userId"], other.id().await, "{way}");
    }
}

#[tokio::test]
async fn who_asked_for_a_person_takes_that_back() {
    let app = without_model().set("JOB_POLL_MS", 50).start().await;
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    let id = json!({"id": talk.id});
    assert_eq!(talk.by.ok(WITHDRAW, id.clone()).await["withdrawChatHandover"]["handover"]["status"], "NONE");
    let mut follower = talk.follow(app.address, None).await;
    follower.event().await;
    talk.by.ok(REQUEST, id.clone()).await;
    // Only who asked: not the team, nor another visitor.
    assert_eq!(staff.code(WITHDRAW, id.clone()).await, "FORBIDDEN");
    assert_eq!(Talk::of_a_visitor(&app).await.by.code(WITHDRAW, id.clone()).await, "NOT_FOUND");
    assert_eq!(app.anonymous().code(WITHDRAW, id.clone()).await, "UNAUTHENTICATED");
    let handover = talk.by.ok(WITHDRAW, id.clone()).await["withdrawChatHandover"]["handover"].take();
    assert_eq!(handover, json!({"status": "RETURNED", "assignee": null}));
    let told: Vec<_> =
        [follower.event().await, follower.event().await].map(|event| event["handover"]["status"].clone()).into();
    assert_eq!(told, ["WAITING", "RETURNED"]);
    // Nobody is missed who is not waited for.
    app.advance(TimeDelta::minutes(16));
    let admin = app.admin().await;
    let jobs = "{ jobs(filter: {kind: {eq: CHAT_UNANSWERED}}) { nodes { id } } }";
    let job = admin.ok(jobs, json!({})).await["jobs"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(crate::support::patience(admin.finished(&job)).await["status"], "COMPLETED");
    assert_eq!(talk.messages().await.len(), 1, "the greeting alone");
    // Asked for again, and answered: then it is too late.
    talk.by.ok(REQUEST, id.clone()).await;
    app.user(SystemRole::Counselor).await.ok(TAKE, id.clone()).await;
    assert_eq!(talk.by.code(WITHDRAW, id).await, "CONFLICT");
}
