//! Replies as they are written: in pieces, in order, whole; on every device and every server.

use serde_json::{Value, json};

use super::{BOTH, Behaviour, Follower, Screen, Talk, course, cursor_of, names, started, with_model, without_model};
use crate::support::llm::{Dialect, StandIn};

const TEXT: &str = "Momentum works until it does not. 💤 Grüße, sleep is \"overrated\" anyway.";

#[tokio::test]
async fn a_reply_is_written_in_pieces_that_add_up_to_it() {
    let (model, app) = started().await;
    for over in BOTH {
        let talk = Talk::of_a_visitor(&app).await;
        let mut follower = Follower::start(over, app.address, &talk.by, &talk.id, Some(&talk.start)).await;
        model.once(Behaviour::say(TEXT));
        let sent = talk.say("What of momentum?").await;
        let events = follower.until_answered().await;
        assert_eq!(
            course(&events),
            ["ChatMessageAdded", "ChatReplyStarted", "ChatReplyDelta", "ChatReplyCompleted"],
            "{over:?}"
        );
        let (last, before) = events.split_last().unwrap();
        assert_eq!(Screen::of(before).text(), TEXT, "{over:?}");
        assert_eq!(last["reply"]["text"], TEXT);
        assert_eq!(last["reply"]["id"], sent["reply"]["id"]);
        assert_eq!((&last["reply"]["author"], &last["reply"]["model"]), (&json!("MODEL"), &json!("openai/test-model")));
        let stored = talk.messages().await;
        assert_eq!((&stored[2]["text"], &stored[2]["status"]), (&json!(TEXT), &json!("COMPLETED")));
        assert_eq!(stored[2]["replyTo"]["id"], sent["message"]["id"]);
    }
}

#[tokio::test]
async fn the_first_words_come_while_the_model_is_still_thinking_of_the_rest() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    model.once(Behaviour::Held("It is late, ".to_owned(), "go to bed.".to_owned()));
    talk.say("What now?").await;
    let mut events = follower.until("ChatReplyDelta").await;
    assert_eq!(Screen::of(&events).text(), "It");
    // A piece is told when its time has come, also when nothing more comes.
    while Screen::of(&events).text() != "It is late," {
        events.push(follower.event().await);
    }
    model.release();
    events.extend(follower.until_answered().await);
    assert_eq!(Screen::of(&events).text(), "It is late, go to bed.");
}

#[tokio::test]
async fn who_comes_in_the_middle_sees_the_beginning_first_and_nothing_twice() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut first = talk.follow(app.address, Some(&talk.start)).await;
    model.once(Behaviour::Held("It is late, ".to_owned(), "go to bed.".to_owned()));
    let sent = talk.say("What now?").await;
    let mut seen = first.until("ChatReplyDelta").await;
    while Screen::of(&seen).text() != "It is late," {
        seen.push(first.event().await);
    }
    let mut late = talk.follow(app.address, None).await;
    let state = late.event().await;
    let reply = json!([{"id": sent["reply"]["id"], "status": "STREAMING", "text": "It is late,"}]);
    assert_eq!(state["replies"], reply);
    model.release();
    let mut events = vec![state];
    events.extend(late.until_answered().await);
    assert_eq!(Screen::of(&events[..events.len() - 1]).text(), "It is late, go to bed.");
    assert_eq!(names(&events).first(), Some(&"ChatReplyState"));
}

#[tokio::test]
async fn a_reply_that_is_written_at_one_server_is_read_at_another() {
    let (model, app) = started().await;
    let reader = without_model().without_worker().on(&app.db).start().await;
    let talk = Talk::of_a_visitor(&reader).await.at(reader.address);
    for over in BOTH {
        let cursor = talk.follow(reader.address, None).await.event().await;
        let mut follower = Follower::start(over, reader.address, &talk.by, &talk.id, Some(cursor_of(&cursor))).await;
        model.once(Behaviour::say(TEXT));
        talk.say("What of momentum?").await;
        let events = follower.until_answered().await;
        assert_eq!(Screen::of(&events[..events.len() - 1]).text(), TEXT, "{over:?}");
    }
}

#[tokio::test]
async fn a_second_device_sees_the_same() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut devices = Vec::new();
    for over in BOTH {
        devices.push(Follower::start(over, app.address, &talk.by, &talk.id, Some(&talk.start)).await);
    }
    model.once(Behaviour::say(TEXT));
    talk.say("What of momentum?").await;
    let first = devices[0].until_answered().await;
    assert_eq!(devices[1].until_answered().await, first);
    assert_eq!(Screen::of(&first).said, ["What of momentum?"]);
}

#[tokio::test]
async fn marks_that_cite_nothing_are_never_shown() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    model.once(Behaviour::Chopped("It works [99] and [98, 97] so well.".to_owned(), 3));
    let events = talk.answered(app.address, "xyzzy").await;
    assert_eq!(Screen::of(&events[..events.len() - 1]).text(), "It works and so well.");
    assert_eq!(events.last().unwrap()["reply"]["citations"], json!([]));
}

