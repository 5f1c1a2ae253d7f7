//! A server that dies in the middle of a reply: another one writes it anew, and who follows is told.

use serde_json::{Value, json};

use super::{Behaviour, CREATE, Follower, Over, PERSONAS, Screen, Talk, course, cursor_of};
use crate::support::{
    Client, Process, TestDb,
    llm::{Dialect, KEY, StandIn},
};

async fn process(db: &TestDb, model: &StandIn) -> Process {
    let url = model.url();
    let settings = [
        ("OPENAI_API_KEY", KEY),
        ("OPENAI_BASE_URL", &url),
        ("OPENAI_CHAT_MODEL", "test-model"),
        ("LLM_MAX_ATTEMPTS", "1"),
        ("CHAT_BUILT_IN_PACE_MS", "0"),
        ("PERSONAS_DIR", PERSONAS),
        // A reply changes hands by a kill alone, and not because a busy machine renewed a lease too late.
        ("JOB_LEASE_SECONDS", "60"),
    ];
    Process::start(db, &settings).await
}

/// A session of a visitor, a reply of which the first words are told, and what its follower has seen.
struct Interrupted {
    db: TestDb,
    model: StandIn,
    talk: Talk,
    seen: Vec<Value>,
}

impl Interrupted {
    /// Kills the server behind the first words of a reply.
    /// `after` is what the model answers to whoever comes after it.
    async fn by_a_kill(after: Behaviour) -> Self {
        Self::by_kills(1, after).await
    }

    /// The same with several servers, one after the other.
    async fn by_kills(kills: usize, after: Behaviour) -> Self {
        let (db, model) = (TestDb::new().await, StandIn::start(Dialect::OpenAi).await);
        model.aside(Behaviour::say("{}"));
        for _ in 0..kills {
            model.once(Behaviour::Silence("Lost words, ".to_owned()));
        }
        model.always(after);
        let first = process(&db, &model).await;
        let made = Client::new(first.address, None).ok(CREATE, json!({"input": {}})).await["createChatSession"].take();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let by = Client::new(first.address, Some(text(&made["visitorToken"])));
        let talk = Talk { by, id: text(&made["session"]["id"]), start: text(&made["session"]["cursor"]) };
        let mut follower = talk.follow(first.address, Some(&talk.start)).await;
        talk.say("Well?").await;
        let mut seen = follower.until("ChatReplyDelta").await;
        first.kill9().await;
        for _ in 1..kills {
            let next = process(&db, &model).await;
            let last = cursor_of(seen.last().unwrap()).to_owned();
            let mut follower = talk.at(next.address).follow(next.address, Some(&last)).await;
            // Of the attempt before, a piece may have been stored that nobody had heard when its server died: the model was
            // asked anew only when the reply began anew.
            seen.extend(follower.until("ChatReplyReplaced").await);
            seen.extend(follower.until("ChatReplyDelta").await);
            next.kill9().await;
        }
        Self { db, model, talk, seen }
    }
}

#[tokio::test]
async fn the_reply_is_written_anew_by_the_server_that_comes_after_it() {
    let Interrupted { db, model, talk, mut seen } = Interrupted::by_a_kill(Behaviour::say("A whole answer.")).await;
    let second = process(&db, &model).await;
    let talk = talk.at(second.address);
    let last = cursor_of(seen.last().unwrap()).to_owned();
    let mut follower = Follower::start(Over::Sse, second.address, &talk.by, &talk.id, Some(&last)).await;
    seen.extend(follower.until_answered().await);
    let expected = [
        "ChatMessageAdded",
        "ChatReplyStarted",
        "ChatReplyDelta",
        "ChatReplyReplaced",
        "ChatReplyDelta",
        "ChatReplyCompleted",
    ];
    assert_eq!(course(&seen), expected);
    let (last, before) = seen.split_last().unwrap();
    assert_eq!(Screen::of(before).text(), "A whole answer.");
    assert_eq!(last["reply"]["text"], "A whole answer.");
    assert_eq!(talk.messages().await.len(), 3, "no message is there twice");
    second.terminate().await;
}

#[tokio::test]
async fn who_comes_in_between_sees_what_there_was_and_then_the_new_one() {
    // Whole only when the follower is there: the server that comes after takes the reply over at its start.
    let after = Behaviour::Held("A whole ".to_owned(), "answer.".to_owned());
    let Interrupted { db, model, talk, .. } = Interrupted::by_a_kill(after).await;
    let second = process(&db, &model).await;
    let talk = talk.at(second.address);
    let mut follower = talk.follow(second.address, None).await;
    let mut events = vec![follower.event().await];
    model.release();
    events.extend(follower.until_answered().await);
    assert_eq!(Screen::of(&events).text(), "A whole answer.");
    second.terminate().await;
}

#[tokio::test]
async fn a_reply_is_written_however_often_its_server_is_killed() {
    // More often than it may fail.
    let Interrupted { db, model, talk, mut seen } = Interrupted::by_kills(4, Behaviour::say("A whole answer.")).await;
    let last_server = process(&db, &model).await;
    let last = cursor_of(seen.last().unwrap()).to_owned();
    let mut follower = talk.at(last_server.address).follow(last_server.address, Some(&last)).await;
    seen.extend(follower.until_answered().await);
    assert_eq!(seen.last().unwrap()["reply"]["text"], "A whole answer.");
    last_server.terminate().await;
}
