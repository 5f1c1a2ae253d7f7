//! What a client shows of a session, made from events as the documentation says.

use std::collections::BTreeMap;

use serde_json::Value;

/// A client that believes every event, and fails on one that does not fit what it knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Screen {
    /// The text of each reply so far.
    pub replies: BTreeMap<String, String>,
    /// What people said, in order.
    pub said: Vec<String>,
    /// Replies that are whole.
    pub whole: Vec<String>,
}

impl Screen {
    pub fn of(events: &[Value]) -> Self {
        let mut screen = Self::default();
        events.iter().for_each(|event| screen.show(event));
        screen
    }

    pub fn show(&mut self, event: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{event:#}")).to_owned();
        match event["__typename"].as_str().unwrap() {
            "ChatReplyState" => {
                let replies = event["replies"].as_array().unwrap().iter();
                self.replies = replies.map(|reply| (text(&reply["id"]), text(&reply["text"]))).collect();
            }
            "ChatMessageAdded" => self.said.push(text(&event["message"]["text"])),
            "ChatReplyStarted" => drop(self.replies.insert(text(&event["reply"]["id"]), String::new())),
            "ChatReplyDelta" => {
                let known = self.replies.get_mut(event["reply"]["id"].as_str().unwrap()).expect("a reply that began");
                assert_eq!(event["offset"], known.encode_utf16().count(), "after {known:?} comes {event:#}");
                known.push_str(&text(&event["text"]));
            }
            "ChatReplyReplaced" => drop(self.replies.insert(text(&event["reply"]["id"]), String::new())),
            "ChatReplyCompleted" => {
                let id = text(&event["reply"]["id"]);
                self.replies.insert(id.clone(), text(&event["reply"]["text"]));
                self.whole.push(id);
            }
            "ChatReplyFailed" => drop(self.replies.remove(&text(&event["reply"]["id"]))),
            "ChatReplyStopped" => {
                drop(self.replies.insert(text(&event["reply"]["id"]), text(&event["reply"]["text"])));
            }
            // Who answers is shown beside the talk.
            "ChatHandoverChanged" => {}
            "ChatSessionDeleted" => *self = Self::default(),
            other => panic!("{other} is not documented"),
        }
    }

    /// The text of the only reply.
    pub fn text(&self) -> &str {
        let mut replies = self.replies.values();
        let text = replies.next().expect("a reply");
        assert!(replies.next().is_none(), "{self:#?}");
        text
    }
}
