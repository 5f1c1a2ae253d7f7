//! Stopping a reply, and having it written again.

use serde_json::{Value, json};

use super::{Behaviour, Screen, Talk, course, names, started};
use crate::support::{TestApp, patience};

const STOP: &str = "mutation($id: ID!) { stopChatReply(id: $id) { id text status } }";
const AGAIN: &str = "mutation($id: ID!) { regenerateChatReply(id: $id) { id text status } }";

#[tokio::test]
async fn a_reply_that_is_stopped_keeps_what_there_is_and_the_next_one_is_written() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    model.once(Behaviour::Silence("It is late, ".to_owned()));
    model.once(Behaviour::say("To the second."));
    let reply = talk.say("What is momentum?").await["reply"]["id"].take();
    talk.say("What is leverage?").await;
    let mut events = follower.until("ChatReplyDelta").await;
    while Screen::of(&events).replies.values().all(|text| text != "It is late,") {
        events.push(follower.event().await);
    }
    let stopped = talk.by.ok(STOP, json!({"id": reply})).await["stopChatReply"].take();
    assert_eq!(stopped, json!({"id": reply, "text": "It is late,", "status": "STOPPED"}));
    let told = follower.until("ChatReplyStopped").await;
    assert_eq!(told.last().unwrap()["reply"], stopped);
    let next = follower.until_answered().await;
    assert_eq!(next.last().unwrap()["reply"]["text"], "To the second.");
    assert_eq!(course(&next).first(), Some(&"ChatReplyStarted"));
    let states: Vec<Value> = talk.messages().await.iter().map(|message| message["status"].clone()).collect();
    assert_eq!(states, ["COMPLETED", "COMPLETED", "STOPPED", "COMPLETED", "COMPLETED"].map(Value::from));
    // What ended stays as it is.
    assert_eq!(talk.by.ok(STOP, json!({"id": reply})).await["stopChatReply"], stopped);
}

#[tokio::test]
async fn a_reply_that_waits_can_be_stopped_before_it_begins() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    model.once(Behaviour::Held("To the ".to_owned(), "first.".to_owned()));
    talk.say("What is momentum?").await;
    model.has_got(1).await;
    let second = talk.say("What is leverage?").await["reply"]["id"].take();
    talk.by.ok(STOP, json!({"id": second})).await;
    model.release();
    let mut events = follower.until_answered().await;
    model.once(Behaviour::say("To the third."));
    talk.say("What is volatility?").await;
    events.extend(follower.until_answered().await);
    assert_eq!(names(&events).iter().filter(|name| **name == "ChatReplyStarted").count(), 2);
    assert_eq!(model.count(), 2);
    let last = events.last().unwrap();
    assert_eq!(last["reply"]["text"], "To the third.");
}

#[tokio::test]
async fn a_reply_that_is_written_again_takes_the_place_of_the_one_before() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    model.once(Behaviour::say("The first try."));
    let events = talk.answered(app.address, "What is momentum?").await;
    let before = events.last().unwrap()["reply"]["id"].clone();
    let mut follower = talk.follow(app.address, None).await;
    follower.event().await;
    model.once(Behaviour::say("The second try."));
    let again = talk.by.ok(AGAIN, json!({"id": before})).await["regenerateChatReply"].take();
    assert_eq!((&again["status"], &again["text"]), (&json!("PENDING"), &json!("")));
    let events = follower.until_answered().await;
    assert_eq!(events[0]["supersedes"]["id"], before);
    assert_eq!(events.last().unwrap()["reply"]["id"], again["id"]);
    // The model did not see its first try.
    assert!(!model.requests()[1].body.to_string().contains("The first try."));
    let texts: Vec<Value> = talk.messages().await.iter().skip(1).map(|message| message["text"].clone()).collect();
    assert_eq!(texts, ["What is momentum?", "The second try."].map(Value::from));
    let all = "query($id: ID!) { chatSession(id: $id) { messages(includeSuperseded: true) { totalCount nodes { id supersededBy { id } } } } }";
    let all = talk.by.ok(all, json!({"id": talk.id})).await["chatSession"]["messages"].take();
    assert_eq!(
        (&all["totalCount"], &all["nodes"][2]),
        (&json!(4), &json!({"id": before, "supersededBy": {"id": again["id"]}}))
    );
}

#[tokio::test]
async fn only_the_last_reply_that_has_ended_is_written_again() {
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let greeting = talk.messages().await[0]["id"].clone();
    let sent = talk.say("What is momentum?").await;
    for (id, code) in
        [(&greeting, "NOT_FOUND"), (&sent["message"]["id"], "NOT_FOUND"), (&sent["reply"]["id"], "CONFLICT")]
    {
        assert_eq!(talk.by.code(AGAIN, json!({"id": id})).await, code);
    }
    talk.by.ok(STOP, json!({"id": sent["reply"]["id"]})).await;
    talk.say("What is leverage?").await;
    assert_eq!(talk.by.code(AGAIN, json!({"id": sent["reply"]["id"]})).await, "CONFLICT");
}

#[tokio::test]
async fn the_job_of_a_reply_is_not_steered_past_its_session() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    talk.say("What is momentum?").await;
    let jobs = "{ jobs(filter: {kind: {eq: REPLY_IN_CHAT}}) { nodes { id owner { id } } } }";
    let job = admin.ok(jobs, json!({})).await["jobs"]["nodes"][0].take();
    assert_eq!(job["owner"], Value::Null);
    for steer in ["cancelJob", "retryJob"] {
        let steer = format!("mutation($id: ID!) {{ {steer}(id: $id) {{ id }} }}");
        assert_eq!(admin.code(&steer, json!({"id": job["id"]})).await, "CONFLICT");
    }
}

#[tokio::test]
async fn a_session_can_be_deleted_while_a_reply_is_written() {
    let (model, app) = started().await;
    let admin = app.admin().await;
    let talk = Talk::begin(&admin).await;
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    model.once(Behaviour::Held("It is ".to_owned(), "late.".to_owned()));
    talk.say("What is momentum?").await;
    follower.until("ChatReplyDelta").await;
    admin.ok("mutation($id: ID!) { deleteChatSession(id: $id) { id } }", json!({"id": talk.id})).await;
    model.release();
    let events = follower.until("ChatSessionDeleted").await;
    assert_eq!(names(&events).last(), Some(&"ChatSessionDeleted"));
    let jobs = "{ jobs(filter: {kind: {eq: REPLY_IN_CHAT}}) { nodes { id } } }";
    let job = admin.ok(jobs, json!({})).await["jobs"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    // The job finds nothing left to do, and says nothing more in the session.
    assert_eq!(patience(admin.finished(&job)).await["status"], "COMPLETED");
    let said = format!("SELECT id FROM events WHERE topic = 'session:{}'", talk.id);
    assert_eq!(app.count(&said).await, 1);
}
