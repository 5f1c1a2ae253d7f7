//! Which operation of a document runs.

use async_graphql::{
    Request,
    parser::types::{DocumentOperations, OperationDefinition, OperationType, Selection},
};

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

    /// Of the operation that would run. What cannot run is unknown; execution will report it.
    pub fn of(request: &mut Request) -> Self {
        let Some((name, operation)) = operation(request) else { return Self::unknown() };
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

/// The operation that would run, with its name. `None` when the document does not parse or names no such operation.
pub(super) fn operation(request: &mut Request) -> Option<(Option<String>, &OperationDefinition)> {
    let asked = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let all = match (&document.operations, asked) {
        (DocumentOperations::Single(operation), None) => return Some((None, &operation.node)),
        (DocumentOperations::Single(_), Some(_)) => return None,
        (DocumentOperations::Multiple(all), Some(asked)) => {
            let (name, operation) = all.get_key_value(asked.as_str())?;
            return Some((Some(name.to_string()), &operation.node));
        }
        (DocumentOperations::Multiple(all), None) => all,
    };
    let (name, operation) = all.iter().next().filter(|_| all.len() == 1)?;
    Some((Some(name.to_string()), &operation.node))
}

/// The kind of the operation that would run. `None` when the document does not parse or names no
/// such operation, which execution will report.
pub fn operation_kind(request: &mut Request) -> Option<OperationType> {
    operation(request).map(|(_, operation)| operation.ty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(query: &str, name: Option<&str>) -> Option<OperationType> {
        let mut request = Request::new(query);
        request.operation_name = name.map(str::to_owned);
        operation_kind(&mut request)
    }

    #[test]
    fn the_kind_is_that_of_the_named_operation() {
        let document = "query A { a } mutation B { b } subscription C { c }";
        assert_eq!(kind(document, Some("A")), Some(OperationType::Query));
        assert_eq!(kind(document, Some("B")), Some(OperationType::Mutation));
        assert_eq!(kind(document, Some("C")), Some(OperationType::Subscription));
    }

    #[test]
    fn a_lone_operation_needs_no_name() {
        assert_eq!(kind("mutation B { b }", None), Some(OperationType::Mutation));
        assert_eq!(kind("{ a }", None), Some(OperationType::Query));
    }

    #[test]
    fn the_kind_of_what_cannot_run_is_unknown() {
        assert_eq!(kind("{", None), None);
        assert_eq!(kind("{ a }", Some("A")), None);
        assert_eq!(kind("query A { a } query B { b }", None), None);
        assert_eq!(kind("query A { a }", Some("B")), None);
    }

    #[test]
    fn what_is_told_on_is_the_name_as_the_document_has_it_and_the_root_field_behind_its_alias() {
        let of = |query: &str, name: Option<&str>| {
            let mut request = Request::new(query);
            request.operation_name = name.map(str::to_owned);
            OperationInfo::of(&mut request)
        };
        let info = of("subscription Mine { other: jobProgress { at } }", None);
        assert_eq!((info.name.as_deref(), info.kind), (Some("Mine"), OperationKind::Subscription));
        assert_eq!(info.field.as_deref(), Some("jobProgress"));
        assert_eq!(of("query A { a } query B { b }", Some("B")).name.as_deref(), Some("B"));
        assert_eq!(of("{ a }", None).name, None);
        assert_eq!(of("query A { a }", Some("made up\n")), OperationInfo::unknown());
    }
}
