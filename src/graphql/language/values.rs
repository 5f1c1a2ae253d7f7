//! Conversion of the values in a document by the types of their positions.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Node, Schema,
    ast::{self, InputValueDefinition, Type},
    parser::SourceSpan,
    schema::ExtendedType,
};
use async_graphql::{
    InputType, InputValueResult, Name, Number, Pos, ScalarType, ServerError, Value, indexmap::IndexMap,
};

use super::super::places::Places;
use crate::error::Error;

/// A value in a document, which may contain variables.
pub(super) type Literal = async_graphql_value::Value;

/// The validators of the custom scalars, by name.
#[derive(Default)]
pub struct Scalars(HashMap<String, fn(Value) -> Option<String>>);

impl Scalars {
    /// Adds the scalar that `T` parses.
    pub fn with<T: ScalarType + InputType>(mut self) -> Self {
        let check = |value| {
            let read: InputValueResult<T> = ScalarType::parse(value);
            let message = read.err()?.into_server_error(Pos::default()).message;
            // The engine puts this before the words of the scalar.
            let prefix = format!("Failed to parse \"{}\": ", T::type_name());
            Some(message.strip_prefix(&prefix).unwrap_or(&message).to_owned())
        };
        self.0.insert(T::type_name().into_owned(), check);
        self
    }

    /// Returns the problem of `value` as a value of the scalar called `name`.
    pub(super) fn problem(&self, name: &str, value: Value) -> Option<String> {
        self.0.get(name)?(value)
    }
}

/// Converts the values of one document and collects their problems.
pub(super) struct Literals<'a> {
    schema: &'a Schema,
    scalars: &'a Scalars,
    places: &'a Places<'a>,
    /// The path of the present value, from the name of the argument.
    path: String,
    pub(super) errors: Vec<ServerError>,
}

impl<'a> Literals<'a> {
    pub(super) fn new(schema: &'a Schema, scalars: &'a Scalars, places: &'a Places<'a>) -> Self {
        Self { schema, scalars, places, path: String::new(), errors: Vec::new() }
    }

    /// Converts the value of an argument of type `ty`.
    pub(super) fn argument(&mut self, name: &str, value: &Node<ast::Value>, ty: Option<&Type>) -> Literal {
        self.path.clear();
        self.path.push_str(name);
        self.read(value, ty)
    }

    /// Converts a value within the present one, one `step` further.
    fn within(&mut self, step: &str, value: &Node<ast::Value>, ty: Option<&Type>) -> Literal {
        let length = self.path.len();
        self.path.push_str(step);
        let read = self.read(value, ty);
        self.path.truncate(length);
        read
    }

    /// Converts the value in a position of type `ty`.
    fn read(&mut self, value: &Node<ast::Value>, ty: Option<&Type>) -> Literal {
        let read = match &**value {
            ast::Value::List(items) => {
                let item = ty.map(|ty| if ty.is_list() { ty.item_type() } else { ty });
                Literal::List(
                    items
                        .iter()
                        .enumerate()
                        .map(|(index, value)| self.within(&format!("[{index}]"), value, item))
                        .collect(),
                )
            }
            ast::Value::Object(fields) => self.object(fields, ty),
            ast::Value::Variable(name) => Literal::Variable(Name::new(name)),
            single => plain(single, ty).into_value(),
        };
        self.check_scalar(&read, ty, value.location());
        read
    }

    /// Converts the value of a default, which cannot contain variables.
    pub(super) fn constant(&mut self, value: &Node<ast::Value>, ty: &Type) -> Value {
        self.argument("", value, Some(ty)).into_const().unwrap_or_default()
    }

    fn object(&mut self, fields: &[(apollo_compiler::Name, Node<ast::Value>)], ty: Option<&Type>) -> Literal {
        let input = ty.and_then(|ty| match self.schema.types.get(ty.inner_named_type()) {
            Some(ExtendedType::InputObject(input)) => Some(input),
            _ => None,
        });
        let mut seen = HashSet::new();
        let mut read = IndexMap::with_capacity(fields.len());
        for (name, value) in fields {
            if !seen.insert(name.as_str()) {
                let place = self.places.of_span(name.location());
                let message = format!("The input field `{name}` stands twice; write it once.");
                self.errors.push(ServerError::new(message, Some(place)));
            }
            let ty = input.and_then(|input| input.fields.get(name.as_str())).map(|field| &*field.ty);
            read.insert(Name::new(name), self.within(&format!(".{name}"), value, ty));
        }
        Literal::Object(read)
    }

    /// Checks a scalar value; one with variables is checked once these are known.
    fn check_scalar(&mut self, value: &Literal, ty: Option<&Type>, span: Option<SourceSpan>) {
        let Some(ty) = ty.filter(|ty| !ty.is_list()) else { return };
        let Some(value) = value.clone().into_const().filter(|value| *value != Value::Null) else { return };
        if let Some(problem) = self.scalars.problem(ty.inner_named_type(), value) {
            let place = self.places.of_span(span);
            // The path of a default begins where its variable stands, which is found by the place.
            let is_of_argument = self.path.starts_with(|first: char| first.is_alphabetic() || first == '_');
            self.errors.push(if is_of_argument {
                async_graphql::Error::from(Error::bad_input(self.path.as_str(), problem)).into_server_error(place)
            } else {
                ServerError::new(problem, Some(place))
            });
        }
    }
}

/// Converts a value without nested values.
fn plain(value: &ast::Value, ty: Option<&Type>) -> Value {
    match value {
        ast::Value::Enum(name) => Value::Enum(Name::new(name)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Boolean(boolean) => Value::Boolean(*boolean),
        // An id may be written as an integer and is a text all the same.
        ast::Value::Int(int) if ty.is_some_and(|ty| ty.inner_named_type() == "ID") => {
            Value::String(int.as_str().to_owned())
        }
        ast::Value::Int(int) => number(int.as_str()),
        ast::Value::Float(float) => number(float.as_str()),
        ast::Value::Null | ast::Value::Variable(_) | ast::Value::List(_) | ast::Value::Object(_) => Value::Null,
    }
}

/// Converts a number literal; one that no number type can hold becomes text, which no numeric position accepts.
fn number(text: &str) -> Value {
    let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
    let number = whole.or_else(|| text.parse().ok().and_then(Number::from_f64));
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// Returns the definition called `name` among arguments.
pub(super) fn definition<'d>(
    definitions: &'d [Node<InputValueDefinition>],
    name: &str,
) -> Option<&'d Node<InputValueDefinition>> {
    definitions.iter().find(|definition| definition.name == name)
}
