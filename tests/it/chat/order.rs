//! Several messages at once, and the same message twice.

use serde_json::{Value, json};

use super::{Behaviour, SEND, Screen, Talk, names, started};
use crate::support::TestApp;

#[tokio::test]
async fn messages_are_answered_one_after_the_other_in_their_order() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    model.once(Behaviour::Held("To the ".to_owned(), "first.".to_owned()));
    model.once(Behaviour::say("To the second."));
    model.once(Behaviour::say("To the third."));
    talk.say("What is momentum?").await;
    model.has_got(1).await;
    talk.say("What is leverage?").await;
    talk.say("What is volatility?").await;
    let states = |messages: Vec<Value>| messages.iter().map(|message| message["status"].clone()).collect::<Vec<_>>();
    let expected = ["COMPLETED", "COMPLETED", "STREAMING", "COMPLETED", "PENDING", "COMPLETED", "PENDING"];
    assert_eq!(states(talk.messages().await), expected.map(Value::from));
    model.release();
    let mut events = Vec::new();
    for _ in 0..3 {
        events.extend(follower.until_answered().await);
    }
    let told: Vec<_> = events.iter().filter(|event| event["__typename"] == "ChatReplyCompleted").collect();
    let texts: Vec<_> = told.iter().map(|event| event["reply"]["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["To the first.", "To the second.", "To the third."]);
    let started = names(&events).into_iter().filter(|name| ["ChatReplyStarted", "ChatReplyCompleted"].contains(name));
    assert_eq!(started.collect::<Vec<_>>(), ["ChatReplyStarted", "ChatReplyCompleted"].repeat(3));
    // The second answer knew the first one, and not the third question.
    let second = model.requests()[1].body["messages"].to_string();
    assert!(
        second.contains("To the first.")
            && second.contains("What is leverage?")
            && !second.contains("What is volatility?"),
        "{second}"
    );
    assert_eq!(Screen::of(&events).said, ["What is momentum?", "What is leverage?", "What is volatility?"]);
}

#[tokio::test]
async fn messages_that_come_in_one_moment_are_all_answered_once() {
    let (_model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    let texts: Vec<_> = (0..8).map(|n| format!("What is volatility, question {n}?")).collect();
    futures_util::future::join_all(texts.iter().map(|text| talk.say(text))).await;
    let mut events = Vec::new();
    for _ in 0..8 {
        events.extend(follower.until_answered().await);
    }
    let screen = Screen::of(&events);
    assert_eq!((screen.whole.len(), screen.replies.len()), (8, 8));
    let stored = talk.messages().await;
    assert_eq!(stored.len(), 17);
    let pairs: Vec<_> = stored[1..].chunks(2).map(|pair| pair[1]["replyTo"]["id"] == pair[0]["id"]).collect();
    assert_eq!(pairs, [true; 8]);
}

#[tokio::test]
async fn only_so_many_messages_wait_for_a_reply() {
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    for n in 0..10 {
        talk.say(&format!("What is volatility, question {n}?")).await;
    }
    assert_eq!(talk.refused("One more?").await["extensions"]["code"], "CONFLICT");
    assert_eq!(talk.messages().await.len(), 21);
}

#[tokio::test]
async fn a_message_that_is_sent_again_by_its_key_is_one() {
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let with_key = |text: &str| json!({"input": {"sessionId": talk.id, "text": text, "idempotencyKey": "k1"}});
    let sent = futures_util::future::join_all((0..4).map(|_| talk.by.ok(SEND, with_key("Hello?")))).await;
    for again in &sent {
        let ids = |sent: &Value| {
            [sent["sendChatMessage"]["message"]["id"].clone(), sent["sendChatMessage"]["reply"]["id"].clone()]
        };
        assert_eq!(ids(again), ids(&sent[0]));
    }
    assert_eq!(talk.messages().await.len(), 3);
    assert_eq!(talk.by.code(SEND, with_key("Goodbye?")).await, "IDEMPOTENCY_MISMATCH");
    // Another session is another place for keys.
    let other = Talk::of_a_visitor(&app).await;
    let input = json!({"input": {"sessionId": other.id, "text": "Goodbye?", "idempotencyKey": "k1"}});
    other.by.ok(SEND, input).await;
}
