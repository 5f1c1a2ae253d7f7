//! Parsing and validation of documents against the schema, and coercion of variables.
//!
//! apollo-compiler parses and validates; the valid document is converted to the tree that async-graphql executes, with
//! the positions of the original text. async-graphql's own parser and validation are not used.

mod descriptions;
mod diagnostics;
mod hints;
mod introspection;
mod json_schema;
mod merging;
mod paths;
mod required;
mod tokens;
mod tree;
mod usages;
mod values;
mod variables;
mod wanted;

use std::{collections::HashMap, sync::Arc};

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::VariableDefinition,
    executable::Operation,
    parser::Parser,
    validation::{Valid, WithErrors},
};
use async_graphql::{Name, ServerError, ServerResult, Value, Variables, parser::types};

pub use self::values::Scalars;
use self::{diagnostics::Known, paths::Paths, tree::Planter, values::Literals};
use super::{
    limits::{NESTING, check_document, check_text},
    places::Places,
    pricing::{self, Price},
    roots::check_roots,
};
use crate::{config::Limits, error::Result};

/// Introspection fields that the engine supports and the compiler does not know yet.
const INTROSPECTION: &str = "extend type __Type { isOneOf: Boolean }";

/// A valid document with the types of its selections.
pub(super) type Typed = Valid<ExecutableDocument>;

/// A valid document with types, and as the tree to execute.
pub(super) type Readable = (Typed, types::ExecutableDocument);

/// The errors of a document.
pub(super) struct Unreadable {
    pub(super) errors: Vec<ServerError>,
    /// The known part of the document, unless it could not be parsed or exceeds a limit.
    pub(super) partial: Option<Box<Partial>>,
}

/// The known part of an invalid document, whose variables can be checked.
pub(super) struct Partial {
    /// The known part with types.
    pub(super) typed: Typed,
    /// The known part as a tree.
    pub(super) tree: types::ExecutableDocument,
    /// The path of the first use of each variable in the whole document.
    pub(super) uses: HashMap<Name, String>,
}

impl From<Vec<ServerError>> for Unreadable {
    fn from(errors: Vec<ServerError>) -> Self {
        Self { errors, partial: None }
    }
}

impl From<ServerError> for Unreadable {
    fn from(error: ServerError) -> Self {
        vec![error].into()
    }
}

/// Parses and validates documents of one schema. Cheap to clone.
#[derive(Clone)]
pub struct Language(Arc<Inner>);

struct Inner {
    schema: Valid<Schema>,
    scalars: Scalars,
    limits: Arc<Limits>,
}

impl Language {
    /// Creates the language of the schema `sdl` with its custom scalars.
    ///
    /// # Errors
    /// If the schema is invalid.
    pub fn new(sdl: &str, scalars: Scalars, limits: Arc<Limits>) -> anyhow::Result<Self> {
        let schema = Schema::parse_and_validate(format!("{sdl}\n{INTROSPECTION}"), "schema.graphql")
            .map_err(|wrong| anyhow::anyhow!("the schema is not valid: {}", wrong.errors))?;
        Ok(Self(Arc::new(Inner { schema, scalars, limits })))
    }

    /// Parses a document and checks the limits, its validity and that it can be executed. Returns it with types and as
    /// the tree to execute.
    ///
    /// # Errors
    /// All errors of the document, or the first exceeded limit.
    pub(super) fn read(&self, text: &str) -> std::result::Result<Readable, Unreadable> {
        let Inner { schema, scalars, limits } = &*self.0;
        check_text(text, limits)?;
        let bare = descriptions::blanked(text);
        let parsed = Parser::new().recursion_limit(NESTING * 4).parse_ast(&*bare, "document");
        let places = Places::of(text);
        let parsed = parsed.map_err(|wrong| self.errors(&wrong, &Known::default(), &places))?;
        if !tokens::are_all_read(&bare, &parsed) {
            let message = "Syntax error: unexpected characters; write arguments as `name: value`.";
            return Err(ServerError::new(message, None).into());
        }
        check_document(&parsed, limits, &places)?;
        check_roots(&parsed, &places)?;
        let validated = parsed.to_executable_validate(schema);
        let document = match &validated {
            Ok(valid) => valid,
            Err(wrong) => &wrong.partial,
        };
        let literals = Literals::new(schema, scalars, &places, limits.introspection);
        let mut planter = Planter { places: &places, literals };
        let tree = planter.document(document);
        let mut wrong = planter.literals.errors;
        wrong.extend(usages::check(document, schema, &places));
        let typed = match validated {
            Ok(valid) => {
                wrong.extend(merging::check(&valid, schema, &places));
                valid
            }
            Err(invalid) => {
                wrong.extend(self.errors(&invalid, &Known::of(&parsed, &places, !wrong.is_empty()), &places));
                Valid::assume_valid(invalid.partial)
            }
        };
        if wrong.is_empty() {
            introspection::check_depth(&typed, &places)?;
            return Ok((typed, tree));
        }
        wrong.sort_by_key(|error| error.locations.first().map(|at| (at.line, at.column)));
        let paths = Paths::of(&parsed, &places);
        paths.name_fields(&mut wrong);
        Err(Unreadable { errors: wrong, partial: Some(Box::new(Partial { typed, tree, uses: paths.uses() })) })
    }

    /// Coerces the variables of an operation, with defaults for omitted ones.
    ///
    /// # Errors
    /// With the path of each invalid value, from its variable.
    pub(super) fn coerce(&self, operation: &Operation, given: Variables) -> Result<Variables> {
        let Inner { schema, scalars, limits, .. } = &*self.0;
        let default_of = |definition: &_| self.default_of(definition);
        variables::coerce(schema, scalars, &operation.variables, given, limits.introspection, default_of)
    }

    /// Returns an error if a complete variable of an operation is null in a non-null position.
    ///
    /// # Errors
    /// With the path of each such value.
    pub(super) fn check_required(&self, document: &Typed, operation: &Operation, variables: &Variables) -> Result<()> {
        required::check(&self.0.schema, document, operation, variables)
    }

    /// Returns the price of an operation with its complete `variables`.
    ///
    /// # Errors
    /// If its introspection alone exceeds the limit of an operation.
    pub(super) fn price(&self, document: &Typed, operation: &Operation, variables: &Variables) -> ServerResult<Price> {
        let Inner { schema, limits, .. } = &*self.0;
        let introspection = introspection::price(schema, document, operation, variables, limits.complexity)?;
        let price = pricing::price(schema, document, operation, variables);
        Ok(Price { points: price.points.max(introspection), ..price })
    }

    /// Returns the JSON Schema of the variables of an operation.
    pub(super) fn variables_schema(&self, document: &Typed, operation: &Operation) -> serde_json::Value {
        json_schema::of_variables(&self.0.schema, document, operation)
    }

    fn default_of(&self, definition: &VariableDefinition) -> Option<Value> {
        let Inner { schema, scalars, .. } = &*self.0;
        let value: &Node<_> = definition.default_value.as_ref()?;
        Some(Literals::new(schema, scalars, &Places::of(""), false).constant(value, &definition.ty))
    }

    fn errors<T>(&self, wrong: &WithErrors<T>, known: &Known, places: &Places<'_>) -> Vec<ServerError> {
        diagnostics::errors(&wrong.errors, &self.0.schema, self.0.limits.introspection, (known, places))
    }
}

/// Removes from `tree` the values of variables for which `is_left_out` is true.
pub(super) fn leave_out(tree: &mut types::ExecutableDocument, is_left_out: &impl Fn(&Name) -> bool) {
    tree::leave_out(tree, is_left_out);
}
