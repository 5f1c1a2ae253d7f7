//! Documents that were read before. A client sends few, again and again; reading and validating them is most of what a
//! small operation costs.

use std::{any::TypeId, sync::Arc};

use async_graphql::{
    Request, ServerResult,
    parser::types::{DocumentOperations, ExecutableDocument},
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
            None => Ok(Arc::new(Document { parsed: request.parsed_query()?.clone(), cost: None })),
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
        self.0.insert(text, Arc::new(Document { parsed, cost: is_fixed.then_some(cost) }));
    }
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
    fn a_request_is_given_the_document_once() {
        let documents = Documents::default();
        documents.remember("{ a }".to_owned(), parse_query("{ a }").unwrap(), 1);
        let mut request = Request::new("{ a }");
        let first = documents.find(&mut request).unwrap();
        assert!(Arc::ptr_eq(&first, &documents.find(&mut request).unwrap()));
        assert_eq!(request.parsed_query().unwrap().operations.iter().count(), 1);
    }
}
