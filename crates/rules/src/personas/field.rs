//! Fields that a persona collects.

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
    /// The visitor's income: an amount per period.
    Money,
    /// An answer in the visitor's own words.
    Text,
}

impl FieldKind {
    /// Returns the kind with this name in a persona file.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Name, Self::Email, Self::Phone, Self::Money, Self::Text].into_iter().find(|kind| kind.as_str() == name)
    }

    /// Returns its name in a persona file.
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
    /// Its key, unique within the persona: lower-case letters, digits and `_`.
    pub key: String,
    /// The kind of value.
    pub kind: FieldKind,
    /// The display name, such as `Name`.
    pub label: String,
    /// True if the session cannot be complete without it.
    pub required: bool,
    /// The persona's question for it, in several wordings.
    pub questions: Vec<String>,
    /// Phrases that introduce a text unasked, such as `it's about`; for texts only.
    pub cues: Vec<String>,
    /// The default currency of an amount, as ISO 4217 code; for amounts only.
    pub currency: String,
    /// The smallest plausible annual amount, in whole units of its currency; for amounts only.
    pub least: i64,
    /// The largest plausible annual amount, in whole units of its currency; for amounts only.
    pub most: i64,
    /// Maximum length of a name or text, in characters.
    pub longest: usize,
}

impl FieldSpec {
    /// Creates a required field with default limits and without questions.
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
