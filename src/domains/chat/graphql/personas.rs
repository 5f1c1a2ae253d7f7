//! GraphQL types for personas.

use std::sync::Arc;

use async_graphql::{Enum, Object, SimpleObject};

use crate::{
    domains::chat::personas::{FieldKind, FieldSpec, Persona},
    graphql::About,
};

/// Type of value that a persona collects.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatFieldKind {
    /// Name of a person.
    Name,
    /// Mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Amount of money per period.
    Money,
    /// Free text.
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

/// Field that a persona collects from the other side.
#[derive(SimpleObject, Debug, Clone)]
pub struct ChatField {
    /// Key, unique within the persona, such as `email`.
    pub key: String,
    /// Display name.
    pub label: String,
    /// Type of the value.
    pub kind: ChatFieldKind,
    /// True if a session cannot be complete without this field.
    pub is_required: bool,
}

/// Color of a persona.
#[derive(SimpleObject, Debug, Clone)]
pub struct ChatColor {
    /// Use of the color, such as `primary`.
    pub name: String,
    /// Color value, as `#rrggbb`.
    pub value: String,
}

/// Persona that answers in chat sessions.
#[derive(Clone)]
pub struct ChatPersona(pub Arc<Persona>);

/// Persona that answers in chat sessions.
#[Object]
impl ChatPersona {
    /// Key, used by `createChatSession` and `greeting`.
    async fn key(&self) -> &str {
        &self.0.id
    }

    /// Display name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Tone of its replies, in a few words.
    async fn tone(&self) -> &str {
        &self.0.tone
    }

    /// Disclaimers to show, such as that replies are no investment advice.
    async fn disclaimers(&self) -> &[String] {
        &self.0.disclaimers
    }

    /// Colors for clients, by use; always includes `primary` and `background`.
    #[graphql(directive = About::apply(5))]
    async fn colors(&self) -> Vec<ChatColor> {
        let colors = self.0.colors.iter();
        colors.map(|(name, value)| ChatColor { name: name.clone(), value: value.clone() }).collect()
    }

    /// Greetings, of which a session starts with a random one.
    async fn greetings(&self) -> &[String] {
        &self.0.greetings
    }

    /// Fields to collect, in the order in which they are asked for.
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
