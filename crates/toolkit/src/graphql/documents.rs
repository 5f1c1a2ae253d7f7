//! A cache of parsed documents. Clients send few documents repeatedly, and parsing and validating them is most of the
//! cost of a small operation.

use std::{
    any::TypeId,
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use apollo_compiler::{Node, executable::Operation};
use async_graphql::{
    Name, Request, ServerError, ServerResult, Variables,
    parser::types::{
        DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use moka::sync::Cache;

use super::{
    argument_paths::{from_argument, variable_paths},
    language::{Language, Partial, Typed, leave_out},
    operation::OperationInfo,
    pricing::Price,
    values::{check_values, count_items},
};
use crate::error::Error;

/// Maximum memory of the cache, in bytes.
const MEMORY: u64 = 32 << 20;
/// Maximum memory of a document relative to its text: a field of two letters takes some 300 bytes in each of two trees.
const TIMES_THE_TEXT: usize = 256;
/// Maximum number of trees kept per document for different sets of omitted variables.
const VARIANTS: usize = 8;

/// Parses and validates documents, and caches recent and frequent ones. Cheap to clone.
#[derive(Clone)]
pub struct Documents {
    language: Language,
    known: Cache<String, Arc<Document>>,
}

/// A valid document within the limits.
#[derive(Debug)]
pub struct Document {
    /// The document with the types of its selections.
    typed: Typed,
    tree: Arc<ExecutableDocument>,
    /// The trees for sets of omitted variables, without the arguments that these would give.
    variants: Mutex<Vec<(Vec<Name>, Arc<ExecutableDocument>)>>,
    /// Number of items of the lists in the document.
    items: usize,
    /// The price of its operation if it is constant: a single operation without variables.
    fixed_cost: OnceLock<Price>,
    /// True if fields are merged, so that several selections give one place of an answer.
    pub is_merged: bool,
}

/// The selected operation of a document.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'d> {
    /// Its name in the document.
    pub name: Option<&'d str>,
    /// The operation with the types of its selections.
    pub typed: &'d Node<Operation>,
    /// The operation as executed.
    pub tree: &'d OperationDefinition,
}

/// The cached errors of an invalid document, kept with its request.
#[derive(Clone)]
struct Unreadable(Arc<Wrong>);

/// The errors of a document.
struct Wrong {
    errors: Vec<ServerError>,
    /// The known part of the document, if there is one.
    partial: Option<Box<Partial>>,
}

impl Documents {
    /// Creates a cache for documents of `language`.
    pub fn new(language: Language) -> Self {
        let weight = |text: &String, _: &Arc<Document>| u32::try_from(text.len() * TIMES_THE_TEXT).unwrap_or(u32::MAX);
        Self { language, known: Cache::builder().weigher(weight).max_capacity(MEMORY).build() }
    }

    /// Returns the document of `request`, parsed at most once per request.
    ///
    /// # Errors
    /// All errors of the document.
    pub fn read(&self, request: &mut Request) -> Result<Arc<Document>, Vec<ServerError>> {
        if let Some(document) = in_data::<Arc<Document>>(request) {
            return Ok(document);
        }
        if let Some(Unreadable(wrong)) = in_data(request) {
            return Err(wrong.errors.clone());
        }
        if let Some(document) = self.known.get(&request.query) {
            request.data.insert(Arc::clone(&document));
            return Ok(document);
        }
        match self.read_text(&request.query) {
            Ok(document) => {
                let document = Arc::new(document);
                self.known.insert(request.query.clone(), Arc::clone(&document));
                request.data.insert(Arc::clone(&document));
                Ok(document)
            }
            Err(wrong) => {
                let errors = wrong.errors.clone();
                request.data.insert(Unreadable(Arc::new(wrong)));
                Err(errors)
            }
        }
    }

    fn read_text(&self, text: &str) -> Result<Document, Wrong> {
        match self.language.read(text) {
            Ok(readable) => Document::new(readable).map_err(|errors| Wrong { errors, partial: None }),
            Err(wrong) => Err(Wrong { errors: wrong.errors, partial: wrong.partial }),
        }
    }

    /// Returns the `errors` of the document of a request, with those of its variables unless the document could not be parsed
    /// or exceeds a limit.
    pub fn with_variables(&self, request: &mut Request, mut errors: Vec<ServerError>) -> Vec<ServerError> {
        let Some(Unreadable(wrong)) = in_data::<Unreadable>(request) else { return errors };
        let Some(Partial { typed, tree, uses }) = wrong.partial.as_deref() else { return errors };
        let Ok(chosen) = Chosen::of(typed, tree, request.operation_name.as_deref()) else { return errors };
        if let Err(error) = self.language.coerce(chosen.typed, std::mem::take(&mut request.variables)) {
            let mut paths = uses.clone();
            paths.extend(variable_paths(chosen.tree, tree));
            let error = async_graphql::Error::from(at_arguments(error, &paths));
            errors.push(error.into_server_error(chosen.tree.selection_set.pos));
        }
        errors
    }

    /// Coerces the variables of an operation of `document`, with defaults for omitted ones.
    ///
    /// # Errors
    /// With the path of each invalid value, from the argument that uses its variable first.
    pub fn coerce(&self, document: &Document, chosen: Chosen<'_>, given: Variables) -> crate::error::Result<Variables> {
        let coerced = self.language.coerce(chosen.typed, given);
        coerced.map_err(|error| at_arguments(error, &variable_paths(chosen.tree, &document.tree)))
    }

    /// Returns an error if a complete variable of an operation of `document` is null in a non-null position.
    ///
    /// # Errors
    /// With the path of each such value.
    pub fn check_required(
        &self,
        document: &Document,
        chosen: Chosen<'_>,
        variables: &Variables,
    ) -> crate::error::Result<()> {
        self.language.check_required(&document.typed, chosen.typed, variables)
    }

    /// Returns the price of an operation of `document` with its complete `variables`: a point per field, and selections
    /// below a list multiplied by its page size.
    ///
    /// # Errors
    /// If the introspection alone exceeds the limit.
    pub fn price(&self, document: &Document, chosen: Chosen<'_>, variables: &Variables) -> ServerResult<Price> {
        if let Some(cost) = document.fixed_cost.get() {
            return Ok(*cost);
        }
        let cost = self.language.price(&document.typed, chosen.typed, variables)?;
        if document.has_fixed_cost() {
            // Another may have been quicker, and found the same.
            let _ = document.fixed_cost.set(cost);
        }
        Ok(cost)
    }

    /// Returns the JSON Schema of the variables of an operation of `document`.
    pub fn variables_schema(&self, document: &Document, chosen: Chosen<'_>) -> serde_json::Value {
        self.language.variables_schema(&document.typed, chosen.typed)
    }

    /// Returns information on the operation of `request` for logs and metrics.
    pub fn info(&self, request: &mut Request) -> OperationInfo {
        let document = self.read(request).ok();
        let chosen = document.as_ref().and_then(|document| document.operation(request.operation_name.as_deref()).ok());
        chosen.map_or_else(OperationInfo::unknown, |chosen| OperationInfo::of(chosen.name, chosen.tree))
    }

    /// Returns the kind of the operation of `request`; `None` if the document is invalid or has no such operation.
    pub fn kind_of(&self, request: &mut Request) -> Option<OperationType> {
        let document = self.read(request).ok()?;
        Some(document.operation(request.operation_name.as_deref()).ok()?.tree.ty)
    }
}

/// Returns the error with paths from the arguments that use the variables first, by their `paths`.
fn at_arguments(error: Error, paths: &HashMap<Name, String>) -> Error {
    match error {
        Error::BadInput(mut problems) => {
            problems.reported_mut().iter_mut().for_each(|problem| problem.path = from_argument(&problem.path, paths));
            Error::BadInput(problems)
        }
        other => other,
    }
}

impl<'d> Chosen<'d> {
    /// Returns the operation called `name` of a document, or its only one.
    ///
    /// # Errors
    /// If there is no such operation, or there are several and none was named.
    fn of(document: &'d Typed, tree: &'d ExecutableDocument, name: Option<&str>) -> ServerResult<Self> {
        let typed = document.operations.get(name).map_err(|_| no_operation(name))?;
        let tree = match &tree.operations {
            DocumentOperations::Single(only) => Some(only),
            DocumentOperations::Multiple(all) => typed.name.as_ref().and_then(|name| all.get(name.as_str())),
        };
        let tree = &tree.ok_or_else(|| no_operation(name))?.node;
        Ok(Self { name: typed.name.as_ref().map(|name| name.as_str()), typed, tree })
    }
}

fn in_data<T: Clone + Send + Sync + 'static>(request: &Request) -> Option<T> {
    request.data.get(&TypeId::of::<T>())?.downcast_ref().cloned()
}

impl Document {
    /// Creates the cache entry of a valid document.
    ///
    /// # Errors
    /// If it contains a text that cannot be stored.
    fn new((typed, tree): (Typed, ExecutableDocument)) -> Result<Self, Vec<ServerError>> {
        let items = count_items(&tree).map_err(|error| vec![error])?;
        let is_merged = is_merged(&tree);
        let (variants, fixed_cost) = (Mutex::default(), OnceLock::new());
        Ok(Self { typed, tree: Arc::new(tree), variants, items, fixed_cost, is_merged })
    }

    /// Returns the requested operation.
    ///
    /// # Errors
    /// If there is no such operation, or there are several and none was named.
    pub fn operation(&self, name: Option<&str>) -> ServerResult<Chosen<'_>> {
        Chosen::of(&self.typed, &self.tree, name)
    }

    /// Returns the root fields of one of its operations by their names in the schema, each with the permissions of which it
    /// requires one.
    pub fn roots<'d>(&'d self, chosen: Chosen<'d>) -> Vec<(&'d str, Vec<&'d str>)> {
        let mut roots: Vec<(&str, Vec<&str>)> = Vec::new();
        for field in chosen.typed.root_fields(&self.typed) {
            if roots.iter().any(|(name, _)| *name == field.name.as_str()) {
                continue;
            }
            let requires = field.definition.directives.get("requires");
            let named = requires.iter().flat_map(|requires| {
                ["permission", "or"].into_iter().filter_map(|name| requires.specified_argument_by_name(name)?.as_str())
            });
            roots.push((field.name.as_str(), named.collect()));
        }
        roots
    }

    /// Returns true if its price is the same for all requests.
    fn has_fixed_cost(&self) -> bool {
        self.typed.operations.len() == 1 && self.typed.operations.iter().all(|only| only.variables.is_empty())
    }

    /// Checks the complete `variables` of an operation together with the values in the document.
    ///
    /// # Errors
    /// If their lists are too long or a text cannot be stored.
    pub fn check_values(&self, operation: &OperationDefinition, variables: &Variables) -> ServerResult<()> {
        check_values(self.items, variables, || variable_paths(operation, &self.tree))
    }

    /// Returns the tree to execute with complete `variables`, without arguments given by omitted variables.
    pub fn tree_for(&self, operation: &OperationDefinition, variables: &Variables) -> Arc<ExecutableDocument> {
        let defined = operation.variable_definitions.iter().map(|variable| &variable.node.name.node);
        let left_out: Vec<Name> = defined.filter(|name| !variables.contains_key(*name)).cloned().collect();
        if left_out.is_empty() {
            return Arc::clone(&self.tree);
        }
        let known = |variants: &[(Vec<Name>, Arc<ExecutableDocument>)]| {
            variants.iter().find(|(names, _)| *names == left_out).map(|(_, tree)| Arc::clone(tree))
        };
        // They are whole after any panic.
        if let Some(tree) = known(&self.variants.lock().unwrap_or_else(PoisonError::into_inner)) {
            return tree;
        }
        let mut tree = ExecutableDocument::clone(&self.tree);
        leave_out(&mut tree, &|name| left_out.contains(name));
        let tree = Arc::new(tree);
        let mut variants = self.variants.lock().unwrap_or_else(PoisonError::into_inner);
        if variants.len() == VARIANTS {
            variants.remove(0);
        }
        variants.push((left_out, Arc::clone(&tree)));
        tree
    }
}

