//! Knowledge: documents come and go, and questions find passages.

mod copies;
mod documents;
mod hostile;
mod meaning;
mod pdf;
mod pdf_readers;
mod questions;
mod rights;
mod shipped;

use serde_json::{Value, json};

use crate::support::Client;

const ADD: &str = "mutation($input: AddKnowledgeDocumentInput!) { addKnowledgeDocument(input: $input) {
    id base title format url isSystem passageCount createdAt addedBy { email }
    passages { totalCount nodes { id position heading text words } } } }";
const REMOVE: &str = "mutation($id: ID!) { deleteKnowledgeDocument(id: $id) { id } }";
const SEARCH: &str = "query($base: String!, $query: String!, $first: Int! = 5) {
    searchKnowledge(base: $base, query: $query, first: $first) {
        isDegraded hits { score wordRank meaningRank passage { id heading text document { title } } } } }";

/// What a document of the base `cellar` is added with.
fn draft(title: &str, content: &str) -> Value {
    json!({"base": "cellar", "title": title, "content": content, "format": "MARKDOWN"})
}

/// Adds a document to the base `cellar`.
async fn add(client: &Client, title: &str, content: &str) -> Value {
    client.ok(ADD, json!({"input": draft(title, content)})).await["addKnowledgeDocument"].take()
}

async fn remove(client: &Client, document: &Value) {
    client.ok(REMOVE, json!({"id": document["id"]})).await;
}

/// The passages of the base `cellar` that a question finds.
async fn search(client: &Client, query: &str) -> Vec<Value> {
    search_in(client, "cellar", query).await
}

async fn search_in(client: &Client, base: &str, query: &str) -> Vec<Value> {
    let mut data = client.ok(SEARCH, json!({"base": base, "query": query})).await;
    hits(data["searchKnowledge"].take())
}

/// What was found, each with how the search went.
fn hits(mut found: Value) -> Vec<Value> {
    let is_degraded = found["isDegraded"].take();
    let Value::Array(mut hits) = found["hits"].take() else { panic!("no list: {found:#}") };
    for hit in &mut hits {
        hit["isDegraded"] = is_degraded.clone();
    }
    hits
}

/// The texts of what was found, the best first.
fn texts(hits: &[Value]) -> Vec<&str> {
    hits.iter().map(|hit| hit["passage"]["text"].as_str().unwrap()).collect()
}

/// The problems of an input that is refused, as path and message.
async fn problems(client: &Client, query: &str, variables: Value) -> Vec<(String, String)> {
    let error = client.fail(query, variables).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let fields = error["extensions"]["fields"].as_array().unwrap();
    fields.iter().map(|field| (text(&field["path"]), text(&field["message"]))).collect()
}
