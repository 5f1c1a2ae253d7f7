//! Documents that were read before. A client sends few, again and again; reading and validating them is most of what a
//! small operation costs.

use std::{any::TypeId, collections::HashSet, sync::Arc};

use async_graphql::{
    Name, Request, ServerResult,
    parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet},
};
use moka::sync::Cache;

/// How much memory the remembered documents may take, in bytes.
const MEMORY: u64 = 32 << 20;
/// The most memory that a parsed document takes, in times of its text: a field of two letters becomes some 300 bytes.
const TIMES_THE_TEXT: usize = 128;

/// Remembers valid documents, those that were sent lately or often. Cheap to clone.
#[derive(Clone)]
pub struct Documents(Cache<String, Arc<Document>>);

/// A document that is within the limits and valid.
#[derive(Debug)]
pub struct Document {
    /// What it says.
    pub parsed: ExecutableDocument,
    /// What its operation costs, where that is the same whoever sends it: there is one, without variables.
    pub cost: Option<usize>,
    /// Whether fields are merged: one place of an answer is asked for more than once.
    pub is_merged: bool,
}

impl Default for Documents {
    fn default() -> Self {
        let weight = |text: &String, _: &Arc<Document>| u32::try_from(text.len() * TIMES_THE_TEXT).unwrap_or(u32::MAX);
        Self(Cache::builder().weigher(weight).max_capacity(MEMORY).build())
    }
}

impl Documents {
    /// What is known of the document of `request`, which then need not be parsed.
    pub fn find(&self, request: &mut Request) -> Option<Arc<Document>> {
        let found = request.data.get(&TypeId::of::<Arc<Document>>()).and_then(|found| found.downcast_ref());
        if let Some(document) = found {
            return Some(Arc::clone(document));
        }
        let document = self.0.get(&request.query)?;
        request.set_parsed_query(document.parsed.clone());
        request.data.insert(document.clone());
        Some(document)
    }

    /// The document of `request`, which is within the limits and valid.
    ///
    /// # Errors
    /// When it does not parse, which is not valid.
    pub fn of(&self, request: &mut Request) -> ServerResult<Arc<Document>> {
        match self.find(request) {
            Some(document) => Ok(document),
            None => Ok(Arc::new(Document { parsed: request.parsed_query()?.clone(), cost: None, is_merged: true })),
        }
    }

    /// Remembers the document of `text`, of which one operation is valid and costs so much. Another of its operations, and
    /// other variables, are to be validated all the same.
    pub fn remember(&self, text: String, parsed: ExecutableDocument, cost: usize) {
        let is_fixed = match &parsed.operations {
            DocumentOperations::Single(only) => only.node.variable_definitions.is_empty(),
            DocumentOperations::Multiple(all) => {
                all.len() == 1 && all.values().all(|only| only.node.variable_definitions.is_empty())
            }
        };
        let is_merged = is_merged(&parsed);
        self.0.insert(text, Arc::new(Document { parsed, cost: is_fixed.then_some(cost), is_merged }));
    }
}

/// Whether a name may be asked for twice of one object. Fragments on other types count too: to know better takes the schema.
fn is_merged(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).any(|set| is_merged_below(document, set))
}

fn is_merged_below(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    !adds_names(document, set, &mut HashSet::new()) || children(set).any(|below| is_merged_below(document, below))
}

/// The selection sets within `set`, but for those of fragments that have a name.
fn children(set: &SelectionSet) -> impl Iterator<Item = &SelectionSet> {
    set.items.iter().filter_map(|selection| match &selection.node {
        Selection::Field(field) => Some(&field.node.selection_set.node),
        Selection::InlineFragment(inline) => Some(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => None,
    })
}

/// Adds the names of `set` and of the fragments in it; false when there is one already. That ends it, so that fragments
/// which spread others again and again take no time.
fn adds_names<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, names: &mut HashSet<&'a Name>) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => names.insert(&field.node.response_key().node),
        Selection::InlineFragment(inline) => adds_names(document, &inline.node.selection_set.node, names),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_some_and(|fragment| adds_names(document, &fragment.node.selection_set.node, names)),
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn cost(text: &str) -> Option<Option<usize>> {
        let documents = Documents::default();
        documents.remember(text.to_owned(), parse_query(text).unwrap(), 7);
        documents.find(&mut Request::new(text)).map(|document| document.cost)
    }

    #[test]
    fn a_document_is_known_by_its_whole_text() {
        let documents = Documents::default();
        documents.remember("{ a }".to_owned(), parse_query("{ a }").unwrap(), 1);
        assert!(documents.find(&mut Request::new("{ a }")).is_some());
        assert!(documents.find(&mut Request::new("{ a  }")).is_none());
    }

    #[test]
    fn the_cost_is_known_where_neither_variables_nor_another_operation_can_change_it() {
        assert_eq!(cost("{ a }"), Some(Some(7)));
        assert_eq!(cost("query Q { a }"), Some(Some(7)));
        assert_eq!(cost("query Q($n: Int) { a(n: $n) }"), Some(None));
        assert_eq!(cost("query A { a } query B { b }"), Some(None));
    }

    #[test]
    fn a_name_that_stands_twice_in_an_object_merges_what_it_asks_for() {
        let merges = |text: &str| is_merged(&parse_query(text).unwrap());
        for alone in [
            "{ a { b c } d: a { b } }",
            "{ a { ...F } c { ...F } } fragment F on A { b }",
            "{ a { ... on A { b } c } }",
            "query P { a } query Q { a }",
        ] {
            assert!(!merges(alone), "{alone}");
        }
        for merged in [
            "{ a { b } a { c } }",
            "{ a: b { x } a: b { y } }",
            "{ x { a { b } ... { a { c } } } }",
            "{ a { b } ...F } fragment F on Q { a { c } }",
            "{ x } fragment F on Q { y { a { b } a { c } } }",
            "{ x { ... { y { a { b } a { c } } } } }",
        ] {
            assert!(merges(merged), "{merged}");
        }
    }

    #[test]
    fn a_request_is_given_the_document_once() {
        let documents = Documents::default();
        documents.remember("{ a }".to_owned(), parse_query("{ a }").unwrap(), 1);
        let mut request = Request::new("{ a }");
        let first = documents.find(&mut request).unwrap();
        assert!(Arc::ptr_eq(&first, &documents.find(&mut request).unwrap()));
        assert_eq!(request.parsed_query().unwrap().operations.iter().count(), 1);
    }
}
