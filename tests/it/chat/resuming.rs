//! A follower that is cut off after every possible number of events and comes back with its last cursor sees the text whole
//! and nothing twice: at the same server, at one that was started again.

use std::net::SocketAddr;

use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::{BOTH, Behaviour, Follower, Over, Screen, Talk, cursor_of, started, without_model};
use crate::support::TestApp;

/// Connections at a time.
const AT_ONCE: usize = 12;

/// A text of many words.
fn long() -> String {
    (0..60).map(|n| format!("word{n} ")).collect::<String>() + "end."
}

/// A session with two answered questions, and all that happened in it.
async fn history(app: &TestApp, talk: &Talk) -> Vec<Value> {
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    let mut events = Vec::new();
    for question in ["What is momentum?", "What is leverage?"] {
        talk.say(question).await;
        events.extend(follower.until_answered().await);
    }
    assert!(events.len() >= 8, "a history worth cutting has more than {} events", events.len());
    events
}

/// For each number of events from none to all: reads so many, hangs up, and comes back at `address`.
async fn cut_everywhere(talk: &Talk, history: &[Value], first: SocketAddr, address: SocketAddr, over: Over) {
    let cut = |count: usize| async move {
        let mut follower = Follower::start(over, first, &talk.by, &talk.id, Some(&talk.start)).await;
        let mut seen = follower.events(count).await;
        drop(follower);
        let last = seen.last().map_or(talk.start.as_str(), cursor_of).to_owned();
        let mut again = Follower::start(over, address, &talk.by, &talk.id, Some(&last)).await;
        seen.extend(again.events(history.len() - count).await);
        assert_eq!(seen, history, "{over:?}: cut off after {count} events");
    };
    stream::iter((0..=history.len()).map(cut)).buffer_unordered(AT_ONCE).collect::<()>().await;
}

#[tokio::test]
async fn at_the_same_server() {
    let (model, app) = started().await;
    // Slow enough for several pieces: each byte comes by itself.
    model.always(Behaviour::Chopped(long(), 40));
    let talk = Talk::of_a_visitor(&app).await;
    let history = history(&app, &talk).await;
    for over in BOTH {
        cut_everywhere(&talk, &history, app.address, app.address, over).await;
    }
    let texts: Vec<_> = Screen::of(&history).replies.into_values().collect();
    assert_eq!(texts, [long(), long()]);
}

#[tokio::test]
async fn at_another_server() {
    let app = without_model().set("CHAT_BUILT_IN_PACE_MS", 8).start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let history = history(&app, &talk).await;
    let beside = app.beside().await;
    for over in BOTH {
        cut_everywhere(&talk, &history, app.address, beside.address, over).await;
    }
}

#[tokio::test]
async fn while_the_reply_is_written() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let text = format!("{}gap {}", long(), long());
    model.once(Behaviour::Held(long(), format!("gap {}", long())));
    talk.say("Well?").await;
    model.has_got(1).await;
    // Comes back after each event, with the rest still to be written.
    let (mut seen, mut cursor) = (Vec::new(), talk.start.clone());
    while !Screen::of(&seen).replies.values().any(|text| text.ends_with("word59")) {
        let mut follower = talk.follow(app.address, Some(&cursor)).await;
        seen.push(follower.event().await);
        cursor = cursor_of(seen.last().unwrap()).to_owned();
        if Screen::of(&seen).replies.values().any(|text| text.ends_with("end.")) {
            break;
        }
    }
    model.release();
    let mut follower = talk.follow(app.address, Some(&cursor)).await;
    seen.extend(follower.until_answered().await);
    let (last, before) = seen.split_last().unwrap();
    assert_eq!(Screen::of(before).text(), text);
    assert_eq!(last["reply"]["text"], text);
}