#[tokio::test]
async fn a_reply_cites_the_passages_that_its_marks_name() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    model.once(Behaviour::say("As the notes say [1]."));
    let events = talk.answered(app.address, "What do you think about momentum trading?").await;
    let message = &events.last().unwrap()["reply"];
    let citation = &message["citations"][0];
    assert_eq!((&message["text"], &citation["index"]), (&json!("As the notes say [1]."), &json!(1)));
    // What is shown as its words was shown to the model, marked off.
    let system = model.requests()[0].body["messages"][0]["content"].as_str().unwrap().to_owned();
    let quote = citation["quote"].as_str().unwrap();
    let begin: String = quote.chars().take_while(|char| !['<', '>', '…'].contains(char)).collect();
    assert!(system.contains("<passage number=\"1\"") && system.contains(&begin), "{system}");
    // Who may read knowledge goes on to the document; the visitor gets null there, and the rest.
    let documents = "query($id: ID!) { chatSession(id: $id) { messages(last: 1) { nodes { text citations { document { title } } } } } }";
    let place = "/chatSession/messages/nodes/0/citations/0/document";
    let read = app.admin().await.ok(documents, json!({"id": talk.id})).await;
    assert_eq!(read.pointer(place).unwrap()["title"], citation["title"]);
    let read = talk.by.send(documents, json!({"id": talk.id})).await;
    assert_eq!(
        (read["data"].pointer(place), &read["errors"][0]["extensions"]["code"]),
        (Some(&Value::Null), &json!("UNAUTHENTICATED"))
    );
    assert_eq!(talk.messages().await[2]["citations"], json!([{"index": 1}]));
}

#[tokio::test]
async fn a_model_is_told_what_was_said_before_and_who_it_is() {
    let model = StandIn::start(Dialect::OpenAi).await;
    model.aside(Behaviour::say("{}"));
    let app = with_model(&model).start().await;
    let talk = Talk::of_a_visitor(&app).await;
    model.once(Behaviour::say("First answer."));
    talk.answered(app.address, "First question?").await;
    talk.answered(app.address, "Second question?").await;
    let messages = model.requests()[1].body["messages"].as_array().unwrap().clone();
    let told: Vec<_> =
        messages.iter().skip(1).map(|message| (message["role"].clone(), message["content"].clone())).collect();
    let greeting = talk.messages().await[0]["text"].clone();
    let expected = [
        ("assistant", greeting),
        ("user", json!("First question?")),
        ("assistant", json!("First answer.")),
        ("user", json!("Second question?")),
    ];
    assert_eq!(told, expected.map(|(role, content)| (json!(role), content)));
    assert_eq!(messages[0]["role"], "system");
}

const CARRIED: &str = "subscription($id: ID!) { chatReply(sessionId: $id) { __typename session { id isVisitor }
    ... on ChatMessageAdded { message { text session { isVisitor } } reply { id role replyTo { text } } }
    ... on ChatReplyStarted { reply { id role } replyTo { text } supersedes { id } }
    ... on ChatReplyDelta { reply { __typename id } }
    ... on ChatReplyCompleted { reply { id status replyTo { text } supersededBy { id } } }
    ... on ChatSessionDeleted { sessionId } } }";

#[tokio::test]
async fn events_carry_the_session_and_the_messages_that_they_are_about() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut ws = app.ws(&talk.by).await;
    ws.subscribe(CARRIED, json!({"id": talk.id})).await;
    let mut next = async || {
        let mut event = ws.event().await.expect("the session is there");
        assert!(event.get("errors").is_none(), "{event:#}");
        event["data"]["chatReply"].take()
    };
    assert_eq!(next().await, json!({"__typename": "ChatReplyState", "session": {"id": talk.id, "isVisitor": true}}));
    let question = "What is momentum?";
    let sent = talk.say(question).await;
    let reply = &sent["reply"]["id"];
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let event = next().await;
        let kind = event["__typename"].as_str().unwrap().to_owned();
        assert_eq!(event["session"], json!({"id": talk.id, "isVisitor": true}), "{event:#}");
        match kind.as_str() {
            "ChatMessageAdded" => {
                assert_eq!(event["message"], json!({"text": question, "session": {"isVisitor": true}}));
                let expected = json!({"id": reply, "role": "ASSISTANT", "replyTo": {"text": question}});
                assert_eq!(event["reply"], expected);
            }
            "ChatReplyStarted" => {
                assert_eq!((&event["reply"]["id"], &event["replyTo"]["text"]), (reply, &json!(question)));
                assert_eq!(event["supersedes"], json!(null));
            }
            "ChatReplyDelta" => assert_eq!(event["reply"], json!({"__typename": "ChatMessage", "id": reply})),
            "ChatReplyCompleted" => {
                let expected =
                    json!({"id": reply, "status": "COMPLETED", "replyTo": {"text": question}, "supersededBy": null});
                assert_eq!(event["reply"], expected);
            }
            other => panic!("{other}"),
        }
        seen.insert(kind.clone());
        if kind == "ChatReplyCompleted" {
            break;
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
    let delete = "mutation($id: ID!) { deleteChatSession(id: $id) { id } }";
    talk.by.ok(delete, json!({"id": talk.id})).await;
    let expected = json!({"__typename": "ChatSessionDeleted", "session": null, "sessionId": talk.id});
    assert_eq!(next().await, expected);
}
