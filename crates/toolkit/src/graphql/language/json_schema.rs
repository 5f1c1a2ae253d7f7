//! The JSON Schema of the variables of an operation (<https://json-schema.org/draft/2020-12>), for programs that fill
//! them in, such as language models.
//!
//! It describes the plain form of each value: a list is a list, although the API also accepts its only item, and unknown
//! variables, which the API ignores, are mistakes.

use std::collections::HashMap;

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{InputValueDefinition, Type, Value as Literal, VariableDefinition},
    executable::{Field, Operation},
    schema::{EnumType, ExtendedType, InputObjectType},
    validation::Valid,
};
use serde_json::{Map, Value, json};

/// Returns the schema of the variables of `operation`.
pub(super) fn of_variables(schema: &Schema, document: &Valid<ExecutableDocument>, operation: &Operation) -> Value {
    let mut uses = Uses { schema, found: HashMap::new() };
    operation.all_fields(document).for_each(|field| uses.of_field(field));
    let mut writer = Writer { schema, definitions: Map::new() };
    let fields = operation.variables.iter().map(|variable| {
        let described = uses.found.get(variable.name.as_str()).copied();
        let default = variable.default_value.as_ref();
        (variable.name.as_str(), writer.place(&variable.ty, described, default), is_required(variable))
    });
    let mut whole = object(fields.collect());
    whole.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    if !writer.definitions.is_empty() {
        whole.insert("$defs".to_owned(), Value::Object(writer.definitions));
    }
    Value::Object(whole)
}

fn is_required(variable: &VariableDefinition) -> bool {
    variable.ty.is_non_null() && variable.default_value.is_none()
}

/// Returns the schema of an object with these fields: name, schema, and true if required.
fn object(fields: Vec<(&str, Value, bool)>) -> Map<String, Value> {
    let required: Vec<&str> = fields.iter().filter(|(_, _, required)| *required).map(|(name, ..)| *name).collect();
    let mut object = Map::new();
    object.insert("type".to_owned(), "object".into());
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    let properties: Map<_, _> = fields.into_iter().map(|(name, value, _)| (name.to_owned(), value)).collect();
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert("additionalProperties".to_owned(), false.into());
    object
}

/// Writes the schemas of types.
struct Writer<'s> {
    schema: &'s Schema,
    /// The schemas of enums and input objects by name, under `$defs`.
    definitions: Map<String, Value>,
}

impl Writer<'_> {
    /// Returns the schema of a variable or field of type `ty`.
    fn place(&mut self, ty: &Type, description: Option<&str>, default: Option<&Node<Literal>>) -> Value {
        let mut place = self.of_type(ty);
        if let Value::Object(place) = &mut place {
            if let Some(description) = description {
                place.insert("description".to_owned(), description.into());
            }
            if let Some(default) = default.and_then(|default| constant(default)) {
                place.insert("default".to_owned(), default);
            }
        }
        place
    }

    fn of_type(&mut self, ty: &Type) -> Value {
        let present = if ty.is_list() {
            json!({"type": "array", "items": self.of_type(ty.item_type())})
        } else {
            self.named(ty.inner_named_type())
        };
        if ty.is_non_null() { present } else { or_null(present) }
    }

    fn named(&mut self, name: &str) -> Value {
        match self.schema.types.get(name) {
            Some(ExtendedType::InputObject(input)) => self.defined(name, |this| this.input(input)),
            Some(ExtendedType::Enum(kind)) => self.defined(name, |_| of_enum(kind)),
            other => {
                let mut scalar = of_scalar(name);
                if let Some(description) = other.filter(|_| !is_built_in(name)).and_then(|ty| ty.description()) {
                    scalar.insert("description".to_owned(), description.as_str().into());
                }
                Value::Object(scalar)
            }
        }
    }

    /// Returns a reference to the definition of `name`, which `write` makes if it is the first.
    fn defined(&mut self, name: &str, write: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.definitions.contains_key(name) {
            // Inserted first, since input objects refer to themselves.
            self.definitions.insert(name.to_owned(), Value::Null);
            let definition = write(self);
            self.definitions.insert(name.to_owned(), definition);
        }
        json!({"$ref": format!("#/$defs/{name}")})
    }

    fn input(&mut self, input: &InputObjectType) -> Value {
        let is_one_of = input.directives.has("oneOf");
        let mut fields = Vec::with_capacity(input.fields.len());
        for (name, field) in &input.fields {
            let description = field.description.as_ref().map(|text| text.as_str());
            // The one field of `@oneOf` may not be null, although its type is nullable.
            let ty = if is_one_of { field.ty.as_ref().clone().non_null() } else { field.ty.as_ref().clone() };
            let schema = self.place(&ty, description, field.default_value.as_ref());
            fields.push((name.as_str(), schema, field.ty.is_non_null() && field.default_value.is_none()));
        }
        let mut written = object(fields);
        if is_one_of {
            written.insert("minProperties".to_owned(), 1.into());
            written.insert("maxProperties".to_owned(), 1.into());
        }
        if let Some(description) = &input.description {
            written.insert("description".to_owned(), description.as_str().into());
        }
        Value::Object(written)
    }
}

