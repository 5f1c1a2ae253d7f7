//! Which operation of a document runs.

use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};

use crate::telemetry::metrics::OperationKind;

/// The longest name of an operation that is told on.
const LONGEST_NAME: usize = 64;

/// What an operation is, for those who watch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationInfo {
    /// Its name, as far as it is one.
    pub name: Option<String>,
    /// What kind it is.
    pub kind: OperationKind,
    /// Its first root field, where one is written without a fragment.
    pub field: Option<String>,
}

impl OperationInfo {
    /// Of an operation that may not be read, or cannot be.
    pub fn unknown() -> Self {
        Self { name: None, kind: OperationKind::Unknown, field: None }
    }

    /// Of the operation that would run.
    pub(super) fn of(name: Option<&str>, operation: &OperationDefinition) -> Self {
        let kind = match operation.ty {
            OperationType::Query => OperationKind::Query,
            OperationType::Mutation => OperationKind::Mutation,
            OperationType::Subscription => OperationKind::Subscription,
        };
        let field = operation.selection_set.node.items.iter().find_map(|selection| match &selection.node {
            Selection::Field(field) => Some(field.node.name.node.to_string()),
            _ => None,
        });
        Self { name: name.map(|name| name.chars().take(LONGEST_NAME).collect()), kind, field }
    }
}
