//! Paths of invalid argument values, for errors raised where only the value is known.

use std::{collections::HashMap, convert::Infallible, fmt::Display};

use async_graphql::{
    CustomValidator, InputType, InputValueError, Name, Pos, Positioned, ServerError, Value, Variables,
    parser::types::{Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value as Literal;

use super::errors::name_field;
use crate::text::fold;

/// The error extension that holds the invalid value until its path is known.
const GIVEN: &str = "given";

/// Returns an error about the text `given`, whose path [`add_paths`] adds.
pub fn wrong_value<T: InputType>(given: &str, message: impl Display) -> InputValueError<T> {
    InputValueError::custom(message).with_extension(GIVEN, given)
}

/// Validates a text to search for: it has at most this many characters. A text of invisible characters alone, which every
/// text contains, is invalid; an empty one and spaces are valid.
#[derive(Debug, Clone, Copy)]
pub struct SearchText(pub usize);

impl CustomValidator<String> for SearchText {
    fn check(&self, value: &String) -> Result<(), InputValueError<String>> {
        let length = value.chars().count();
        if length > self.0 {
            return Err(wrong_value(value, format!("Give at most {} characters; this text has {length}.", self.0)));
        }
        if !value.trim().is_empty() && fold(value).trim().is_empty() {
            let message = "These characters are invisible or change others; give a letter, a digit or a sign.";
            return Err(wrong_value(value, message));
        }
        Ok(())
    }
}

/// Validates a mail address to compare with: something stands before and behind its `@`. Old rows may hold addresses that
/// are not accepted today, so nothing more is asked for.
#[derive(Debug, Clone, Copy)]
pub struct AddressText;

impl CustomValidator<String> for AddressText {
    fn check(&self, value: &String) -> Result<(), InputValueError<String>> {
        let parts = value.trim().rsplit_once('@');
        if parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty()) {
            return Ok(());
        }
        let given: String = value.chars().take(64).collect();
        Err(wrong_value(
            value,
            format!("`{given}` is not a mail address; `contains` and `startsWith` find parts of one."),
        ))
    }
}

/// Adds the paths of the values in the arguments of `tree` to errors about single values.
pub fn add_paths(errors: &mut [ServerError], tree: &ExecutableDocument, variables: &Variables) {
    for error in errors {
        let Some(extensions) = error.extensions.as_mut() else { continue };
        let Some(Value::String(given)) = extensions.get(GIVEN).cloned() else { continue };
        extensions.unset(GIVEN);
        let path = error.locations.first().and_then(|place| find(tree, *place, variables, &given));
        if let Some(path) = path {
            name_field(error, &path);
        }
    }
}

/// Returns the path of the text `given` in the argument at `place`.
fn find(tree: &ExecutableDocument, place: Pos, variables: &Variables, given: &str) -> Option<String> {
    let mut found = None;
    visit_arguments(tree, &mut |name, value| {
        if found.is_some() || value.pos != place {
            return;
        }
        let of_variable = |name: Name| Ok::<_, Infallible>(variables.get(&name).cloned().unwrap_or_default());
        let Ok(value) = value.node.clone().into_const_with(of_variable);
        found = path_of(name, &value, &|value| matches!(value, Value::String(text) if text == given));
    });
    found
}

/// Returns the path of the first value in `value`, or of itself, for which `is_it` is true. `path` is its own path.
pub(super) fn path_of(path: &str, value: &Value, is_it: &impl Fn(&Value) -> bool) -> Option<String> {
    if is_it(value) {
        return Some(path.to_owned());
    }
    match value {
        Value::List(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, value)| path_of(&format!("{path}[{index}]"), value, is_it))
        }
        Value::Object(fields) => {
            fields.iter().find_map(|(name, value)| path_of(&format!("{path}.{name}"), value, is_it))
        }
        _ => None,
    }
}

/// Returns the first use of each variable, in the operation or in a fragment of its document.
pub(super) fn variable_paths(operation: &OperationDefinition, tree: &ExecutableDocument) -> HashMap<Name, String> {
    let mut paths = HashMap::new();
    let mut visit = |name: &str, value: &Positioned<Literal>| note_variables(name, &value.node, &mut paths);
    visit_directives(&operation.directives, &mut visit);
    visit_selections(&operation.selection_set.node, &mut visit);
    for fragment in tree.fragments.values() {
        visit_selections(&fragment.node.selection_set.node, &mut visit);
    }
    paths
}