fn of_enum(kind: &EnumType) -> Value {
    let values: Vec<Value> = kind.values.keys().map(|name| name.as_str().into()).collect();
    let mut written = Map::new();
    written.insert("type".to_owned(), "string".into());
    written.insert("enum".to_owned(), values.into());
    let said = kind.values.iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.description.as_ref()?)));
    let lines: Vec<String> = kind.description.iter().map(ToString::to_string).chain(said).collect();
    if !lines.is_empty() {
        written.insert("description".to_owned(), lines.join("\n").into());
    }
    Value::Object(written)
}

fn is_built_in(name: &str) -> bool {
    matches!(name, "Int" | "Float" | "String" | "Boolean" | "ID")
}

/// Returns the schema of a scalar. One that is not known here may be any value.
fn of_scalar(name: &str) -> Map<String, Value> {
    let written = match name {
        "Int" => json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}),
        "Float" => json!({"type": "number"}),
        "String" | "EventCursor" => json!({"type": "string"}),
        "Boolean" => json!({"type": "boolean"}),
        "ID" => json!({"type": ["string", "integer"]}),
        "DateTime" => json!({"type": "string", "format": "date-time"}),
        "Date" => json!({"type": "string", "format": "date"}),
        "Decimal" => json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}),
        "CurrencyCode" => json!({"type": "string", "pattern": "^[A-Z]{3}$"}),
        _ => json!({}),
    };
    if let Value::Object(written) = written { written } else { Map::new() }
}

/// Returns `present`, or null.
fn or_null(mut present: Value) -> Value {
    if present.get("$ref").is_some() {
        return json!({"anyOf": [present, {"type": "null"}]});
    }
    match present.get_mut("type") {
        Some(Value::Array(types)) => types.push("null".into()),
        Some(one @ Value::String(_)) => *one = json!([one.take(), "null"]),
        // Any value, null among them.
        _ => {}
    }
    present
}

/// Returns a constant of a document as JSON; `None` for a variable or a number that JSON cannot hold.
fn constant(value: &Literal) -> Option<Value> {
    Some(match value {
        Literal::Null => Value::Null,
        Literal::Boolean(value) => (*value).into(),
        Literal::String(text) => text.as_str().into(),
        Literal::Enum(name) => name.as_str().into(),
        Literal::Int(number) => number.try_to_i32().ok()?.into(),
        Literal::Float(number) => number.try_to_f64().ok()?.into(),
        Literal::List(items) => Value::Array(items.iter().map(|item| constant(item)).collect::<Option<_>>()?),
        Literal::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| Some((name.to_string(), constant(value)?)));
            Value::Object(fields.collect::<Option<_>>()?)
        }
        Literal::Variable(_) => return None,
    })
}

/// The descriptions of the arguments and input fields in which variables stand, by variable.
struct Uses<'d> {
    schema: &'d Schema,
    found: HashMap<&'d str, &'d str>,
}

