//! The schema as users meet it, and the files that are made from the program.

mod names;
mod rights;
mod sizes;
mod verdicts;
mod vocabulary;

use std::{collections::BTreeSet, path::Path};

use apollo_compiler::Schema;
use serde_json::{Value, json};

use crate::support::TestApp;

/// What GraphiQL asks when it opens.
const INTROSPECTION: &str = include_str!("limits/introspection.graphql");

/// Compares a file of the repository with what the program makes of it, or writes it with `UPDATE_SNAPSHOTS=1`.
fn file_is(name: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let made = format!("{}\n", made.trim_end());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(made.lines()).position(|(kept, made)| kept != made);
    let line = differs.unwrap_or_else(|| kept.lines().count().min(made.lines().count())) + 1;
    assert!(
        kept == made,
        "{name} is out of date from line {line}. Run `just schema`, which is `UPDATE_SNAPSHOTS=1 cargo test --test it schema::`, \
         look at the difference and commit it.\nin the file: {:?}\nnow:         {:?}",
        kept.lines().nth(line - 1),
        made.lines().nth(line - 1),
    );
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    file_is("schema.graphql", &rapport::schema::sdl());
}

#[test]
fn the_example_of_settings_names_all_of_them() {
    file_is(".env.example", &rapport::config::env_example());
}

/// The types by which clients' caches know what `node` may show.
#[test]
fn the_guide_names_all_types_that_have_an_id() {
    let schema = Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap();
    let node = &schema.implementers_map()["Node"];
    let types: BTreeSet<_> = node.objects.iter().map(|name| name.as_str()).collect();
    let guide = include_str!("../../docs/api.md");
    let (_, shown) = guide.split_once("possibleTypes: {").unwrap();
    let (shown, _) = shown.split_once(']').unwrap();
    assert_eq!(shown.split('"').skip(1).step_by(2).collect::<BTreeSet<_>>(), types);
}

/// The types of the schema that are ours, as introspection tells of them.
async fn types() -> Vec<Value> {
    let app = TestApp::builder().quiet().start().await;
    let mut schema = app.anonymous().ok(INTROSPECTION, json!({})).await;
    let Value::Array(types) = schema["__schema"]["types"].take() else { panic!("there are no types") };
    let built_in = ["Boolean", "Float", "ID", "Int", "String"];
    let is_ours = |kind: &Value| {
        let name = kind["name"].as_str().unwrap();
        !name.starts_with("__") && !built_in.contains(&name)
    };
    types.into_iter().filter(is_ours).collect()
}

/// The entries of a list that introspection may leave out.
fn each(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// The name of a type, a field, an argument or a value.
fn name(item: &Value) -> &str {
    item["name"].as_str().unwrap()
}

/// Everything that has a description, with its place: types, fields, arguments, input fields and enum values.
fn described(types: &[Value]) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for kind in types {
        all.push((name(kind).to_owned(), kind));
        for member in ["fields", "inputFields", "enumValues"].into_iter().flat_map(|list| each(&kind[list])) {
            let place = format!("{}.{}", name(kind), name(member));
            for argument in each(&member["args"]) {
                all.push((format!("{place}({})", name(argument)), argument));
            }
            all.push((place, member));
        }
    }
    all
}

#[tokio::test]
async fn everything_in_the_schema_is_described() {
    let types = types().await;
    let described = described(&types);
    assert!(described.len() > 300, "only {} things were found", described.len());
    let is_bare = |item: &Value| item["description"].as_str().is_none_or(|text| text.trim().is_empty());
    let missing: Vec<_> = described.iter().filter(|(_, item)| is_bare(item)).map(|(place, _)| place).collect();
    assert!(missing.is_empty(), "without a description: {missing:#?}");
}

#[tokio::test]
async fn a_field_that_may_be_null_says_when() {
    let types = types().await;
    let fields = types.iter().flat_map(|kind| each(&kind["fields"]).map(move |field| (name(kind), field)));
    let is_silent = |field: &Value| !field["description"].as_str().unwrap_or_default().to_lowercase().contains("null");
    let silent = fields.filter(|(_, field)| field["type"]["kind"] != "NON_NULL" && is_silent(field));
    let silent: Vec<_> = silent.map(|(kind, field)| format!("{kind}.{}", name(field))).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[tokio::test]
async fn descriptions_are_sentences_for_people() {
    let types = types().await;
    let is_sentence =
        |text: &str| text.ends_with(['.', '?']) && text.chars().next().is_some_and(|first| !first.is_lowercase());
    let inside = ["rust", "sea_orm", "seaorm", "struct", "async_graphql", "resolver", "implement", "todo", "[`", "::"];
    let wrong = described(&types).into_iter().filter_map(|(place, item)| {
        let text = item["description"].as_str().unwrap_or_default();
        let lower = text.to_lowercase();
        let is_wrong = !is_sentence(text) || inside.iter().any(|word| lower.contains(word));
        is_wrong.then(|| format!("{place}: {text}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
