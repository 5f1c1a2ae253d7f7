//! Problems of persona files.

use std::fmt;

/// A problem of a file, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    file: String,
    field: String,
    message: String,
}

impl Problem {
    pub(super) fn new(file: &str, field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), field: field.into(), message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, field, message } = self;
        let space = if field.is_empty() { "" } else { " " };
        write!(f, "{file}: {field}{space}{message}.")
    }
}

/// All problems of persona files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct WrongPersonas(pub Vec<Problem>);