fn no_operation(name: Option<&str>) -> ServerError {
    let message = match name {
        Some(name) => format!("The document has no operation called `{name}`."),
        None => "The document has several operations: say by `operationName` which one to run.".to_owned(),
    };
    ServerError::new(message, None)
}

/// Returns true if a name may be selected twice on one object. Fragments on other types count too, since excluding them
/// would require the schema.
fn is_merged(document: &ExecutableDocument) -> bool {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    operations.chain(fragments).any(|set| is_merged_below(document, set))
}

fn is_merged_below(document: &ExecutableDocument, set: &SelectionSet) -> bool {
    !adds_names(document, set, &mut HashSet::new()) || children(set).any(|below| is_merged_below(document, below))
}

/// Returns the selection sets within `set`, except those of named fragments.
fn children(set: &SelectionSet) -> impl Iterator<Item = &SelectionSet> {
    set.items.iter().filter_map(|selection| match &selection.node {
        Selection::Field(field) => Some(&field.node.selection_set.node),
        Selection::InlineFragment(inline) => Some(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => None,
    })
}

/// Adds the names of `set` and of the fragments in it; returns false and stops at the first duplicate, so that
/// fragments spreading each other cost no time.
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

    fn documents() -> Documents {
        let sdl = "type Query { a(n: Int, list: [Int], of: Input): Query b(n: Int! = 3): Int } input Input { x: Int y: Int! = 1 }";
        let limits = Arc::new(crate::config::Config::defaults().limits);
        Documents::new(Language::new(sdl, crate::graphql::Scalars::default(), limits).unwrap())
    }

    fn run_with(text: &str, variables: serde_json::Value) -> String {
        let documents = documents();
        let document = documents.read(&mut Request::new(text)).unwrap();
        let chosen = document.operation(None).unwrap();
        let variables = documents.coerce(&document, chosen, Variables::from_json(variables)).unwrap();
        let tree = document.tree_for(chosen.tree, &variables);
        let (_, operation) = tree.operations.iter().next().unwrap();
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else { panic!("{text}") };
        let arguments = field.node.arguments.iter().map(|(name, value)| format!("{}: {}", name.node, value.node));
        arguments.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_document_is_known_by_its_whole_text_and_read_once_a_request() {
        let documents = documents();
        let read = |text: &str| documents.read(&mut Request::new(text)).unwrap();
        assert!(Arc::ptr_eq(&read("{ b }"), &read("{ b }")));
        assert!(!Arc::ptr_eq(&read("{ b }"), &read("{ b  }")));
        let mut wrong = Request::new("{ c }");
        let messages: Vec<_> = [(); 2].map(|()| documents.read(&mut wrong).unwrap_err()[0].message.clone()).into();
        assert!(messages[0] == messages[1] && messages[0].contains("`c`"), "{messages:?}");
    }

    #[test]
    fn the_cost_is_fixed_where_neither_variables_nor_another_operation_can_change_it() {
        let documents = documents();
        let is_fixed = |text: &str| documents.read(&mut Request::new(text)).unwrap().has_fixed_cost();
        assert!(is_fixed("{ b }") && is_fixed("query Q { b }"));
        assert!(!is_fixed("query Q($n: Int!) { b(n: $n) }") && !is_fixed("query A { b } query B { b }"));
    }

    #[test]
    fn what_a_variable_that_was_left_out_would_give_is_not_given() {
        use serde_json::json;
        let query = "query($n: Int, $x: Int, $y: Int) { a(n: $n, list: [1, $x], of: {x: $x}) { b } }";
        let query = query.replace(", $y: Int", "");
        assert_eq!(run_with(&query, json!({"n": 1, "x": 2})), "n: $n, list: [1, $x], of: {x: $x}");
        assert_eq!(run_with(&query, json!({"n": null})), "n: $n, list: [1, null], of: {}");
        assert_eq!(run_with("query($n: Int = 7) { b(n: $n) }", json!({})), "n: $n");
        assert_eq!(run_with("query($n: Int) { b(n: $n) }", json!({})), "");
    }

    #[test]
    fn operations_are_found_by_name_or_alone() {
        let documents = documents();
        let find = |text: &str, name: Option<&str>| {
            let mut request = Request::new(text);
            request.operation_name = name.map(str::to_owned);
            documents.info(&mut request).name
        };
        let two = "query A { a { b } } query B { x: b }";
        assert_eq!([find(two, Some("B")), find(two, None), find(two, Some("C"))], [Some("B".to_owned()), None, None]);
        assert_eq!(find("query Mine { b }", None).as_deref(), Some("Mine"));
        assert_eq!(documents.kind_of(&mut Request::new("{ b }")), Some(OperationType::Query));
        assert_eq!(documents.kind_of(&mut Request::new("{ b")), None);
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
}
