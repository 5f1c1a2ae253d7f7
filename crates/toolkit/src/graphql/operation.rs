//! Selection of the operation to run.

use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};

use crate::telemetry::metrics::OperationKind;

/// Maximum length of an operation name in logs and metrics.
const LONGEST_NAME: usize = 64;

/// Information on an operation for logs and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationInfo {
    /// The name, if it is a valid one.
    pub name: Option<String>,
    /// The kind of operation.
    pub kind: OperationKind,
    /// The first root field outside of fragments.
    pub field: Option<String>,
}

impl OperationInfo {
    /// Returns the information on an unparsed or invalid operation.
    pub fn unknown() -> Self {
        Self { name: None, kind: OperationKind::Unknown, field: None }
    }

    /// Returns the information on the operation to run.
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
