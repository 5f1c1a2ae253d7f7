//! Reasons why a text is unusable.

use std::fmt;

use crate::clients::research::clean;

/// Reason why a model's text is unusable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domains::intelligence) enum Objection {
    /// The fields differ from the requested ones.
    Form,
    /// A text is too short or too long, or the number of points is wrong.
    Length(&'static str),
    /// A placeholder, a link, an address.
    Gap(String),
    /// A potential name that is not in the input.
    Name(String),
    /// A number, amount or percentage that is not in the input.
    Number(String),
    /// A date that is not in the input.
    Date(String),
    /// A role that is not in the input.
    Role(String),
    /// A word that reverses or negates the event.
    Turn(String),
    /// Not one sentence that ends with a full stop.
    Sentences,
    /// A required name is missing.
    Missing(&'static str),
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, text) = match self {
            Self::Form => return f.write_str("something of another form"),
            Self::Sentences => return f.write_str("something else than one sentence"),
            Self::Missing(what) => return write!(f, "nothing of {what}"),
            Self::Length(field) => return write!(f, "a text of the wrong length: {field}"),
            Self::Gap(text) => ("a gap, link or address", text),
            Self::Name(text) => ("a name of its own", text),
            Self::Number(text) => ("a number of its own", text),
            Self::Date(text) => ("a date of its own", text),
            Self::Role(text) => ("a role of its own", text),
            Self::Turn(text) => ("another turn of the event", text),
        };
        write!(f, "{what}: {}", clean::line(text, 60))
    }
}
