//! Limits on the values of an operation, in variables and in the document.

use std::{collections::HashMap, convert::Infallible};

use async_graphql::{Name, ServerError, ServerResult, Value, Variables, parser::types::ExecutableDocument};

use super::{
    argument_paths::{from_argument, path_of, variable_paths, visit_arguments},
    errors::name_field,
    limits::limit_error,
};

/// Maximum number of list items in total. Filter conditions are converted to SQL recursively, one level per item, and
/// an unbounded list would overflow the stack.
const LIST_ITEMS: usize = 500;

/// Counts the list items in a document.
///
/// # Errors
/// If a text contains U+0000, which PostgreSQL cannot store.
pub(super) fn count_items(document: &ExecutableDocument) -> ServerResult<usize> {
    let values = values_of(document);
    items_of(values.iter().map(|(name, value)| (name.as_str(), value)))
}

/// Checks the number of list items in `variables` plus the `written` ones of the document, and that no text contains
/// U+0000. Paths of variables are computed only if needed.
///
/// # Errors
/// If there are too many items, or an invalid text.
pub(super) fn check_values(
    written: usize,
    variables: &Variables,
    paths: impl FnOnce() -> HashMap<Name, String>,
) -> ServerResult<()> {
    let Ok(items) = items_of(variables.iter().map(|(name, value)| (name.as_str(), value))) else {
        let paths = paths();
        let named: Vec<_> = variables.iter().map(|(name, value)| (from_argument(name, &paths), value)).collect();
        return items_of(named.iter().map(|(name, value)| (name.as_str(), *value))).map(|_| ());
    };
    let items = written + items;
    if items > LIST_ITEMS { Err(limit_error("a number of items in lists of", LIST_ITEMS, items)) } else { Ok(()) }
}

fn items_of<'v>(named: impl Iterator<Item = (&'v str, &'v Value)>) -> ServerResult<usize> {
    let mut items = 0;
    for (name, root) in named {
        let mut values = vec![root];
        while let Some(value) = values.pop() {
            match value {
                Value::List(list) => {
                    items += list.len();
                    values.extend(list);
                }
                Value::Object(object) => values.extend(object.values()),
                text if has_nul(text) => return Err(nul_error(name, root)),
                _ => {}
            }
        }
    }
    Ok(items)
}

fn has_nul(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.contains('\0'))
}

fn nul_error(name: &str, value: &Value) -> ServerError {
    let mut error = ServerError::new("A text contains the character U+0000, which cannot be stored.", None);
    name_field(&mut error, &path_of(name, value, &has_nul).unwrap_or_else(|| name.to_owned()));
    error
}

/// Returns the arguments of all fields and the defaults of variables, with the paths of the arguments.
fn values_of(document: &ExecutableDocument) -> Vec<(String, Value)> {
    let mut values = Vec::new();
    for (_, operation) in document.operations.iter() {
        let defaults =
            operation.node.variable_definitions.iter().filter_map(|variable| {
                Some((variable.node.name.node.as_str(), variable.node.default_value().cloned()?))
            });
        let mut defaults = defaults.peekable();
        if defaults.peek().is_some() {
            let paths = variable_paths(&operation.node, document);
            values.extend(defaults.map(|(name, value)| (from_argument(name, &paths), value)));
        }
    }
    visit_arguments(document, &mut |name, value| {
        // The values of variables are looked at by themselves.
        let Ok(value) = value.node.clone().into_const_with(|_| Ok::<_, Infallible>(Value::Null));
        values.push((name.to_owned(), value));
    });
    values
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn problem(document: &str, variables: serde_json::Value) -> Option<String> {
        let written = count_items(&parse_query(document).unwrap());
        let checked = written.and_then(|written| check_values(written, &Variables::from_json(variables), HashMap::new));
        checked.err().map(|error| error.message)
    }

    #[test]
    fn the_items_of_all_lists_are_counted_together() {
        let list = |items: usize| format!("[{}]", "7 ".repeat(items));
        let document = format!(
            "query($x: [Int] = {}) {{ a(b: {{c: {}}}, d: $x) ...F }} fragment F on Q {{ ... {{ b(c: {}) }} }}",
            list(1),
            list(2),
            list(3)
        );
        let given = |items: usize| json!({"x": [vec![7; items]]});
        assert_eq!(problem(&document, given(LIST_ITEMS - 7)), None);
        assert!(problem(&document, given(LIST_ITEMS - 6)).unwrap().contains("of 501; at most 500"));
    }

    #[test]
    fn the_nul_character_is_found_wherever_it_stands() {
        assert!(problem(r#"{ a(b: {c: ["\u0000"]}) }"#, json!({})).is_some());
        assert!(problem(r#"query($x: String = "\u0000") { a(b: $x) }"#, json!({})).is_some());
        assert!(problem("{ a }", json!({"x": {"y": ["z\0"]}})).is_some());
        assert_eq!(problem(r#"{ a(b: "\\u0000 \u0001") }"#, json!({"x": "y", "z": [0]})), None);
    }
}
