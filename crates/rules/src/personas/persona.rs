//! A persona.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::field::FieldSpec;

/// A persona that talks with visitors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Persona {
    /// Its id: lower-case letters, digits and `-`.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Its tone, in a few words.
    pub tone: String,
    /// The system prompt for a language model.
    pub system_prompt: String,
    /// Greetings that may start a session; at least one.
    pub greetings: Vec<String>,
    /// The fields that it collects, in the order of its questions.
    pub fields: Vec<FieldSpec>,
    /// The knowledge base for its answers.
    pub knowledge_base: String,
    /// Colors for clients as `#rrggbb`, by use; always includes `primary` and `background`.
    pub colors: BTreeMap<String, String>,
    /// Its replies without a language model.
    pub replies: Replies,
    /// Disclaimers for visitors, such as that replies are no investment advice.
    pub disclaimers: Vec<String>,
    /// Rules for requesting a person.
    pub handover: HandoverRule,
}

impl Persona {
    /// Returns the field with this key.
    pub fn field(&self, key: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// The sentences of the built-in responder in the persona's voice; at least one of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replies {
    /// Before a passage of the knowledge base.
    pub openers: Vec<String>,
    /// If the knowledge base has nothing on the topic.
    pub nothing_found: Vec<String>,
    /// Between an answer and a question of the persona's own.
    pub transitions: Vec<String>,
    /// After a value was given.
    pub thanks: Vec<String>,
    /// After the visitor refused to tell something.
    pub refused: Vec<String>,
    /// When all required fields are known.
    pub complete: Vec<String>,
    /// In reply to a greeting.
    pub greeted: Vec<String>,
    /// In reply to thanks.
    pub welcome: Vec<String>,
    /// In reply to assent, or an emoji.
    pub acknowledged: Vec<String>,
    /// In reply to a postponement or goodbye.
    pub later: Vec<String>,
    /// In reply to the question who it is.
    pub introduced: Vec<String>,
    /// In reply to the question why something is asked.
    pub reason: Vec<String>,
    /// When a person was requested.
    pub handover: Vec<String>,
    /// When no person came.
    pub unanswered: Vec<String>,
    /// After the request for a person was withdrawn.
    pub withdrawn: Vec<String>,
    /// After the person who answered has left.
    pub left: Vec<String>,
}

/// Conditions under which a persona requests a person, besides the visitor's request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandoverRule {
    /// Phrases of topics reserved for people.
    pub cues: Vec<String>,
    /// Number of consecutive answers without a source; 0 for never.
    pub unanswered: u32,
}
