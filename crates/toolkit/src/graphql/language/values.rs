//! Conversion of the values in a document by the types of their positions.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Node, Schema,
    ast::{self, InputValueDefinition, Type},
    parser::SourceSpan,
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{
    InputType, InputValueResult, Name, Number, Pos, ScalarType, ServerError, Value, indexmap::IndexMap,
};

use super::{
    super::places::Places,
    wanted::{NO_NULL, REQUIRED, Wording, no_object, no_scalar},
};
use crate::error::Error;

/// A value in a document, which may contain variables.
pub(super) type Literal = async_graphql_value::Value;

/// A field of an object in a document.
type Field = (apollo_compiler::Name, Node<ast::Value>);

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
    wording: Wording,
    /// The path of the present value, from the name of the argument.
    path: String,
    pub(super) errors: Vec<ServerError>,
}

impl<'a> Literals<'a> {
    /// Returns a reader. With `hints`, errors suggest valid values.
    pub(super) fn new(schema: &'a Schema, scalars: &'a Scalars, places: &'a Places<'a>, hints: bool) -> Self {
        let (wording, path, errors) = (Wording::new(hints), String::new(), Vec::new());
        Self { schema, scalars, places, wording, path, errors }
    }

    /// Returns the argument definitions of a directive.
    pub(super) fn arguments_of_directive(&self, name: &str) -> &'a [Node<InputValueDefinition>] {
        self.schema.directive_definitions.get(name).map_or(&[], |definition| &definition.arguments)
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
        let place = value.location();
        match &**value {
            // The value of a variable is checked when it is known, its type by `usages`.
            ast::Value::Variable(name) => Literal::Variable(Name::new(name)),
            ast::Value::List(items) => {
                let item = ty.filter(|ty| ty.is_list()).map(|ty| ty.item_type());
                let items = items.iter().enumerate();
                let read = items.map(|(index, value)| self.within(&format!("[{index}]"), value, item)).collect();
                let read = Literal::List(read);
                if item.is_none() {
                    self.check(&read, ty, place);
                }
                read
            }
            ast::Value::Object(fields) => match self.input_of(ty) {
                Some(input) => self.input(fields, input, place),
                None => {
                    let read = self.object(fields, |_| None);
                    self.check(&read, ty, place);
                    read
                }
            },
            single => {
                let read = plain(single, ty).into_value();
                self.check(&read, ty, place);
                read
            }
        }
    }

    /// Converts the value of a default, which cannot contain variables.
    pub(super) fn constant(&mut self, value: &Node<ast::Value>, ty: &Type) -> Value {
        self.argument("", value, Some(ty)).into_const().unwrap_or_default()
    }

    fn input_of(&self, ty: Option<&Type>) -> Option<&'a InputObjectType> {
        match self.schema.types.get(ty?.inner_named_type()) {
            Some(ExtendedType::InputObject(input)) => Some(input),
            _ => None,
        }
    }

    /// Converts an object in a position of type `input`.
    fn input(&mut self, fields: &[Field], input: &'a InputObjectType, span: Option<SourceSpan>) -> Literal {
        let read = self.object(fields, |name| input.fields.get(name).map(|field| &*field.ty));
        for (name, value) in fields.iter().filter(|(name, _)| !input.fields.contains_key(name.as_str())) {
            let message = self.wording.no_field(input, name);
            self.wrong_within(&format!(".{name}"), value.location(), message);
        }
        for (name, field) in &input.fields {
            let is_missing = field.is_required() && fields.iter().all(|(given, _)| given != name);
            if is_missing {
                self.wrong_within(&format!(".{name}"), span, REQUIRED.to_owned());
            }
        }
        read
    }

    fn object<'t>(&mut self, fields: &[Field], type_of: impl Fn(&str) -> Option<&'t Type>) -> Literal {
        let mut seen = HashSet::new();
        let mut read = IndexMap::with_capacity(fields.len());
        for (name, value) in fields {
            if !seen.insert(name.as_str()) {
                let place = self.places.of_span(name.location());
                let message = format!("The input field `{name}` stands twice; write it once.");
                self.errors.push(ServerError::new(message, Some(place)));
            }
            read.insert(Name::new(name), self.within(&format!(".{name}"), value, type_of(name)));
        }
        Literal::Object(read)
    }

    /// Checks a value other than an input object, or a list in a position of a list type.
    fn check(&mut self, value: &Literal, ty: Option<&Type>, span: Option<SourceSpan>) {
        let Some(ty) = ty else { return };
        if *value == Literal::Null {
            if ty.is_non_null() {
                self.wrong(span, NO_NULL.to_owned());
            }
            return;
        }
        let name = ty.inner_named_type();
        let problem = match self.schema.types.get(name) {
            Some(ExtendedType::InputObject(input)) => Some(no_object(input)),
            Some(ExtendedType::Enum(kind)) => match value {
                Literal::Enum(given) if kind.values.contains_key(given.as_str()) => None,
                Literal::Enum(given) => Some(self.wording.no_enum_value(kind, Some(given.as_str()))),
                Literal::String(text) if kind.values.contains_key(text.as_str()) => {
                    Some(format!("Write {text} without quotation marks."))
                }
                Literal::String(text) => Some(self.wording.no_enum_value(kind, Some(text))),
                _ => Some(self.wording.no_enum_value(kind, None)),
            },
            _ => match no_scalar(name) {
                Some(wanted) => (!is_of_scalar(name, value)).then(|| wanted.to_owned()),
                // A value with variables is checked once these are known.
                None => value.clone().into_const().and_then(|value| self.scalars.problem(name, value)),
            },
        };
        if let Some(problem) = problem {
            self.wrong(span, problem);
        }
    }

    fn wrong_within(&mut self, step: &str, span: Option<SourceSpan>, problem: String) {
        let length = self.path.len();
        self.path.push_str(step);
        self.wrong(span, problem);
        self.path.truncate(length);
    }

    fn wrong(&mut self, span: Option<SourceSpan>, problem: String) {
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

/// Returns true if a value is valid for a built-in scalar. Numbers out of range were read as texts.
fn is_of_scalar(name: &str, value: &Literal) -> bool {
    match (name, value) {
        ("Int", Literal::Number(number)) => number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
        ("Float", Literal::Number(_)) | ("String" | "ID", Literal::String(_)) | ("Boolean", Literal::Boolean(_)) => {
            true
        }
        _ => false,
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
