//! Personas.

use std::sync::Arc;

use async_graphql::{Enum, Object, SimpleObject};

use crate::{
    domains::chat::personas::{FieldKind, FieldSpec, Persona},
    graphql::About,
};

/// What kind of value a persona wants to know.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatFieldKind {
    /// The name of a person.
    Name,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An amount over a time.
    Money,
    /// An answer in one's own words.
    Text,
}

impl From<FieldKind> for ChatFieldKind {
    fn from(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Name => Self::Name,
            FieldKind::Email => Self::Email,
            FieldKind::Phone => Self::Phone,
            FieldKind::Money => Self::Money,
            FieldKind::Text => Self::Text,
        }
    }
}

/// Something that a persona wants to know of whom it talks to.
#[derive(SimpleObject, Debug, Clone)]
pub struct ChatField {
    /// Its key, unique within the persona, such as `email`.
    pub key: String,
    /// What it is called before people.
    pub label: String,
    /// What kind of value it is.
    pub kind: ChatFieldKind,
    /// Whether a session is complete only when it is known.
    pub is_required: bool,
}

/// A colour of a persona.
#[derive(SimpleObject, Debug, Clone)]
pub struct ChatColor {
    /// What it is for, such as `primary`.
    pub name: String,
    /// The colour, as `#rrggbb`.
    pub value: String,
}

/// Who answers in chat sessions.
#[derive(Clone)]
pub struct ChatPersona(pub Arc<Persona>);

/// Who answers in chat sessions.
#[Object]
impl ChatPersona {
    /// Its key, by which `createChatSession` and `greeting` name it.
    async fn key(&self) -> &str {
        &self.0.id
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How it talks, in a few words.
    async fn tone(&self) -> &str {
        &self.0.tone
    }

    /// What must be said to whoever talks to it, such as that this is no investment advice.
    async fn disclaimers(&self) -> &[String] {
        &self.0.disclaimers
    }

    /// Colours for a client, by their use; `primary` and `background` are always there.
    #[graphql(directive = About::apply(5))]
    async fn colors(&self) -> Vec<ChatColor> {
        let colors = self.0.colors.iter();
        colors.map(|(name, value)| ChatColor { name: name.clone(), value: value.clone() }).collect()
    }

    /// What it greets with: one of these, at random.
    async fn greetings(&self) -> &[String] {
        &self.0.greetings
    }

    /// What it wants to know, in its order.
    #[graphql(directive = About::apply(5))]
    async fn collects(&self) -> Vec<ChatField> {
        let field = |field: &FieldSpec| ChatField {
            key: field.key.clone(),
            label: field.label.clone(),
            kind: field.kind.into(),
            is_required: field.required,
        };
        self.0.fields.iter().map(field).collect()
    }
}
