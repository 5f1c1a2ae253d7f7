//! A person is not wanted any more, in words; and what is said when one has left.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{Behaviour, Talk, started, without_model};
use crate::support::{Client, TestApp, patience};

const HANDOVER: &str = "query($id: ID!) { chatSession(id: $id) { handover { status assignee { userId } } } }";
const REQUEST: &str = "mutation($id: ID!) { requestChatHandover(id: $id) { id } }";
const TAKE: &str = "mutation($id: ID!) { takeOverChatSession(id: $id) { handover { assignee { userId } } } }";
const RETURN: &str = "mutation($id: ID!) { returnChatSession(id: $id) { id } }";
const AGAIN: &str = "mutation($id: ID!) { regenerateChatReply(id: $id) { id } }";

const NO_MORE: &str = "Fine, I've told the day shift to sleep on";
const LEFT: &str = "The day shift has left this chat.";
const ASKED: &str = "A person will answer here";

async fn status(talk: &Talk) -> Value {
    talk.by.ok(HANDOVER, json!({"id": talk.id})).await["chatSession"]["handover"]["status"].take()
}

async fn answer(app: &TestApp, talk: &Talk, text: &str) -> String {
    let events = talk.answered(app.address, text).await;
    events.last().unwrap()["reply"]["text"].as_str().unwrap().to_owned()
}

/// What the audit log tells of a session, the newest first.
async fn audited(admin: &Client, talk: &Talk) -> Vec<String> {
    let entries = "query($id: ID!) { auditLog(filter: {subjectId: {eq: $id}}) { nodes { action } } }";
    let nodes = admin.ok(entries, json!({"id": talk.id})).await["auditLog"]["nodes"].take();
    let action = |entry: &Value| entry["action"].as_str().unwrap().replace("CHAT_SESSION_", "").to_lowercase();
    nodes.as_array().unwrap().iter().map(action).collect()
}

#[tokio::test]
async fn who_waits_for_a_person_takes_that_back_in_words() {
    let app = without_model().set("JOB_POLL_MS", 50).start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    answer(&app, &talk, "Can I speak to a human, please?").await;
    assert_eq!(status(&talk).await, "WAITING");
    let mut follower = talk.follow(app.address, None).await;
    follower.event().await;
    talk.say("never mind, I don't need a human any more").await;
    let events = follower.until_answered().await;
    let changed = events.iter().find(|event| event["__typename"] == "ChatHandoverChanged").unwrap();
    assert_eq!(changed["handover"]["status"], "RETURNED");
    let reply = events.last().unwrap()["reply"].clone();
    let text = reply["text"].as_str().unwrap();
    assert!(text.starts_with(NO_MORE) && !text.contains(ASKED), "{text}");
    assert_eq!(reply["citations"], json!([]), "it asks the notes for nothing: {text}");
    assert_eq!(status(&talk).await, "RETURNED");
    assert_eq!(audited(&admin, &talk).await, ["handover_withdrawn", "handover_requested", "created"]);
    // Nobody is missed who is not waited for.
    let said = talk.messages().await.len();
    app.advance(TimeDelta::minutes(16));
    let jobs = "{ jobs(filter: {kind: {eq: CHAT_UNANSWERED}}) { nodes { id } } }";
    let job = app.admin().await.ok(jobs, json!({})).await["jobs"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(patience(app.admin().await.finished(&job)).await["status"], "COMPLETED");
    assert_eq!(talk.messages().await.len(), said);
    answer(&app, &talk, "I want to talk to a real person after all").await;
    assert_eq!(status(&talk).await, "WAITING");
}

#[tokio::test]
async fn what_is_asked_beside_is_answered_and_no_field_counts_as_refused() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let asked = answer(&app, &talk, "Can I speak to a human, please?").await;
    assert!(asked.contains('?'), "an address is asked for: {asked}");
    let said = answer(&app, &talk, "No need for an agent, thanks. What is momentum?").await;
    assert!(said.starts_with(NO_MORE) && said.contains("[1]"), "{said}");
    assert!(!said.contains("Privacy is the last") && !said.contains("my positions"), "{said}");
    // It is said once.
    assert!(!answer(&app, &talk, "What is liquidity?").await.contains(NO_MORE));
}

