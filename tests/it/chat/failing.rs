//! Models that fail: the reply comes all the same, and half an answer is never called whole.

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{Behaviour, CREATE, Screen, Talk, course, started, with_model, without_model};
use crate::support::{
    TestApp, TestDb,
    llm::{Dialect, StandIn},
};

/// A question that the notes which come with the server answer.
const QUESTION: &str = "What do you think about momentum trading?";

fn half() -> String {
    "Half of an answer, ".to_owned()
}

/// What happens when somebody asks, and what is stored then.
async fn asked(app: &TestApp) -> (Vec<Value>, Value) {
    let talk = Talk::of_a_visitor(app).await;
    let events = talk.answered(app.address, QUESTION).await;
    let stored = talk.messages().await[2].clone();
    (events, stored)
}

fn assert_built_in(events: &[Value], stored: &Value) {
    let (last, before) = events.split_last().unwrap();
    assert_eq!((&last["reply"]["author"], &last["reply"]["model"]), (&json!("BUILT_IN"), &Value::Null));
    assert_eq!(Screen::of(before).text(), last["reply"]["text"].as_str().unwrap());
    assert_eq!((&stored["status"], &stored["text"]), (&json!("COMPLETED"), &last["reply"]["text"]));
    assert!(!stored["text"].as_str().unwrap().contains("Half of an answer"), "{stored:#}");
}

