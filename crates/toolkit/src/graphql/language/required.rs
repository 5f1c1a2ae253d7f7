//! Null given by a variable in a non-null position.
//!
//! A nullable variable is allowed in a non-null position that has a default, which applies if the variable is omitted.
//! An explicit null is an error that only the values reveal
//! (<https://spec.graphql.org/September2025/#sec-All-Variable-Usages-Are-Allowed.Allowing-Optional-Variables-When-Default-Values-Exist>).

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{Type, Value as Literal},
    executable::{Operation, Selection, SelectionSet},
    schema::ExtendedType,
};
use async_graphql::{Value, Variables};

use crate::error::{Problems, Result};

/// Returns an error if a complete variable of an operation is null in a non-null position.
///
/// # Errors
/// [`Error::BadInput`](crate::error::Error::BadInput) with the path of each such value.
pub(super) fn check(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &Variables,
) -> Result<()> {
    if !variables.values().any(|value| *value == Value::Null) {
        return Ok(());
    }
    let mut required = Required { schema, document, variables, problems: Problems::default() };
    required.set(&operation.selection_set);
    required.problems.into_result()
}

struct Required<'d> {
    schema: &'d Schema,
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    problems: Problems,
}

impl Required<'_> {
    fn set(&mut self, set: &SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        if let Some(definition) = field.definition.argument_by_name(&argument.name) {
                            self.value(&argument.value, &definition.ty, &argument.name);
                        }
                    }
                    self.set(&field.selection_set);
                }
                Selection::InlineFragment(inline) => self.set(&inline.selection_set),
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                        self.set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn value(&mut self, value: &Node<Literal>, ty: &Type, path: &str) {
        match &**value {
            Literal::Variable(name) if ty.is_non_null() && self.variables.get(name.as_str()) == Some(&Value::Null) => {
                self.problems.add(path, "This cannot be null; leave it out for its default.");
            }
            Literal::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, ty.item_type(), &format!("{path}[{index}]"));
                }
            }
            Literal::Object(fields) => {
                let schema = self.schema;
                let Some(ExtendedType::InputObject(input)) = schema.types.get(ty.inner_named_type()) else { return };
                for (name, value) in fields {
                    if let Some(definition) = input.fields.get(name) {
                        self.value(value, &definition.ty, &format!("{path}.{name}"));
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::error::Error;

    const SCHEMA: &str =
        "type Query { a(n: Int! = 3, of: Input, list: [Int!]): Query b: Int } input Input { x: Int y: Int! = 1 }";

    fn paths(text: &str, variables: Json) -> Vec<String> {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, text, "document").unwrap();
        let operation = document.operations.iter().next().unwrap();
        match check(&schema, &document, operation, &Variables::from_json(variables)) {
            Err(Error::BadInput(problems)) => problems.reported().iter().map(|problem| problem.path.clone()).collect(),
            other => {
                assert!(other.is_ok());
                Vec::new()
            }
        }
    }

    #[test]
    fn null_is_refused_where_only_a_default_allows_its_variable() {
        let first = "query($f: Int) { a(n: $f) { b } }";
        assert_eq!(paths(first, json!({"f": null})), ["n"]);
        assert!(paths(first, json!({"f": 1})).is_empty() && paths(first, json!({})).is_empty());
        let nested = "query($f: Int) { ...Q } fragment Q on Query { a(of: {x: $f, y: $f}) { b } }";
        assert_eq!(paths(nested, json!({"f": null})), ["of.y"]);
    }
}
