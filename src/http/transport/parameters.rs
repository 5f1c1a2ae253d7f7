//! The parameters of a GraphQL request: `query` or `documentId`, `operationName`, `variables`, `extensions`.

use async_graphql::{Request, Value as GraphQlValue, Variables};
use http::Uri;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    persisted::{Named, PersistedDocuments},
    refusal::{Problem, Refusal},
};

/// A request as JSON. Absent and null are the same.
///
/// Not `Debug`, because variables may hold passwords.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Variables,
    #[serde(default)]
    extensions: async_graphql::Extensions,
}

impl Parameters {
    /// Parses the body of a POST.
    ///
    /// # Errors
    /// If it is not a JSON object or a parameter has the wrong type.
    pub fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(body).map_err(|error| explain(body, &error))
    }

    /// Parses the query string of a GET, where `variables` and `extensions` are JSON.
    ///
    /// # Errors
    /// If a parameter is repeated, is invalid JSON, or has the wrong type.
    pub fn from_query_string(uri: &Uri) -> Result<Self, Refusal> {
        let axum::extract::Query(raw) = axum::extract::Query::<QueryString>::try_from_uri(uri)
            .map_err(|error| Refusal::bad_input(error.body_text()))?;
        let mut map = Map::new();
        let texts = [("query", raw.query), ("documentId", raw.document_id), ("operationName", raw.operation_name)];
        for (name, text) in texts {
            map.extend(text.map(|text| (name.to_owned(), Value::String(text))));
        }
        let maps = [("variables", raw.variables), ("extensions", raw.extensions)];
        for (name, json) in maps {
            let Some(json) = json.filter(|json| !json.is_empty()) else {
                continue;
            };
            let value = serde_json::from_str(&json)
                .map_err(|error| Refusal::bad_input(format!("{name} is not valid JSON: {error}.")))?;
            map.insert(name.to_owned(), value);
        }
        Self::from_map(map)
    }

    fn from_map(map: Map<String, Value>) -> Result<Self, Refusal> {
        let problems = problems(&map);
        if !problems.is_empty() {
            return Err(Refusal::bad_parameters(problems));
        }
        Self::deserialize(Value::Object(map)).map_err(|error| Refusal::bad_input(error.to_string()))
    }

    /// Returns true if there is a query or a reference to a persisted one.
    pub fn name_a_document(&self) -> bool {
        self.query.is_some() || !self.named().is_nothing()
    }

    fn named(&self) -> Named<'_> {
        Named { hash: persisted_query(&self.extensions), id: self.document_id.as_deref().filter(|id| !id.is_empty()) }
    }

    /// Creates the request to execute, with the text of its persisted document.
    ///
    /// # Errors
    /// If there is neither a query nor a known document, or the document may not be executed.
    pub fn into_request(mut self, documents: &PersistedDocuments) -> Result<Request, Refusal> {
        let query = self.query.take();
        let query = documents.resolve(query, self.named())?;
        let mut request = Request::new(query).variables(self.variables);
        request.operation_name = self.operation_name.filter(|name| !name.is_empty());
        request.extensions = self.extensions;
        Ok(request)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryString {
    query: Option<String>,
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

fn persisted_query(extensions: &async_graphql::Extensions) -> Option<&str> {
    let GraphQlValue::Object(persisted) = extensions.get("persistedQuery")? else {
        return None;
    };
    match persisted.get("sha256Hash")? {
        GraphQlValue::String(hash) => Some(hash),
        _ => None,
    }
}

/// Returns a refusal with all problems of a body. Only a rejected body is parsed this second time, so valid requests do
/// not pay for it.
fn explain(body: &[u8], error: &serde_json::Error) -> Refusal {
    match serde_json::from_slice(body) {
        Err(error) => Refusal::bad_input(format!("The body is not valid JSON: {error}.")),
        Ok(Value::Array(_)) => {
            Refusal::bad_input("Batches are not supported; send one operation per request. HTTP/2 makes that as cheap.")
        }
        Ok(Value::Object(map)) => match problems(&map) {
            problems if problems.is_empty() => Refusal::bad_input(format!("The request is malformed: {error}.")),
            problems => Refusal::bad_parameters(problems),
        },
        Ok(_) => Refusal::bad_input("The body must be a JSON object."),
    }
}

/// Returns the parameters of the wrong type.
pub(super) fn problems(map: &Map<String, Value>) -> Vec<Problem> {
    let is_string: fn(&Value) -> bool = Value::is_string;
    let is_map: fn(&Value) -> bool = Value::is_object;
    let rules = [
        ("query", "must be a string", is_string),
        ("documentId", "must be a string", is_string),
        ("operationName", "must be a string", is_string),
        ("variables", "must be a map", is_map),
        ("extensions", "must be a map", is_map),
    ];
    rules
        .into_iter()
        .filter(|(path, _, is_right)| map.get(*path).is_some_and(|value| !value.is_null() && !is_right(value)))
        .map(|(path, message, _)| Problem { path, message })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_type_is_named_at_once() {
        let body = br#"{"query": 1, "operationName": [], "variables": "x", "extensions": 0}"#;
        let refusal = Parameters::from_json(body).err().unwrap();
        assert_eq!(
            refusal.to_string(),
            "The request is malformed: query must be a string; operationName must be a string; \
             variables must be a map; extensions must be a map."
        );
    }

    #[test]
    fn a_get_may_not_repeat_a_parameter() {
        let uri = Uri::from_static("/graphql?query=%7Ba%7D&query=%7Bb%7D");
        assert!(Parameters::from_query_string(&uri).is_err());
    }

    #[test]
    fn a_get_takes_variables_as_json() {
        let uri = Uri::from_static("/graphql?query=%7Ba%7D&variables=%7B%22n%22:3%7D");
        let parameters = Parameters::from_query_string(&uri).ok().unwrap();
        assert_eq!(parameters.variables.get("n"), Some(&3.into()));
    }

    #[test]
    fn a_get_with_a_list_of_variables_is_refused() {
        let uri = Uri::from_static("/graphql?query=%7Ba%7D&variables=%5B%5D");
        let refusal = Parameters::from_query_string(&uri).err().unwrap();
        assert_eq!(refusal.to_string(), "The request is malformed: variables must be a map.");
    }
}
