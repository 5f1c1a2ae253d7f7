//! What may stand at the root of an operation.
//!
//! async-graphql runs a field as often as it stands in a selection set and merges the results. For a query that is only
//! wasteful, but a mutation would be done twice, and a subscription with two fields would mix two streams.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, ServerError, ServerResult,
    parser::types::{ExecutableDocument, Field, FragmentDefinition, OperationType, Selection, SelectionSet},
};

/// Checks that each mutation of a document is written once, and that a subscription has one field. The document has passed
/// [`super::check_document`], so its fragments end and are not many.
///
/// # Errors
/// The refusal, with the place of the second field.
pub fn check_roots(document: &ExecutableDocument) -> ServerResult<()> {
    for (_, operation) in document.operations.iter() {
        let mut fields = Vec::new();
        collect(&operation.node.selection_set.node, &document.fragments, &mut fields);
        match operation.node.ty {
            OperationType::Query => {}
            OperationType::Mutation => refuse_repeated(&fields)?,
            OperationType::Subscription => refuse_second(&fields)?,
        }
    }
    Ok(())
}

fn collect<'a>(
    set: &'a SelectionSet,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    fields: &mut Vec<&'a Positioned<Field>>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => fields.push(field),
            Selection::InlineFragment(inline) => collect(&inline.node.selection_set.node, fragments, fields),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    collect(&fragment.node.selection_set.node, fragments, fields);
                }
            }
        }
    }
}

fn refuse_repeated(fields: &[&Positioned<Field>]) -> ServerResult<()> {
    let mut seen = HashSet::new();
    match fields.iter().find(|field| !seen.insert(field.node.response_key().node.as_str())) {
        Some(again) => {
            let name = &again.node.response_key().node;
            let message = format!("`{name}` stands twice in the mutation and would be done twice; write it once.");
            Err(ServerError::new(message, Some(again.pos)))
        }
        None => Ok(()),
    }
}

fn refuse_second(fields: &[&Positioned<Field>]) -> ServerResult<()> {
    match fields.get(1) {
        Some(second) => {
            let message = "A subscription follows one field; open another subscription for the next.";
            Err(ServerError::new(message, Some(second.pos)))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn is_refused(document: &str) -> bool {
        check_roots(&parse_query(document).unwrap()).is_err()
    }

    #[test]
    fn a_mutation_is_written_once() {
        assert!(!is_refused("mutation { a { x } b: a { x } ...F } fragment F on M { c }"));
        assert!(is_refused("mutation { a { x } a { y } }"));
        assert!(is_refused("mutation { b: a ...F } fragment F on M { ... on M { b: a } }"));
        assert!(!is_refused("{ a { x } a { y } }"));
    }

    #[test]
    fn a_subscription_has_one_field() {
        assert!(!is_refused("subscription { ... on S { a } }"));
        assert!(is_refused("subscription { a b }"));
        assert!(is_refused("subscription { a ...F } fragment F on S { b }"));
    }
}
