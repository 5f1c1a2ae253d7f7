//! What is a valid document is not ours to say: graphql-js is the measure. `tests/clients/documents.mjs` wrote the verdicts.

use std::sync::Arc;

use async_graphql::{Request, Variables};
use rapport::{
    config::Config,
    graphql::{Documents, Language, Scalars},
    schema::sdl,
};
use serde::Deserialize;

/// Documents by hand, each for a rule of the specification.
const BY_HAND: &str = include_str!("verdicts_by_hand.jsonl");
/// Documents that were generated; `VERDICTS` names a file with more.
const GENERATED: &str = include_str!("verdicts_generated.jsonl");

/// Where we differ on purpose: words of our refusal, and why.
const EXPLAINED: [(&str, &str); 3] = [
    ("would be done twice; write it once", "the engine runs a root field as often as it stands there"),
    ("follows one field", "the same field twice would be followed twice"),
    (
        "cannot stand at the root of a subscription",
        "the specification says so since September 2025, graphql-js 16 does not",
    ),
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    query: String,
    operation_name: Option<String>,
    #[serde(default)]
    variables: serde_json::Value,
    runs: bool,
    why: Option<String>,
}

/// A reader of the schema without limits, to whom the scalars of our own are as they are to graphql-js: whatever is given.
fn documents() -> Documents {
    let mut limits = Config::defaults().limits;
    (limits.depth, limits.aliases, limits.directives, limits.tokens) = (60, 1000, 1000, 100_000);
    Documents::new(Language::new(&sdl(), Scalars::default(), Arc::new(limits)).unwrap())
}

/// Why a document does not run; `None` when it does.
fn refusal(documents: &Documents, case: &Case) -> Option<String> {
    let mut request = Request::new(&case.query);
    let document = match documents.read(&mut request) {
        Ok(document) => document,
        Err(errors) => return Some(errors[0].message.clone()),
    };
    let chosen = match document.operation(case.operation_name.as_deref()) {
        Ok(chosen) => chosen,
        Err(error) => return Some(error.message),
    };
    let variables = Variables::from_json(case.variables.clone());
    documents.coerce(&document, chosen, variables).err().map(|error| error.to_string())
}

/// The cases on which we differ from graphql-js.
fn differences(cases: &str) -> Vec<String> {
    let documents = documents();
    let differing = cases.lines().filter_map(|line| {
        let case: Case = serde_json::from_str(line).unwrap();
        let refusal = refusal(&documents, &case);
        let is_explained = refusal.as_ref().is_some_and(|words| EXPLAINED.iter().any(|(part, _)| words.contains(part)));
        let differs = refusal.is_none() != case.runs && !is_explained;
        let Case { query, variables, why, .. } = case;
        differs.then(|| format!("{query}\n  with {variables}\n  graphql-js: {why:?}\n  here:       {refusal:?}"))
    });
    differing.collect()
}

fn none(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{} differences; if they ask for what the schema had before, `just verdicts` writes the documents anew:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn documents_by_hand_have_the_verdict_of_graphql_js() {
    none(&differences(BY_HAND));
}

#[test]
fn generated_documents_have_the_verdict_of_graphql_js() {
    none(&differences(GENERATED));
    if let Some(more) = std::env::var_os("VERDICTS") {
        let more = std::fs::read_to_string(more).unwrap();
        println!("{} documents more", more.lines().count());
        none(&differences(&more));
    }
}
