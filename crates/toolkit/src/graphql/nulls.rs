//! Rejection of nulls that would silently change the meaning of a filter.

use std::convert::Infallible;

use async_graphql::{MaybeUndefined, Name, Value, Variables, parser::types::ExecutableDocument};

use super::argument_paths::visit_arguments;
use crate::error::{Problems, Result};

/// The name of filter arguments.
const FILTER: &str = "filter";

/// Returns an error for each null within a filter, which would act as a missing condition and match all rows.
///
/// # Errors
/// [`Error::BadInput`](crate::error::Error::BadInput) with the path of each.
pub fn check_filters(document: &ExecutableDocument, variables: &Variables) -> Result<()> {
    let mut problems = Problems::default();
    visit_arguments(document, &mut |name, value| {
        if name == FILTER {
            // A variable that is left out is no null: its condition is left out too.
            let given = |name: Name| Ok::<_, Infallible>(variables.get(&name).cloned().unwrap_or(false.into()));
            match value.node.clone().into_const_with(given) {
                Ok(Value::Null) => {}
                Ok(filter) => find_nulls(&filter, FILTER, &mut problems),
            }
        }
    });
    problems.into_result()
}

fn find_nulls(value: &Value, path: &str, problems: &mut Problems) {
    match value {
        Value::Null => {
            let message =
                "Leave out the condition instead of giving null; where values can be absent, `isNull` asks for them.";
            problems.add(path, message);
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                find_nulls(item, &format!("{path}[{index}]"), problems);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                find_nulls(value, &format!("{path}.{name}"), problems);
            }
        }
        _ => {}
    }
}

/// Returns the value given for a field that cannot be cleared; null is a problem.
pub fn unless_null<T>(problems: &mut Problems, path: &str, given: MaybeUndefined<T>) -> Option<T> {
    if given.is_null() {
        problems.add(path, "This cannot be cleared; leave it out to keep it as it is.");
    }
    given.take()
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::error::Error;

    fn paths(document: &str, variables: serde_json::Value) -> Vec<String> {
        match check_filters(&parse_query(document).unwrap(), &Variables::from_json(variables)) {
            Err(Error::BadInput(problems)) => problems.reported().iter().map(|problem| problem.path.clone()).collect(),
            other => {
                assert!(other.is_ok());
                Vec::new()
            }
        }
    }

    #[test]
    fn each_null_within_a_filter_is_found() {
        let document = "query($x: String, $f: F) { a(filter: {name: {eq: null}, or: [{b: $x}]}) { c(filter: $f) } }";
        assert_eq!(paths(document, json!({})), ["filter.name.eq"]);
        assert_eq!(paths(document, json!({"x": null})), ["filter.name.eq", "filter.or[0].b"]);
        let filter = json!({"x": "y", "f": {"not": {"at": {"lt": null}}}});
        assert_eq!(paths(document, filter), ["filter.name.eq", "filter.not.at.lt"]);
    }

    #[test]
    fn a_filter_that_is_null_is_none() {
        assert!(paths("query($f: F) { a(filter: null) ... { a(filter: $f) } }", json!({"f": null})).is_empty());
        assert!(paths("{ a(input: {phone: null}) }", json!({})).is_empty());
    }
}
