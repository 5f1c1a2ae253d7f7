//! Paths of the values in a document, for errors that know only a position.

use std::collections::HashMap;

use apollo_compiler::{
    Name, Node,
    ast::{Argument, Definition, DirectiveList, Document, Selection, Value},
    parser::SourceSpan,
};
use async_graphql::{Pos, ServerError};

use super::diagnostics::MISSING;
use crate::graphql::{errors::name_field, places::Places};

/// Paths of the arguments of a document and of the values in them, by position. The path of a variable's default starts
/// at the variable's first use.
pub(super) struct Paths<'a> {
    places: &'a Places<'a>,
    found: HashMap<(usize, usize), String>,
    /// The first use of each variable.
    variables: HashMap<Name, String>,
}

impl<'a> Paths<'a> {
    /// Computes the paths of `document`.
    pub(super) fn of(document: &Document, places: &'a Places<'a>) -> Self {
        let mut this = Self { places, found: HashMap::new(), variables: HashMap::new() };
        for definition in &document.definitions {
            match definition {
                Definition::OperationDefinition(operation) => {
                    this.directives(&operation.directives);
                    this.selections(&operation.selection_set);
                }
                Definition::FragmentDefinition(fragment) => {
                    this.directives(&fragment.directives);
                    this.selections(&fragment.selection_set);
                }
                _ => {}
            }
        }
        let operations = document.definitions.iter().filter_map(Definition::as_operation_definition);
        for variable in operations.flat_map(|operation| &operation.variables) {
            if let Some(value) = &variable.default_value {
                let path = this.variables.get(&variable.name).map_or_else(|| variable.name.to_string(), Clone::clone);
                this.value(&path, value);
            }
        }
        this
    }

    /// Adds the path of the argument value to those of `errors` that are about one.
    pub(super) fn name_fields(&self, errors: &mut [ServerError]) {
        for error in errors {
            let missing = error.extensions.as_mut().and_then(|extensions| {
                let missing = extensions.get(MISSING).cloned();
                extensions.unset(MISSING);
                missing
            });
            // Those that name their fields already come from a service.
            if error.source.is_some() {
                continue;
            }
            let here = error.locations.first().and_then(|at| self.found.get(&key(*at)));
            let path = match missing {
                Some(async_graphql::Value::String(name)) => {
                    Some(here.map_or_else(|| name.clone(), |within| format!("{within}.{name}")))
                }
                _ => here.cloned(),
            };
            if let Some(path) = path {
                name_field(error, &path);
            }
        }
    }

    /// Returns the path of the first use of each variable.
    pub(super) fn uses(self) -> HashMap<async_graphql::Name, String> {
        self.variables.into_iter().map(|(name, path)| (async_graphql::Name::new(name), path)).collect()
    }

    fn note(&mut self, path: &str, span: Option<SourceSpan>) {
        if span.is_some() {
            self.found.entry(key(self.places.of_span(span))).or_insert_with(|| path.to_owned());
        }
    }

    fn selections(&mut self, set: &[Selection]) {
        for selection in set {
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments);
                    self.directives(&field.directives);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.directives);
                    self.selections(&inline.selection_set);
                }
                Selection::FragmentSpread(spread) => self.directives(&spread.directives),
            }
        }
    }

    fn directives(&mut self, directives: &DirectiveList) {
        for directive in directives.iter() {
            self.arguments(&directive.arguments);
        }
    }

    fn arguments(&mut self, arguments: &[Node<Argument>]) {
        for argument in arguments {
            self.note(&argument.name, argument.location());
            self.value(&argument.name, &argument.value);
        }
    }

    fn value(&mut self, path: &str, value: &Node<Value>) {
        self.note(path, value.location());
        match &**value {
            Value::List(items) => {
                for (index, value) in items.iter().enumerate() {
                    self.value(&format!("{path}[{index}]"), value);
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    let path = format!("{path}.{name}");
                    self.note(&path, name.location());
                    self.value(&path, value);
                }
            }
            Value::Variable(name) => {
                self.variables.entry(name.clone()).or_insert_with(|| path.to_owned());
            }
            _ => {}
        }
    }
}

fn key(place: Pos) -> (usize, usize) {
    (place.line, place.column)
}
