//! Types shared by subscriptions, the engine and the transports.

use std::sync::Arc;

use async_graphql::{Context, Name, Request, Response, Variables, parser::types::OperationDefinition};
use serde::{Serialize, ser::SerializeMap};
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest, Sha256};

use super::{CursorText, cost::COST, documents::Chosen};

/// One result of a streamed operation.
#[derive(Debug)]
pub struct Reply {
    /// The execution result.
    pub payload: Payload,
    /// The cursor after this reply; the `id` of a server-sent event.
    pub cursor: Option<Arc<str>>,
}

/// An execution result, serialized or not.
#[derive(Debug)]
pub enum Payload {
    /// A response to be serialized.
    Response(Box<Response>),
    /// A serialized response map without errors, shared by many subscribers.
    Written(Arc<RawValue>),
}

impl From<Response> for Reply {
    fn from(response: Response) -> Self {
        Self { payload: response.into(), cursor: None }
    }
}

impl From<Response> for Payload {
    fn from(response: Response) -> Self {
        Self::Response(Box::new(response))
    }
}

/// Serializes `response` if it contains only data.
pub fn written(response: &Response) -> Option<Arc<RawValue>> {
    struct Whole<'a>(&'a Response);

    impl Serialize for Whole<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry("data", &self.0.data)?;
            map.end()
        }
    }

    let is_data_alone = response.errors.is_empty() && response.extensions.is_empty();
    is_data_alone.then(|| to_raw_value(&Whole(response)).ok().map(Arc::from))?
}

/// The cursor to resume after, from the `Last-Event-ID` header of Server-Sent Events.
#[derive(Debug, Clone)]
pub struct ResumeFrom(pub String);

impl ResumeFrom {
    /// Returns the start of a stream: the transport's resume cursor, which is later than the `after` of a repeated
    /// request; otherwise `after`.
    pub fn or(ctx: &Context<'_>, after: Option<CursorText>) -> Option<CursorText> {
        ctx.data_opt::<Self>().map(|resume| CursorText(resume.0.clone())).or(after)
    }
}

/// The key of a subscription's answers: equal for two subscriptions with the same document and variables, regardless of
/// their start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked([u8; 32]);

impl Asked {
    /// Computes the key of the chosen operation of `request`. `None` if the first response reports the cost.
    pub fn by(request: &Request, operation: Chosen<'_>) -> Option<Self> {
        if request.extensions.contains_key(COST) {
            return None;
        }
        let variables = told(operation.tree, request.variables.clone());
        let variables = serde_json::to_string(&variables).ok()?;
        Self::of([&request.query, operation.name.unwrap_or_default(), &variables])
    }

    /// Computes the key of a document, an operation name and variables as JSON.
    pub fn of(parts: [&str; 3]) -> Option<Self> {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).ok()?.to_be_bytes());
            digest.update(part);
        }
        Some(Self(digest.finalize().into()))
    }
}

/// Returns the variables without cursors, which only set the start of a subscription. A test ensures that nothing else
/// takes a cursor.
fn told(operation: &OperationDefinition, mut variables: Variables) -> Variables {
    for definition in &operation.variable_definitions {
        let kind = definition.node.var_type.node.to_string();
        if kind.trim_end_matches('!') == "EventCursor" {
            variables.remove::<Name>(&definition.node.name.node);
        }
    }
    variables
}

#[cfg(test)]
mod tests {
    use async_graphql::{ServerError, value};
    use serde_json::json;

    use super::*;

    fn asked(request: &Request) -> Option<Asked> {
        let sdl = "scalar EventCursor type Query { a: Int } type Subscription { a(id: ID, after: EventCursor): T b: T } type T { b: Int c: Int }";
        let limits = Arc::new(crate::config::Config::defaults().limits);
        let language = super::super::Language::new(sdl, super::super::Scalars::default(), limits).unwrap();
        let document = super::super::Documents::new(language).read(&mut Request::new(&request.query)).unwrap();
        Asked::by(request, document.operation(request.operation_name.as_deref()).ok()?)
    }

    fn with(query: &str, variables: serde_json::Value) -> Asked {
        asked(&Request::new(query).variables(Variables::from_json(variables))).unwrap()
    }

    #[test]
    fn the_same_document_with_the_same_variables_asks_the_same() {
        let document = "subscription($id: ID!, $after: EventCursor) { a(id: $id, after: $after) { b } }";
        let one = with(document, json!({"id": "1", "after": "x"}));
        assert_eq!(one, with(document, json!({"after": "y", "id": "1"})));
        assert_eq!(one, with(document, json!({"id": "1"})));
        assert_ne!(one, with(document, json!({"id": "2"})));
        assert_ne!(one, with(&document.replace("{ b }", "{ c }"), json!({"id": "1"})));
    }

    #[test]
    fn operations_of_one_document_ask_different_things() {
        let document = "subscription A { a { b } } subscription B { b { b } }";
        let of = |name: &str| asked(&Request::new(document).operation_name(name));
        assert!(of("A").is_some() && of("A") == of("A"));
        assert_ne!(of("A"), of("B"));
        assert_eq!(of("C"), None);
    }

    #[test]
    fn who_wants_to_know_the_cost_is_told_alone() {
        let mut request = Request::new("subscription { a { b } }");
        request.extensions.insert(COST.to_owned(), value!(true));
        assert_eq!(asked(&request), None);
    }

    #[test]
    fn only_data_is_written_for_many() {
        let response = Response::new(value!({"a": 1}));
        assert_eq!(written(&response).unwrap().get(), r#"{"data":{"a":1}}"#);
        assert!(written(&response.extension("cost", value!(2))).is_none());
        assert!(written(&Response::from_errors(vec![ServerError::new("No.", None)])).is_none());
    }
}
