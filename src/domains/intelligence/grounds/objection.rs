//! Why a text cannot be used.

use std::fmt;

use crate::clients::research::clean;

/// Why what a model wrote cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::domains::intelligence) enum Objection {
    /// Not the fields that were asked for.
    Form,
    /// A text is too short or too long, or there are too few points or too many.
    Length(&'static str),
    /// A gap to fill in, a link, an address.
    Gap(String),
    /// A name, or what may be one, that the input does not have.
    Name(String),
    /// A number, an amount or a share that the input does not have.
    Number(String),
    /// A date that the input does not have.
    Date(String),
    /// A role that the input does not have.
    Role(String),
    /// A word that turns the event around, or undoes it.
    Turn(String),
    /// Not one sentence that ends with a full stop.
    Sentences,
    /// What must be named is not.
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
