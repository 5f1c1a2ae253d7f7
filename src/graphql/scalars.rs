//! Scalars of our own.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::{
    error::{Error, Result},
    events::Cursor,
};

/// A place in the stream of events, opaque: keep it and give it back as `after`. One cursor fits every subscription of
/// the same server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorText(pub String);

#[Scalar(name = "Cursor")]
impl ScalarType for CursorText {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

impl From<Cursor> for CursorText {
    fn from(cursor: Cursor) -> Self {
        Self(cursor.encode())
    }
}

impl CursorText {
    /// The cursor it stands for.
    ///
    /// # Errors
    /// [`Error::BadCursor`] when it was not made by this server.
    pub fn decode(&self) -> Result<Cursor> {
        let message =
            "This is not a cursor of a subscription; subscribe without `after` to begin with the present state.";
        Cursor::decode(&self.0).ok_or_else(|| Error::BadCursor(message.to_owned()))
    }
}
