//! Which operation of a document runs.

use async_graphql::{
    Request,
    parser::types::{DocumentOperations, OperationType},
};

/// The kind of the operation that would run. `None` when the document does not parse or names no
/// such operation, which execution will report.
pub fn operation_kind(request: &mut Request) -> Option<OperationType> {
    let name = request.operation_name.clone();
    let document = request.parsed_query().ok()?;
    let operation = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => operation,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name.as_str())?,
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next()?,
        _ => return None,
    };
    Some(operation.node.ty)
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
}
