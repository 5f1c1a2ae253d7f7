//! JSON schemas of structured output.

use std::fmt;
use std::sync::Arc;

use jsonschema::Validator;
use serde_json::Value;

use super::LlmError;
use crate::http::one_line;

/// Maximum number of reported problems of an answer.
const FAULTS: usize = 5;

/// Maximum length of the description of problems, in characters.
const FAULTS_CHARS: usize = 600;

/// The schema of an answer. Cheap to clone.
#[derive(Clone)]
pub struct JsonSchema {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    schema: Value,
    validator: Validator,
    strict: bool,
}

impl JsonSchema {
    /// Creates a schema (JSON Schema, draft 2020-12 unless it names another; internal references only) with a name of
    /// letters, digits, `_` and `-`.
    ///
    /// If all its objects are closed (`additionalProperties: false`) and all properties required, OpenAI's strict mode
    /// is used: <https://platform.openai.com/docs/guides/structured-outputs>.
    ///
    /// # Errors
    /// [`LlmError::InvalidRequest`] if it is no JSON schema.
    pub fn new(name: &str, schema: Value) -> Result<Self, LlmError> {
        let invalid = |reason: String| LlmError::InvalidRequest { reason: format!("its schema: {reason}") };
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if name.is_empty() || name.len() > 64 || !name.chars().all(legal) {
            return Err(invalid(format!("`{}` is no name for one", one_line(name, 64))));
        }
        let validator =
            jsonschema::validator_for(&schema).map_err(|error| invalid(one_line(&error.to_string(), FAULTS_CHARS)))?;
        let strict = is_closed(&schema);
        Ok(Self { inner: Arc::new(Inner { name: name.to_owned(), schema, validator, strict }) })
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Returns the schema.
    #[must_use]
    pub fn schema(&self) -> &Value {
        &self.inner.schema
    }

    /// Returns true if OpenAI's strict mode can be used.
    pub(super) fn is_strict(&self) -> bool {
        self.inner.strict
    }

    /// Parses `text` as JSON and validates it.
    ///
    /// # Errors
    /// The problems, on one line.
    pub(super) fn read(&self, text: &str) -> Result<Value, String> {
        let value: Value = serde_json::from_str(unfenced(text)).map_err(|error| format!("it is not JSON: {error}"))?;
        let faults: Vec<_> =
            self.inner.validator.iter_errors(&value).take(FAULTS).map(|fault| describe(&fault)).collect();
        if faults.is_empty() { Ok(value) } else { Err(one_line(&faults.join("; "), FAULTS_CHARS)) }
    }
}

impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonSchema").field("name", &self.inner.name).finish_non_exhaustive()
    }
}

fn describe(fault: &jsonschema::ValidationError<'_>) -> String {
    match fault.instance_path().as_str() {
        "" => fault.to_string(),
        path => format!("at {path}: {fault}"),
    }
}

/// Returns the JSON in a Markdown code block, which models often add.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```").and_then(|text| text.strip_suffix("```"));
    inner.map_or(text, |inner| inner.strip_prefix("json").unwrap_or(inner).trim())
}

/// Returns true if every object of the schema is closed and has no optional property.
fn is_closed(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => {
            let open = fields.get("properties").and_then(Value::as_object).is_some_and(|properties| {
                let required = fields.get("required").and_then(Value::as_array);
                let is_required = |name: &String| required.is_some_and(|names| names.iter().any(|n| n == name));
                fields.get("additionalProperties") != Some(&Value::Bool(false)) || !properties.keys().all(is_required)
            });
            !open && fields.values().all(is_closed)
        }
        Value::Array(items) => items.iter().all(is_closed),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn person() -> Value {
        json!({
            "type": "object", "additionalProperties": false, "required": ["name", "roles"],
            "properties": { "name": { "type": "string" }, "roles": { "type": "array", "items": { "type": "string" } } },
        })
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let schema = JsonSchema::new("person", person()).unwrap();
        assert_eq!(schema.read(r#"{"name": "Ada", "roles": []}"#).unwrap()["name"], "Ada");
        let faults = schema.read(r#"{"name": "Ada", "roles": ["a", 7]}"#).unwrap_err();
        assert!(faults.contains("/roles/1") && faults.contains("string"), "{faults}");
        assert!(schema.read(r#"{"name": "Ada"}"#).unwrap_err().contains("roles"));
        assert!(schema.read("I do not know.").unwrap_err().contains("not JSON"));
    }

    #[test]
    fn a_code_block_around_the_answer_is_no_fault() {
        let schema = JsonSchema::new("number", json!({ "type": "number" })).unwrap();
        for text in ["```json\n7\n```", "```\n7```", "  7\n"] {
            assert_eq!(schema.read(text), Ok(json!(7)), "{text}");
        }
    }

    #[test]
    fn strict_is_what_is_closed_on_all_levels() {
        let of = |schema: Value| JsonSchema::new("x", schema).unwrap().is_strict();
        assert!(of(person()));
        let mut optional = person();
        optional["required"] = json!(["name"]);
        assert!(!of(optional.clone()));
        assert!(!of(json!({ "type": "array", "items": optional })));
    }

    #[test]
    fn what_is_no_schema_is_told() {
        let refused = |name: &str, schema| JsonSchema::new(name, schema).unwrap_err().to_string();
        assert!(refused("x", json!({ "type": "strange" })).contains("schema"));
        assert!(refused("two words", json!({})).contains("two words"));
        // Nothing is fetched.
        assert!(refused("x", json!({ "$ref": "https://elsewhere.example/schema" })).contains("schema"));
    }
}
