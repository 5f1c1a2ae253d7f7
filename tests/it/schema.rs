//! The contract: the schema as a file, its descriptions and its names; and the settings as a file.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::TestApp;

/// Holds a file of the repository to what the program makes; writes it when `UPDATE_SNAPSHOTS` is set.
fn assert_file_is(name: &str, made: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "{name} is stale: run `just schema` and look at the difference");
}

#[test]
fn the_schema_in_the_repository_is_the_one_that_is_served() {
    assert_file_is("schema.graphql", &format!("{}\n", rapport::schema::sdl().trim_end()));
}

#[test]
fn the_example_of_the_settings_has_every_setting() {
    assert_file_is(".env.example", &rapport::config::env_example());
}

/// The types that are ours, as introspection shows them.
async fn types() -> Vec<Value> {
    let query = "{ __schema { types { kind name description
        fields { name description type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
          args { name description } }
        inputFields { name description }
        enumValues { name description } } } }";
    let app = TestApp::start().await;
    let data = app.anonymous().ok(query, json!({})).await;
    let builtin = ["Boolean", "Float", "Int", "String", "ID"];
    let types = data["__schema"]["types"].as_array().unwrap().iter();
    types
        .filter(|ty| !ty["name"].as_str().unwrap().starts_with("__"))
        .filter(|ty| !builtin.contains(&ty["name"].as_str().unwrap()))
        .cloned()
        .collect()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

#[tokio::test]
async fn everything_has_a_description() {
    let mut missing = Vec::new();
    let mut check = |path: String, item: &Value| {
        if item["description"].as_str().is_none_or(|text| text.trim().len() < 5) {
            missing.push(path);
        }
    };
    for ty in &types().await {
        let name = ty["name"].as_str().unwrap();
        if !["Query", "Mutation", "Subscription"].contains(&name) {
            check(name.to_owned(), ty);
        }
        for part in ["fields", "inputFields", "enumValues"] {
            for item in list(ty, part) {
                let path = format!("{name}.{}", item["name"].as_str().unwrap());
                check(path.clone(), item);
                for argument in list(item, "args") {
                    check(format!("{path}({}:)", argument["name"].as_str().unwrap()), argument);
                }
            }
        }
    }
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}

#[tokio::test]
async fn names_are_as_generators_and_people_expect_them() {
    let is_camel = |name: &str| name.chars().next().is_some_and(char::is_lowercase) && !name.contains('_');
    let is_pascal = |name: &str| name.chars().next().is_some_and(char::is_uppercase) && !name.contains('_');
    let is_screaming = |name: &str| name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    for ty in &types().await {
        let name = ty["name"].as_str().unwrap();
        assert!(is_pascal(name), "{name}");
        for field in list(ty, "fields").chain(list(ty, "inputFields")) {
            assert!(is_camel(field["name"].as_str().unwrap()), "{name}.{}", field["name"]);
        }
        for value in list(ty, "enumValues") {
            assert!(is_screaming(value["name"].as_str().unwrap()), "{name}.{}", value["name"]);
        }
        if ["OBJECT", "INTERFACE"].contains(&ty["kind"].as_str().unwrap()) {
            assert!(list(ty, "fields").next().is_some(), "{name} has no fields");
        }
        if ty["kind"] == "INPUT_OBJECT" {
            assert!(list(ty, "inputFields").next().is_some(), "{name} has no fields");
        }
    }
}

#[tokio::test]
async fn lists_never_hold_nothing_except_where_an_object_may_be_missing() {
    for ty in &types().await {
        for field in list(ty, "fields") {
            let path = format!("{}.{}", ty["name"], field["name"]);
            let mut kinds = Vec::new();
            let mut at = &field["type"];
            while at.is_object() {
                kinds.push(at["kind"].as_str().unwrap().to_owned());
                at = &at["ofType"];
            }
            if kinds.contains(&"LIST".to_owned()) && path != "\"Query\".\"nodes\"" {
                assert_eq!(kinds[..3], ["NON_NULL", "LIST", "NON_NULL"], "{path}");
            }
        }
    }
}

#[tokio::test]
async fn mutations_return_objects() {
    for ty in &types().await {
        if ty["name"] == "Mutation" {
            for field in list(ty, "fields") {
                assert_eq!(field["type"]["kind"], "NON_NULL", "{}", field["name"]);
                assert_eq!(field["type"]["ofType"]["kind"], "OBJECT", "{}", field["name"]);
            }
        }
    }
}
