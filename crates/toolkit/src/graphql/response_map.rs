//! Serialization of execution results.

use async_graphql::{Response, Value};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Payload;

/// Returns true if a response is a *request error result*: execution did not start, so the specification demands no
/// `data` entry. async-graphql leaves `data` null then, and only errors raised during execution have a path.
///
/// <https://spec.graphql.org/draft/#sec-Errors.Request-Errors>
pub fn is_request_error(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Serializes a response as the specification's response map: `errors` first, `data` only if execution started.
pub struct ResponseMap<'a>(pub &'a Response);

impl Serialize for ResponseMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let response = self.0;
        let mut map = serializer.serialize_map(None)?;
        if !response.errors.is_empty() {
            map.serialize_entry("errors", &response.errors)?;
        }
        if !is_request_error(response) {
            map.serialize_entry("data", &response.data)?;
        }
        if !response.extensions.is_empty() {
            map.serialize_entry("extensions", &response.extensions)?;
        }
        map.end()
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Response(response) => ResponseMap(response).serialize(serializer),
            Self::Written(response) => response.serialize(serializer),
        }
    }
}
