//! Models that fail: the reply comes all the same, and half an answer is never called whole.

use serde_json::{Value, json};

use super::{Behaviour, Screen, Talk, TestApp, course, started, with_model, without_model};
use crate::support::llm::{Dialect, StandIn};

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
    assert_eq!((&last["message"]["author"], &last["message"]["model"]), (&json!("BUILT_IN"), &Value::Null));
    assert_eq!(Screen::of(before).text(), last["message"]["text"].as_str().unwrap());
    assert_eq!((&stored["state"], &stored["text"]), (&json!("COMPLETED"), &last["message"]["text"]));
    assert!(!stored["text"].as_str().unwrap().contains("Half of an answer"), "{stored:#}");
}

#[tokio::test]
async fn without_a_model_the_notes_answer_in_the_voice_of_the_persona() {
    let app = without_model().start().await;
    let (events, stored) = asked(&app).await;
    assert_built_in(&events, &stored);
    let message = &events.last().unwrap()["message"];
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
        assert_eq!((&last["message"]["author"], &stored["text"]), (&json!("MODEL"), &json!("A whole answer.")));
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
        assert_eq!(events.last().unwrap()["message"]["text"], "A whole answer.");
    }
}