#[tokio::test]
async fn such_words_change_nothing_where_nobody_is_waited_for() {
    let app = without_model().start().await;
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    let said = answer(&app, &talk, "I don't need a human, what is momentum?").await;
    assert!(!said.contains(NO_MORE) && said.contains("[1]"), "{said}");
    assert_eq!(status(&talk).await, "NONE");
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    staff.ok(TAKE, json!({"id": talk.id})).await;
    // The person reads it, and gives the session back or not.
    assert_eq!(talk.say("forget the handover").await["reply"], Value::Null);
    assert_eq!(status(&talk).await, "TAKEN");
}

#[tokio::test]
async fn who_answers_still_sees_where_a_person_is_asked_for_no_more() {
    let app = without_model().start().await;
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    let id = json!({"id": talk.id});
    assert_eq!(staff.ok(HANDOVER, id.clone()).await["chatSession"], Value::Null);
    talk.by.ok(REQUEST, id.clone()).await;
    talk.by.ok("mutation($id: ID!) { withdrawChatHandover(id: $id) { id } }", id.clone()).await;
    assert_eq!(staff.ok(HANDOVER, id).await["chatSession"]["handover"]["status"], "RETURNED");
    let listed = staff.ok("{ chatSessions { nodes { id } } }", json!({})).await["chatSessions"]["nodes"].take();
    assert_eq!(listed, json!([{"id": talk.id}]));
}

#[tokio::test]
async fn who_refuses_a_person_asks_for_none_and_is_counted_by_what_is_asked_beside() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    for text in [
        "I don't need a human",
        "Xylophone zebrawood quizzaciously?",
        "I don't need support any longer",
        // The second question without an answer, of somebody who wants nobody.
        "I don't need a human, what is a zorblax frobnicator?",
    ] {
        let said = answer(&app, &talk, text).await;
        assert!(!said.contains(ASKED) && !said.contains(NO_MORE), "{text}: {said}");
        assert_eq!(status(&talk).await, "NONE", "{text}");
    }
    let said = answer(&app, &talk, "Frobnicate the zorblax?").await;
    assert!(said.contains(ASKED), "{said}");
}

#[tokio::test]
async fn a_request_is_no_question_without_an_answer() {
    let app = without_model().start().await;
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    answer(&app, &talk, "Can I speak to a human, please?").await;
    staff.ok(RETURN, json!({"id": talk.id})).await;
    // The first one: two ask for a person.
    assert!(!answer(&app, &talk, "Xylophone zebrawood quizzaciously?").await.contains(ASKED));
    assert_eq!(status(&talk).await, "RETURNED");
}

#[tokio::test]
async fn a_person_is_asked_for_again_and_taken_back_in_any_order() {
    let app = without_model().start().await;
    let create = "mutation { createChatSession(input: {persona: \"support\"}) { visitorToken session { id cursor } } }";
    let made = app.anonymous().ok(create, json!({})).await["createChatSession"].take();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let by = app.anonymous().with_token(&text(&made["visitorToken"]));
    let talk = Talk { by, id: text(&made["session"]["id"]), start: text(&made["session"]["cursor"]) };
    let (asked, no_more) = ("We have asked a colleague", "All right, no colleague is asked for any more.");
    for (text, begins, expected) in [
        ("Can I speak to a human, please?", asked, "WAITING"),
        ("I want to talk to a real person", asked, "WAITING"),
        ("Forget the agent. Actually, connect me with a human.", asked, "WAITING"),
        ("never mind, no agent needed", no_more, "RETURNED"),
        ("I need an agent please", asked, "WAITING"),
        ("I want to talk to a person. No wait, I don't need a human.", no_more, "RETURNED"),
        ("I want to talk to a person. No wait, I don't need a human.", "Good.", "RETURNED"),
        ("connect me with a colleague after all", asked, "WAITING"),
        // So is a matter that the persona leaves to people.
        ("I want to make a complaint about it", asked, "WAITING"),
    ] {
        let said = answer(&app, &talk, text).await;
        assert!(said.starts_with(begins), "{text}: {said}");
        assert!(!said.contains("found nothing") && !said.contains("do not answer"), "{text}: {said}");
        assert_eq!(status(&talk).await, expected, "{text}");
    }
    let admin = app.admin().await;
    let [requested, withdrawn] = ["handover_requested", "handover_withdrawn"];
    let expected = [requested, withdrawn, requested, withdrawn, requested, "created"];
    assert_eq!(audited(&admin, &talk).await, expected);
}

