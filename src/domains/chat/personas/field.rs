//! What a persona collects.

use serde::{Deserialize, Serialize};

/// The kind of value that a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// The visitor's name.
    Name,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// What the visitor earns: an amount over a time.
    Money,
    /// An answer in the visitor's own words.
    Text,
}

impl FieldKind {
    /// The kind of this name, as it stands in a persona's file.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Name, Self::Email, Self::Phone, Self::Money, Self::Text].into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its name in a persona's file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Money => "money",
            Self::Text => "text",
        }
    }
}

/// A field that a persona collects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldSpec {
    /// Its key, unique within the persona: small letters, digits and `_`.
    pub key: String,
    /// What it holds.
    pub kind: FieldKind,
    /// What it is called before people, such as `Name`.
    pub label: String,
    /// Whether the talk is complete only when it is known.
    pub required: bool,
    /// The question by which the persona asks for it, in several wordings.
    pub questions: Vec<String>,
    /// Phrases that tell a text without being asked, such as `it's about`; only of texts.
    pub cues: Vec<String>,
    /// The currency of an amount when none is said, by its ISO 4217 code; only of amounts.
    pub currency: String,
    /// The smallest amount over a year that is believed, in whole units of its currency; only of amounts.
    pub least: i64,
    /// The largest amount over a year that is believed, in whole units of its currency; only of amounts.
    pub most: i64,
    /// The most characters of a name or text.
    pub longest: usize,
}

impl FieldSpec {
    /// A required field with the usual limits, and no questions yet.
    pub fn new(key: &str, kind: FieldKind, label: &str) -> Self {
        Self {
            key: key.to_owned(),
            kind,
            label: label.to_owned(),
            required: true,
            questions: Vec::new(),
            cues: Vec::new(),
            currency: "USD".to_owned(),
            least: 1,
            most: 1_000_000_000,
            longest: if kind == FieldKind::Text { 1000 } else { 100 },
        }
    }
}