impl<'d> Uses<'d> {
    fn of_field(&mut self, field: &'d Field) {
        for argument in &field.arguments {
            let definition = field.definition.arguments.iter().find(|definition| definition.name == argument.name);
            if let Some(definition) = definition {
                self.of_value(&argument.value, definition);
            }
        }
    }

    fn of_value(&mut self, value: &'d Literal, place: &'d InputValueDefinition) {
        match value {
            Literal::Variable(name) => {
                if let Some(description) = &place.description {
                    self.found.entry(name.as_str()).or_insert(description.as_str());
                }
            }
            Literal::List(items) => items.iter().for_each(|item| self.of_value(item, place)),
            Literal::Object(fields) => {
                let schema = self.schema;
                let Some(ExtendedType::InputObject(input)) = schema.types.get(place.ty.inner_named_type()) else {
                    return;
                };
                for (name, value) in fields {
                    if let Some(field) = input.fields.get(name) {
                        self.of_value(value, field);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::{ExecutableDocument, Schema};
    use serde_json::{Value, json};

    const SCHEMA: &str = r#"
        directive @oneOf on INPUT_OBJECT
        "A time." scalar DateTime
        scalar Decimal
        scalar JSON
        "An input."
        input Input {
            "A name."
            name: String!
            "More of it."
            below: [Input!]
            kind: Kind! = SMALL
            pick: Pick
            at: DateTime
        }
        "A kind." enum Kind { "Not large." SMALL LARGE }
        input Pick @oneOf { id: ID name: String }
        type Query {
            a(
                "The number of rows."
                first: Int = 25
                input: Input, of: [Float!]!, costs: Decimal, any: JSON
            ): Boolean
        }
    "#;

    const QUERY: &str = r#"query($n: Int = 3, $input: Input!, $of: [Float!]!, $costs: Decimal, $any: JSON, $name: String!) {
        a(first: $n, input: $input, of: $of, costs: $costs, any: $any)
        ...F
    }
    fragment F on Query { b: a(of: [], input: {name: $name}) }"#;

    fn written() -> Value {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, QUERY, "document").unwrap();
        super::of_variables(&schema, &document, document.operations.iter().next().unwrap())
    }

    #[test]
    fn types_descriptions_and_defaults_of_the_schema_stand_in_it() {
        let written = written();
        let number = json!({"type": ["integer", "null"], "minimum": i32::MIN, "maximum": i32::MAX, "default": 3,
                            "description": "The number of rows."});
        assert_eq!(written["properties"]["n"], number);
        assert_eq!(written["properties"]["name"], json!({"type": "string", "description": "A name."}));
        assert_eq!(written["properties"]["input"], json!({"$ref": "#/$defs/Input"}));
        assert_eq!(written["properties"]["any"], json!({}));
        assert_eq!(written["required"], json!(["input", "of", "name"]));
        let input = &written["$defs"]["Input"];
        assert_eq!((&input["description"], &input["required"]), (&json!("An input."), &json!(["name"])));
        let below =
            json!({"type": ["array", "null"], "items": {"$ref": "#/$defs/Input"}, "description": "More of it."});
        assert_eq!(input["properties"]["below"], below);
        assert_eq!(input["properties"]["kind"], json!({"$ref": "#/$defs/Kind", "default": "SMALL"}));
        let time = json!({"type": ["string", "null"], "format": "date-time", "description": "A time."});
        assert_eq!(input["properties"]["at"], time);
        let kind = json!({"type": "string", "enum": ["SMALL", "LARGE"], "description": "A kind.\nSMALL: Not large."});
        assert_eq!(written["$defs"]["Kind"], kind);
    }

    #[test]
    fn one_field_of_a_one_of_is_given_and_not_null() {
        let pick = &written()["$defs"]["Pick"];
        assert_eq!((&pick["minProperties"], &pick["maxProperties"]), (&json!(1), &json!(1)));
        assert_eq!(pick["properties"]["name"], json!({"type": "string"}));
        assert_eq!(written()["$defs"]["Input"]["properties"]["pick"]["anyOf"][1], json!({"type": "null"}));
    }
}
