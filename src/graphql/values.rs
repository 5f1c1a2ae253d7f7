//! Limits on the values of an operation: those of its variables, and those that stand in the document.

use std::convert::Infallible;

use async_graphql::{
    ServerError, ServerResult, Value, Variables,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use super::limits::limit_error;

/// Items of all lists together. The conditions of a filter become SQL by recursion, a level an item, and an unbounded list
/// would end the stack of the thread and with it the process.
const LIST_ITEMS: usize = 500;

/// Counts the items of the lists that stand in a document.
///
/// # Errors
/// The refusal, when a text in it holds U+0000, which PostgreSQL cannot keep.
pub(super) fn count_items(document: &ExecutableDocument) -> ServerResult<usize> {
    items_of(values_of(document).iter().collect())
}

/// Checks how many items the lists of `variables` hold beside the `written` ones of the document, and that no text holds
/// U+0000.
///
/// # Errors
/// The refusal, when one of the two does not hold.
pub(super) fn check_values(written: usize, variables: &Variables) -> ServerResult<()> {
    let items = written + items_of(variables.values().collect())?;
    if items > LIST_ITEMS { Err(limit_error("a number of items in lists of", LIST_ITEMS, items)) } else { Ok(()) }
}

fn items_of(mut values: Vec<&Value>) -> ServerResult<usize> {
    let mut items = 0;
    while let Some(value) = values.pop() {
        match value {
            Value::String(text) if text.contains('\0') => {
                return Err(ServerError::new("A text holds the character U+0000, which cannot be kept.", None));
            }
            Value::List(list) => {
                items += list.len();
                values.extend(list);
            }
            Value::Object(object) => values.extend(object.values()),
            _ => {}
        }
    }
    Ok(items)
}

/// The arguments of all fields, and the defaults of variables.
fn values_of(document: &ExecutableDocument) -> Vec<Value> {
    let mut values = Vec::new();
    for (_, operation) in document.operations.iter() {
        let defaults = operation.node.variable_definitions.iter().filter_map(|variable| variable.node.default_value());
        values.extend(defaults.cloned());
        arguments(&operation.node.selection_set.node, &mut values);
    }
    for fragment in document.fragments.values() {
        arguments(&fragment.node.selection_set.node, &mut values);
    }
    values
}

fn arguments(set: &SelectionSet, values: &mut Vec<Value>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                for (_, value) in &field.node.arguments {
                    // The values of variables are looked at by themselves.
                    let value = value.node.clone().into_const_with(|_| Ok::<_, Infallible>(Value::Null));
                    values.extend(value);
                }
                arguments(&field.node.selection_set.node, values);
            }
            Selection::InlineFragment(inline) => arguments(&inline.node.selection_set.node, values),
            Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn problem(document: &str, variables: serde_json::Value) -> Option<String> {
        let written = count_items(&parse_query(document).unwrap());
        let checked = written.and_then(|written| check_values(written, &Variables::from_json(variables)));
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
