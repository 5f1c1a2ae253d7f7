//! The language of the schema: reads documents, says what is wrong with them, and coerces the values of variables.
//!
//! apollo-compiler parses and validates; what it found valid becomes the tree that async-graphql runs, with the places of
//! the document that was sent. async-graphql's own parser and validation are not used.

mod descriptions;
mod diagnostics;
mod hints;
mod introspection;
mod merging;
mod paths;
mod required;
mod tokens;
mod tree;
mod usages;
mod values;
mod variables;

use std::sync::Arc;

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::VariableDefinition,
    executable::Operation,
    parser::Parser,
    validation::{Valid, WithErrors},
};
use async_graphql::{ServerError, ServerResult, Value, Variables, parser::types};

pub use self::values::Scalars;
use self::{paths::Paths, tree::Planter, values::Literals};
use super::{
    limits::{NESTING, check_document, check_text},
    places::Places,
    pricing::{self, Price},
    roots::check_roots,
};
use crate::{config::Limits, error::Result};

/// What the engine tells of types and the compiler does not know of them yet.
const INTROSPECTION: &str = "extend type __Type { isOneOf: Boolean }";

/// A valid document, with the types of what it asks for.
pub(super) type Typed = Valid<ExecutableDocument>;

/// Reads documents of one schema. Cheap to clone.
#[derive(Clone)]
pub struct Language(Arc<Inner>);

struct Inner {
    schema: Valid<Schema>,
    scalars: Scalars,
    limits: Arc<Limits>,
}

impl Language {
    /// The language of the schema that `sdl` defines, with the scalars of its own.
    ///
    /// # Errors
    /// When the schema is not valid.
    pub fn new(sdl: &str, scalars: Scalars, limits: Arc<Limits>) -> anyhow::Result<Self> {
        let schema = Schema::parse_and_validate(format!("{sdl}\n{INTROSPECTION}"), "schema.graphql")
            .map_err(|wrong| anyhow::anyhow!("the schema is not valid: {}", wrong.errors))?;
        Ok(Self(Arc::new(Inner { schema, scalars, limits })))
    }

    /// Reads a document: it is within the limits, it is valid, and it can be run. Returns it with the types of what it asks
    /// for, and as the tree that runs.
    ///
    /// # Errors
    /// All that is wrong with it; of limits the first that is passed.
    pub(super) fn read(&self, text: &str) -> std::result::Result<(Typed, types::ExecutableDocument), Vec<ServerError>> {
        let Inner { schema, scalars, limits } = &*self.0;
        check_text(text, limits).map_err(|error| vec![error])?;
        let bare = descriptions::blanked(text);
        let parsed = Parser::new().recursion_limit(NESTING * 4).parse_ast(&*bare, "document");
        let parsed = parsed.map_err(|wrong| self.errors(&wrong))?;
        let places = Places::of(text);
        if !tokens::are_all_read(&bare, &parsed) {
            let message = "Syntax error: something stands where it does not belong; write arguments as `name: value`.";
            return Err(vec![ServerError::new(message, None)]);
        }
        check_document(&parsed, limits, &places).map_err(|error| vec![error])?;
        check_roots(&parsed, &places).map_err(|error| vec![error])?;
        let placed = |mut wrong: Vec<ServerError>| {
            Paths::of(&parsed, &places).name_fields(&mut wrong);
            wrong
        };
        let valid = parsed.to_executable_validate(schema).map_err(|wrong| placed(self.errors(&wrong)))?;
        let mut wrong = usages::check(&valid, schema, &places);
        wrong.extend(merging::check(&valid, schema, &places));
        if !wrong.is_empty() {
            return Err(placed(wrong));
        }
        introspection::check_depth(&valid, &places).map_err(|error| vec![error])?;
        let mut planter = Planter { places: &places, literals: Literals::new(schema, scalars, &places) };
        let tree = planter.document(&valid);
        let wrong = planter.literals.errors;
        if wrong.is_empty() { Ok((valid, tree)) } else { Err(placed(wrong)) }
    }

    /// The values of an operation's variables, complete: with the defaults of those that were left out.
    ///
    /// # Errors
    /// With the path of each value that is wrong, from its variable.
    pub(super) fn coerce(&self, operation: &Operation, given: Variables) -> Result<Variables> {
        let Inner { schema, scalars, limits, .. } = &*self.0;
        let default_of = |definition: &_| self.default_of(definition);
        variables::coerce(schema, scalars, &operation.variables, given, limits.introspection, default_of)
    }

    /// Holds that no complete variable of an operation is null where null may not be.
    ///
    /// # Errors
    /// With the path of each that is.
    pub(super) fn check_required(&self, document: &Typed, operation: &Operation, variables: &Variables) -> Result<()> {
        required::check(&self.0.schema, document, operation, variables)
    }

    /// What an operation costs with its complete `variables`.
    ///
    /// # Errors
    /// The refusal, when its introspection alone is over the limit of an operation.
    pub(super) fn price(&self, document: &Typed, operation: &Operation, variables: &Variables) -> ServerResult<Price> {
        let Inner { schema, limits, .. } = &*self.0;
        let introspection = introspection::price(schema, document, operation, variables, limits.complexity)?;
        let price = pricing::price(schema, document, operation, variables);
        Ok(Price { points: price.points.max(introspection), ..price })
    }

    fn default_of(&self, definition: &VariableDefinition) -> Option<Value> {
        let Inner { schema, scalars, .. } = &*self.0;
        let value: &Node<_> = definition.default_value.as_ref()?;
        Some(Literals::new(schema, scalars, &Places::of("")).constant(value, &definition.ty))
    }

    fn errors<T>(&self, wrong: &WithErrors<T>) -> Vec<ServerError> {
        diagnostics::errors(&wrong.errors, &self.0.schema, self.0.limits.introspection)
    }
}

/// `tree` without what variables would have given that `is_left_out`.
pub(super) fn leave_out(tree: &mut types::ExecutableDocument, is_left_out: &impl Fn(&async_graphql::Name) -> bool) {
    tree::leave_out(tree, is_left_out);
}