fn note_variables(path: &str, value: &Literal, paths: &mut HashMap<Name, String>) {
    match value {
        Literal::Variable(name) => {
            paths.entry(name.clone()).or_insert_with(|| path.to_owned());
        }
        Literal::List(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, value)| note_variables(&format!("{path}[{index}]"), value, paths));
        }
        Literal::Object(fields) => {
            fields.iter().for_each(|(name, value)| note_variables(&format!("{path}.{name}"), value, paths));
        }
        _ => {}
    }
}

/// Converts a path that starts with a variable into one that starts with the argument that uses it.
pub(super) fn from_argument(path: &str, variables: &HashMap<Name, String>) -> String {
    let (variable, rest) = path.split_at(path.find(['.', '[']).unwrap_or(path.len()));
    match variables.get(variable) {
        Some(argument) => format!("{argument}{rest}"),
        None => path.to_owned(),
    }
}

/// Calls `visit` with the name and the value of each argument of each field and directive.
pub(super) fn visit_arguments<'t>(
    tree: &'t ExecutableDocument,
    visit: &mut impl FnMut(&'t str, &'t Positioned<Literal>),
) {
    for (_, operation) in tree.operations.iter() {
        visit_selections(&operation.node.selection_set.node, visit);
    }
    for fragment in tree.fragments.values() {
        visit_selections(&fragment.node.selection_set.node, visit);
    }
}

fn visit_directives<'t>(
    directives: &'t [Positioned<Directive>],
    visit: &mut impl FnMut(&'t str, &'t Positioned<Literal>),
) {
    for (name, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
        visit(name.node.as_str(), value);
    }
}

fn visit_selections<'t>(set: &'t SelectionSet, visit: &mut impl FnMut(&'t str, &'t Positioned<Literal>)) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                for (name, value) in &field.node.arguments {
                    visit(name.node.as_str(), value);
                }
                visit_directives(&field.node.directives, visit);
                visit_selections(&field.node.selection_set.node, visit);
            }
            Selection::InlineFragment(inline) => {
                visit_directives(&inline.node.directives, visit);
                visit_selections(&inline.node.selection_set.node, visit);
            }
            Selection::FragmentSpread(spread) => visit_directives(&spread.node.directives, visit),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_path_of_a_variable_begins_with_the_argument_where_it_stands_first() {
        let document = "query($a: A, $b: B, $c: C, $d: D) { x(of: {ids: [1, $a]}) ...F y @skip(if: $c) } \
            fragment F on Q { z(in: $b, to: $a) }";
        let tree = parse_query(document).unwrap();
        let (_, operation) = tree.operations.iter().next().unwrap();
        let paths = variable_paths(&operation.node, &tree);
        let path = |of: &str| from_argument(of, &paths);
        assert_eq!(["a", "b.or[0].id", "c", "d.x"].map(path), ["of.ids[1]", "in.or[0].id", "if", "d.x"]);
    }

    #[test]
    fn a_value_is_found_in_the_argument_where_it_was_read() {
        let document = r#"query($x: X) { a(id: "w") b(of: {ids: ["v", "w"]}) ...F } fragment F on Q { c(in: $x) }"#;
        let tree = parse_query(document).unwrap();
        let variables = Variables::from_json(json!({"x": {"or": [{"id": {"eq": "w"}}]}}));
        let path = |at: &str| {
            let place = Pos { line: 1, column: document.find(at).unwrap() + 1 };
            let error: InputValueError<String> = wrong_value("w", "Wrong.");
            let mut errors = [error.into_server_error(place)];
            add_paths(&mut errors, &tree, &variables);
            let extensions = errors[0].extensions.clone().unwrap();
            assert!(extensions.get(GIVEN).is_none());
            extensions.get("fields").map(|fields| fields.clone().into_json().unwrap()[0]["path"].take())
        };
        assert_eq!(path("\"w\") b"), Some(json!("id")));
        assert_eq!(path("{ids"), Some(json!("of.ids[1]")));
        assert_eq!(path("$x) }"), Some(json!("in.or[0].id.eq")));
        assert_eq!(path("query"), None);
    }
}
