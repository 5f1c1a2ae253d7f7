//! Coercion of variables by the specification (<https://spec.graphql.org/draft/#sec-Coercing-Variable-Values>).

use apollo_compiler::{
    Node, Schema,
    ast::{Type, VariableDefinition},
    schema::{ExtendedType, InputObjectType},
};
use async_graphql::{Name, Value, Variables, indexmap::IndexMap};

use super::{
    values::Scalars,
    wanted::{NO_NULL, REQUIRED, Wording, no_object, no_scalar},
};
use crate::error::{Problems, Result};

/// Coerces the values in `given` for `definitions`. An omitted variable has its default or is absent. With
/// `suggestions`, errors about unknown names suggest the nearest known name.
///
/// # Errors
/// With the path of each invalid value, from its variable.
pub(super) fn coerce(
    schema: &Schema,
    scalars: &Scalars,
    definitions: &[Node<VariableDefinition>],
    mut given: Variables,
    suggestions: bool,
    default_of: impl Fn(&VariableDefinition) -> Option<Value>,
) -> Result<Variables> {
    let mut coercion = Coercion { schema, scalars, wording: Wording::new(suggestions), problems: Problems::default() };
    let mut values = Variables::default();
    for definition in definitions {
        let name = Name::new(&definition.name);
        match given.remove(&name) {
            Some(value) => {
                values.insert(name, coercion.value(&definition.name, &definition.ty, value));
            }
            None => match default_of(definition) {
                Some(default) => {
                    values.insert(name, default);
                }
                None if definition.ty.is_non_null() => {
                    let message = format!("A value for the variable `${name}` is required.");
                    coercion.problems.add(definition.name.as_str(), message);
                }
                None => {}
            },
        }
    }
    coercion.problems.into_result()?;
    Ok(values)
}

struct Coercion<'a> {
    schema: &'a Schema,
    scalars: &'a Scalars,
    wording: Wording,
    problems: Problems,
}

impl Coercion<'_> {
    /// Coerces `value` to `ty`, and records problems with their paths.
    fn value(&mut self, path: &str, ty: &Type, value: Value) -> Value {
        if value == Value::Null {
            if ty.is_non_null() {
                self.problems.add(path, NO_NULL);
            }
            return value;
        }
        if ty.is_list() {
            let item = ty.item_type();
            return Value::List(match value {
                Value::List(items) => {
                    let items = items.into_iter().enumerate();
                    items.map(|(index, value)| self.value(&format!("{path}[{index}]"), item, value)).collect()
                }
                // A single value stands for a list of one.
                single => vec![self.value(path, item, single)],
            });
        }
        let name = ty.inner_named_type();
        match self.schema.types.get(name) {
            Some(ExtendedType::InputObject(input)) => self.object(path, input, value),
            Some(ExtendedType::Enum(kind)) => match value {
                Value::String(text) if kind.values.contains_key(text.as_str()) => Value::Enum(Name::new(text)),
                other => {
                    let given = if let Value::String(text) = &other { Some(text.as_str()) } else { None };
                    let message = self.wording.no_enum_value(kind, given);
                    self.wrong(path, message)
                }
            },
            _ => self.scalar(path, name, value),
        }
    }

    fn object(&mut self, path: &str, input: &InputObjectType, value: Value) -> Value {
        let Value::Object(mut given) = value else {
            return self.wrong(path, no_object(input));
        };
        let mut read = IndexMap::with_capacity(given.len());
        for (name, field) in &input.fields {
            let path = format!("{path}.{name}");
            match given.swap_remove(name.as_str()) {
                Some(value) => {
                    read.insert(Name::new(name), self.value(&path, &field.ty, value));
                }
                // The engine knows the default.
                None if field.default_value.is_some() => {}
                None if field.ty.is_non_null() => self.problems.add(path, REQUIRED),
                None => {}
            }
        }
        for name in given.keys() {
            let message = self.wording.no_field(input, name);
            self.problems.add(format!("{path}.{name}"), message);
        }
        Value::Object(read)
    }

    fn scalar(&mut self, path: &str, name: &str, value: Value) -> Value {
        let Some(wanted) = no_scalar(name) else {
            return match self.scalars.problem(name, value.clone()) {
                Some(problem) => self.wrong(path, problem),
                None => value,
            };
        };
        let read = match (name, value) {
            ("Int", value) => whole(&value),
            ("ID", value) => id(&value),
            ("Float", value @ Value::Number(_))
            | ("String", value @ Value::String(_))
            | ("Boolean", value @ Value::Boolean(_)) => Some(value),
            _ => None,
        };
        read.unwrap_or_else(|| self.wrong(path, wanted.to_owned()))
    }

    fn wrong(&mut self, path: &str, message: String) -> Value {
        self.problems.add(path, message);
        Value::Null
    }
}

/// Returns a 32-bit integer in any JSON notation, including `2.0`.
#[expect(clippy::cast_possible_truncation, reason = "the number is whole and within the range")]
fn whole(value: &Value) -> Option<Value> {
    let Value::Number(number) = value else { return None };
    if let Some(whole) = number.as_i64() {
        return i32::try_from(whole).ok().map(Value::from);
    }
    let float = number.as_f64()?;
    let is_whole = float.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&float);
    is_whole.then(|| Value::from(float as i32))
}

fn id(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::String(text.clone())),
        Value::Number(number) if !number.is_f64() => Some(Value::String(number.to_string())),
        Value::Number(number) => {
            number.as_f64().filter(|float| float.fract() == 0.0).map(|float| Value::String(format!("{float}")))
        }
        _ => None,
    }
}