#[tokio::test]
async fn that_a_person_has_left_is_said_once() {
    let app = without_model().start().await;
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    let id = json!({"id": talk.id});
    // Who has not come has not left.
    talk.by.ok(REQUEST, id.clone()).await;
    staff.ok(RETURN, id.clone()).await;
    assert!(!answer(&app, &talk, "What is momentum?").await.contains(LEFT));
    staff.ok(TAKE, id.clone()).await;
    staff.ok(RETURN, id).await;
    let said = answer(&app, &talk, "What is momentum?").await;
    assert!(said.starts_with(LEFT) && said.contains("[1]") && !said.contains(ASKED), "{said}");
    // Written again it says so again, and the next does not.
    let reply = talk.messages().await.last().unwrap()["id"].clone();
    let mut follower = talk.follow(app.address, None).await;
    follower.event().await;
    talk.by.ok(AGAIN, json!({"id": reply})).await;
    let again = follower.until_answered().await.pop().unwrap()["reply"]["text"].take();
    assert!(again.as_str().unwrap().starts_with(LEFT), "{again}");
    assert!(!answer(&app, &talk, "What is liquidity?").await.contains(LEFT));
}

#[tokio::test]
async fn that_a_person_is_gone_is_said_with_who_is_waited_for() {
    let app = without_model().start().await;
    let (staff, admin, talk) =
        (app.user(SystemRole::Counselor).await, app.admin().await, Talk::of_a_visitor(&app).await);
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    let taken = staff.ok(TAKE, json!({"id": talk.id})).await["takeOverChatSession"]["handover"]["assignee"].take();
    let mut follower = talk.follow(app.address, None).await;
    follower.event().await;
    let mutation = "mutation($id: ID!) { setUserActive(input: {id: $id, isActive: false}) { id } }";
    admin.ok(mutation, json!({"id": taken["userId"]})).await;
    follower.until("ChatHandoverChanged").await;
    let said = answer(&app, &talk, "What is momentum?").await;
    assert!(said.starts_with(LEFT) && said.contains(ASKED) && said.contains("[1]"), "{said}");
    let next = answer(&app, &talk, "What is liquidity?").await;
    assert!(!next.contains(LEFT) && !next.contains(ASKED), "{next}");
}

#[tokio::test]
async fn the_server_says_it_also_before_what_a_model_writes() {
    let (model, app) = started().await;
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    for mutation in [TAKE, RETURN] {
        staff.ok(mutation, json!({"id": talk.id})).await;
    }
    // What the persona's file does not say is said in the usual words.
    let left = "Whoever of our team answered here has left; I am back.";
    model.once(Behaviour::say("Momentum is fickle."));
    assert_eq!(answer(&app, &talk, "What is momentum?").await, format!("{left}\n\nMomentum is fickle."));
    model.once(Behaviour::say("Liquidity is fickle."));
    assert_eq!(answer(&app, &talk, "What is liquidity?").await, "Liquidity is fickle.");
    // Whether somebody comes is not left to the model.
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    let said = answer(&app, &talk, "never mind, I don't need a human any more").await;
    assert!(said.starts_with("All right: our team is not asked for a person any more."), "{said}");
}
