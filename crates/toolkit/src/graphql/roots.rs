//! Validation of the root fields of an operation.
//!
//! async-graphql executes a field once per occurrence in a selection set and merges the results. For a query that is
//! only wasteful, but a mutation would be executed twice, and a subscription with two fields would mix two streams.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Document, Field, FragmentDefinition, OperationType, Selection},
};
use async_graphql::{ServerError, ServerResult};

use super::{limits::fragments, places::Places};

/// Checks that each mutation of a document occurs once, and that a subscription has one unconditional field. Expects a
/// document that passed [`super::limits::check_document`], so its fragments are finite and few.
///
/// # Errors
/// With the position of the field.
pub(super) fn check_roots(document: &Document, places: &Places<'_>) -> ServerResult<()> {
    let fragments = fragments(document);
    for definition in &document.definitions {
        let Definition::OperationDefinition(operation) = definition else { continue };
        let mut roots = Roots { fragments: &fragments, fields: Vec::new(), conditional: None };
        roots.collect(&operation.selection_set);
        let refusal = match operation.operation_type {
            OperationType::Query => None,
            OperationType::Mutation => roots.repeated(),
            OperationType::Subscription => roots.second_or_conditional(),
        };
        if let Some((message, name)) = refusal {
            return Err(ServerError::new(message, name.map(|name| places.of_span(name.location()))));
        }
    }
    Ok(())
}

/// The root fields of an operation, including those of fragments.
struct Roots<'a> {
    fragments: &'a HashMap<&'a Name, &'a Node<FragmentDefinition>>,
    fields: Vec<&'a Node<Field>>,
    /// A directive that may omit a root field.
    conditional: Option<&'a Name>,
}

impl<'a> Roots<'a> {
    fn collect(&mut self, set: &'a [Selection]) {
        for selection in set {
            let directives = match selection {
                Selection::Field(field) => {
                    self.fields.push(field);
                    &field.directives
                }
                Selection::InlineFragment(inline) => {
                    self.collect(&inline.selection_set);
                    &inline.directives
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.fragment_name).copied() {
                        self.collect(&fragment.selection_set);
                    }
                    &spread.directives
                }
            };
            let conditional = directives.iter().find(|directive| matches!(directive.name.as_str(), "skip" | "include"));
            self.conditional = self.conditional.or(conditional.map(|directive| &directive.name));
        }
    }

    fn repeated(&self) -> Option<(String, Option<&'a Name>)> {
        let mut seen = HashSet::new();
        let names = self.fields.iter().map(|field| field.alias.as_ref().unwrap_or(&field.name));
        let again = names.into_iter().find(|name| !seen.insert(name.as_str()))?;
        let message = format!("`{again}` stands twice in the mutation and would be done twice; write it once.");
        Some((message, Some(again)))
    }

    fn second_or_conditional(&self) -> Option<(String, Option<&'a Name>)> {
        if let Some(second) = self.fields.get(1) {
            let message = "A subscription follows one field; open another subscription for the next.";
            return Some((message.to_owned(), Some(&second.name)));
        }
        let directive = self.conditional?;
        let message = format!("`@{directive}` cannot stand at the root of a subscription; do not subscribe instead.");
        Some((message, Some(directive)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(document: &str) -> bool {
        check_roots(&Document::parse(document, "document").unwrap(), &Places::of(document)).is_err()
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

    #[test]
    fn a_subscription_cannot_leave_out_its_field() {
        assert!(is_refused("subscription($x: Boolean!) { a @skip(if: $x) }"));
        assert!(is_refused("subscription { ... @include(if: true) { a } }"));
        assert!(is_refused("subscription { ...F } fragment F on S { a @include(if: false) }"));
        assert!(!is_refused("subscription { a { b @skip(if: true) } }"));
    }
}
