//! A persona.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::field::FieldSpec;

/// Who talks with visitors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Persona {
    /// Its id: small letters, digits and `-`.
    pub id: String,
    /// Its name before people.
    pub name: String,
    /// How it talks, in a few words.
    pub tone: String,
    /// What a language model is told about whom it plays.
    pub system_prompt: String,
    /// The sentences that a talk may begin with; at least one.
    pub greetings: Vec<String>,
    /// What it collects, in the order in which it asks.
    pub fields: Vec<FieldSpec>,
    /// The name of the knowledge base that its answers draw on.
    pub knowledge_base: String,
    /// Colours for a client as `#rrggbb`, by their use; `primary` and `background` are always there.
    pub colors: BTreeMap<String, String>,
    /// What it says without a language model.
    pub replies: Replies,
    /// What must be said to visitors, such as that this is no investment advice.
    pub disclaimers: Vec<String>,
    /// When a person is asked for.
    pub handover: HandoverRule,
}

impl Persona {
    /// The field of this key.
    pub fn field(&self, key: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// The sentences of the built-in responder in the persona's voice; of each kind at least one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replies {
    /// Before a passage of the knowledge base.
    pub openers: Vec<String>,
    /// When the knowledge base holds nothing on the matter.
    pub nothing_found: Vec<String>,
    /// Between an answer and a question of the persona's own.
    pub transitions: Vec<String>,
    /// After a value was given.
    pub thanks: Vec<String>,
    /// After the visitor did not want to tell something.
    pub refused: Vec<String>,
    /// When all required fields are known.
    pub complete: Vec<String>,
    /// To a greeting.
    pub greeted: Vec<String>,
    /// To thanks.
    pub welcome: Vec<String>,
    /// To a word of assent, or a sign.
    pub acknowledged: Vec<String>,
    /// To somebody who puts something off or says goodbye.
    pub later: Vec<String>,
    /// To the question who it is.
    pub introduced: Vec<String>,
    /// To the question why something is asked.
    pub reason: Vec<String>,
    /// When a person was asked for.
    pub handover: Vec<String>,
    /// When no person came.
    pub unanswered: Vec<String>,
}

/// When a persona asks for a person, beside when the visitor does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandoverRule {
    /// Phrases of matters that are left to people.
    pub cues: Vec<String>,
    /// After so many answers in a row that rested on nothing; 0 for never.
    pub unanswered: u32,
}