#[tokio::test]
async fn without_a_model_the_notes_answer_in_the_voice_of_the_persona() {
    let app = without_model().start().await;
    let (events, stored) = asked(&app).await;
    assert_built_in(&events, &stored);
    let message = &events.last().unwrap()["reply"];
    let (text, citation) = (message["text"].as_str().unwrap(), &message["citations"][0]);
    assert!(text.contains("[1]"), "{text}");
    assert_eq!(citation["index"], 1);
    // What is quoted stands in the passage that is cited.
    let (_, quoted) = text.split_once(": ").unwrap();
    let quoted = quoted.split(" [1]").next().unwrap().trim_end_matches('…');
    let passage = citation["quote"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(passage.contains(&quoted.chars().take(60).collect::<String>()), "{quoted}\n{passage}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_begun_anew() {
    let (model, app) = started().await;
    for broken in [Behaviour::Cut(half()), Behaviour::NoEnd(half()), Behaviour::Fail(half(), "out of memory")] {
        model.once(broken.clone());
        model.once(Behaviour::say("A whole answer."));
        let (events, stored) = asked(&app).await;
        let expected = [
            "ChatMessageAdded",
            "ChatReplyStarted",
            "ChatReplyDelta",
            "ChatReplyReplaced",
            "ChatReplyDelta",
            "ChatReplyCompleted",
        ];
        assert_eq!(course(&events), expected, "{broken:?}");
        let (last, before) = events.split_last().unwrap();
        assert_eq!(Screen::of(before).text(), "A whole answer.", "{broken:?}");
        assert_eq!((&last["reply"]["author"], &stored["text"]), (&json!("MODEL"), &json!("A whole answer.")));
    }
}

#[tokio::test]
async fn a_model_that_always_breaks_off_is_done_without() {
    let (model, app) = started().await;
    model.always(Behaviour::Cut(half()));
    let (events, stored) = asked(&app).await;
    assert_built_in(&events, &stored);
    assert!(course(&events).contains(&"ChatReplyReplaced"));
}

#[tokio::test]
async fn a_model_that_falls_silent_is_done_without() {
    let model = StandIn::start(Dialect::OpenAi).await;
    model.aside(Behaviour::say("{}"));
    model.always(Behaviour::Silence(half()));
    let app = with_model(&model).set("LLM_IDLE_SECONDS", 1).start().await;
    let (events, stored) = asked(&app).await;
    assert_built_in(&events, &stored);
}

#[tokio::test]
async fn a_model_that_answers_nothing_of_use_is_done_without() {
    let (model, app) = started().await;
    for useless in [
        Behaviour::status(500),
        Behaviour::busy("1"),
        Behaviour::status(401),
        Behaviour::Body("text/event-stream", "data: {\"what\": 7}\n\n".to_owned()),
        Behaviour::Body("text/html", "<h1>It works!</h1>".to_owned()),
        Behaviour::Endless("text/event-stream"),
        Behaviour::say(" \n "),
        Behaviour::SayUntil(half(), "length"),
        Behaviour::SayUntil(half(), "content_filter"),
    ] {
        model.always(useless.clone());
        let (events, stored) = asked(&app).await;
        assert_built_in(&events, &stored);
        assert_eq!(course(&events).last(), Some(&"ChatReplyCompleted"), "{useless:?}");
    }
}

#[tokio::test]
async fn what_a_model_cannot_read_does_not_hold_up_the_reply() {
    let (model, app) = started().await;
    for useless in [Behaviour::status(500), Behaviour::say("I am no JSON"), Behaviour::say("{\"name\": 7}")] {
        model.aside(useless);
        model.once(Behaviour::say("A whole answer."));
        let (events, _) = asked(&app).await;
        assert_eq!(events.last().unwrap()["reply"]["text"], "A whole answer.");
    }
}

#[tokio::test]
async fn a_model_answers_alone_when_the_notes_cannot_be_searched() {
    let (model, app) = started().await;
    let owner = app.app.db.owner();
    owner.execute_unprepared("ALTER TABLE knowledge_passages RENAME TO gone_passages").await.unwrap();
    owner.execute_unprepared("ALTER TABLE knowledge_documents RENAME TO gone_documents").await.unwrap();
    model.once(Behaviour::say("From my own head [1]."));
    let (events, _) = asked(&app).await;
    let message = &events.last().unwrap()["reply"];
    assert_eq!((&message["text"], &message["citations"]), (&json!("From my own head."), &json!([])));
}

#[tokio::test]
async fn a_reply_that_nobody_can_write_fails_with_a_code_and_the_next_one_is_tried() {
    let db = TestDb::new().await;
    let bundled = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/personas/support.toml");
    let persona = std::fs::read_to_string(bundled).unwrap().replace("id = \"support\"", "id = \"gone\"");
    let folder = db.folder().join("personas");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("gone.toml"), persona).unwrap();
    let knows = without_model().without_worker().on(&db).set("PERSONAS_DIR", folder.display()).start().await;
    let made = knows.anonymous().ok(CREATE, json!({"input": {"persona": "gone"}})).await["createChatSession"].take();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let by = knows.anonymous().with_token(made["visitorToken"].as_str().unwrap());
    let talk = Talk { by, id: text(&made["session"]["id"]), start: text(&made["session"]["cursor"]) };
    let mut follower = talk.follow(knows.address, Some(&talk.start)).await;
    let sent = talk.say(QUESTION).await;
    talk.say(QUESTION).await;
    // A server that does not know the persona works on it.
    let works = without_model().on(&db).start().await;
    for _ in 0..2 {
        let events = follower.until("ChatReplyFailed").await;
        assert_eq!(events.last().unwrap()["error"], json!({"code": "NOT_FOUND", "retryable": false}));
    }
    let stored = talk.messages().await[2].clone();
    assert_eq!((&stored["id"], &stored["status"]), (&sent["reply"]["id"], &json!("FAILED")));
    assert_eq!((&stored["error"], &stored["text"]), (&json!({"code": "NOT_FOUND"}), &json!("")));
    drop(works);
}

#[tokio::test]
async fn a_reply_whose_workers_are_lost_again_and_again_ends_and_can_be_written_again() {
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let reply = talk.say(QUESTION).await["reply"]["id"].take();
    // Three may fail, and these have not; a reply that loses its worker ten times is what ends the workers.
    let lost = "UPDATE jobs SET attempt = 10 WHERE kind = 'reply_in_chat'";
    app.app.db.owner().execute_unprepared(lost).await.unwrap();
    let works = without_model().on(&app.db).start().await;
    let talk = talk.at(works.address);
    let mut follower = talk.follow(works.address, Some(&talk.start)).await;
    let events = follower.until("ChatReplyFailed").await;
    assert_eq!(events.last().unwrap()["error"], json!({"code": "INTERNAL", "retryable": true}));
    let again = "mutation($id: ID!) { regenerateChatReply(id: $id) { id } }";
    talk.by.ok(again, json!({"id": reply})).await;
    let events = follower.until_answered().await;
    assert_eq!(events.last().unwrap()["reply"]["author"], "BUILT_IN");
}
