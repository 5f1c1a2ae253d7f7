//! Answers that hold no value, questions back, and people who are only spoken of: none of these is looked for in the notes,
//! and none asks for a person.

use serde_json::{Value, json};

use super::{Talk, without_model};
use crate::support::TestApp;

/// Says something and returns the message that answers it.
async fn answer(app: &TestApp, talk: &Talk, text: &str) -> Value {
    talk.answered(app.address, text).await.last().unwrap()["reply"].clone()
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

async fn handover(talk: &Talk) -> Value {
    let query = "query($id: ID!) { chatSession(id: $id) { handover { status } } }";
    talk.by.ok(query, json!({"id": talk.id})).await["chatSession"]["handover"]["status"].take()
}

/// A visitor's talk with the persona of support.
async fn with_support(app: &TestApp) -> Talk {
    let create = "mutation { createChatSession(input: {persona: \"support\"}) { visitorToken session { id cursor } } }";
    let made = app.anonymous().ok(create, json!({})).await["createChatSession"].take();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let by = app.anonymous().with_token(&text(&made["visitorToken"]));
    Talk { by, id: text(&made["session"]["id"]), start: text(&made["session"]["cursor"]) }
}

/// Whether a reply takes a refusal as one.
fn is_at_ease(message: &Value) -> bool {
    text(message).starts_with("Fair enough") || text(message).starts_with("No problem")
}

#[tokio::test]
async fn short_answers_without_a_value_are_no_questions_and_ask_for_nobody() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    answer(&app, &talk, "What do you think about momentum trading?").await;
    let unnamed = answer(&app, &talk, "prefer not to").await;
    assert!(is_at_ease(&unnamed) && unnamed["citations"] == json!([]), "{unnamed:#}");
    // The address is asked for, and asked for again when it is not whole.
    let cut = answer(&app, &talk, "peter@").await;
    assert!(text(&cut).starts_with("That address is not complete.") && text(&cut).contains('?'), "{cut:#}");
    assert!(is_at_ease(&answer(&app, &talk, "none").await));
    // So is the income, and why is no question to the notes.
    let why = answer(&app, &talk, "why do you ask?").await;
    assert!(text(&why).starts_with("So that the day shift") && text(&why).contains('?'), "{why:#}");
    let unclear = answer(&app, &talk, "kr 45 000 i måneden").await;
    assert!(text(&unclear).contains("which currency") && text(&unclear).contains('?'), "{unclear:#}");
    let two = answer(&app, &talk, "$85,000 or 90,000 EUR").await;
    assert!(text(&two).contains("which currency") && text(&two).contains('?'), "{two:#}");
    assert!(is_at_ease(&answer(&app, &talk, "between jobs").await));
    assert_eq!(handover(&talk).await, "NONE");
}

#[tokio::test]
async fn a_refusal_counts_for_what_is_still_open_when_something_came_in_between() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    // Name, address and income are asked for, and then nothing.
    for _ in 0..4 {
        answer(&app, &talk, "What do you think about momentum trading?").await;
    }
    let refused = answer(&app, &talk, "I'd rather not say").await;
    assert!(is_at_ease(&refused) && refused["citations"] == json!([]), "{refused:#}");
    assert_eq!(handover(&talk).await, "NONE");
}

#[tokio::test]
async fn who_it_is_it_says_and_takes_for_no_matter() {
    let app = without_model().start().await;
    let talk = with_support(&app).await;
    let first = answer(&app, &talk, "Wer bist du?").await;
    assert!(text(&first).starts_with("I am the support assistant") && first["citations"] == json!([]), "{first:#}");
    answer(&app, &talk, "Dana Scully, dana@example.com").await;
    let second = answer(&app, &talk, "Wer bist du?").await;
    assert!(text(&second).starts_with("I am the support assistant"), "{second:#}");
    let query = "query($id: ID!) { chatSession(id: $id) { collected { key value } } }";
    let known = talk.by.ok(query, json!({"id": talk.id})).await["chatSession"]["collected"].take();
    let topic = known.as_array().unwrap().iter().find(|field| field["key"] == "topic").unwrap().clone();
    assert_eq!(topic["value"], Value::Null);
}

#[tokio::test]
async fn a_department_is_asked_for_and_people_who_are_spoken_of_are_not() {
    // No worker: what the notes hold on it does not matter here.
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    for text in ["Is there a human side of trading?", "Are there human traders left?"] {
        talk.say(text).await;
        assert_eq!(handover(&talk).await, "NONE", "{text}");
    }
    talk.say("I would like to speak with sales").await;
    assert_eq!(handover(&talk).await, "WAITING");
}
