//! The `JSON` scalar, for values whose shape the schema does not define.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// Maximum size of an input in bytes.
const MOST_BYTES: usize = 64 * 1024;
/// Maximum nesting of lists and objects in an input.
const DEEPEST: usize = 32;

/// JSON value as a GraphQL scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub serde_json::Value);

/// Any JSON value. Inputs are limited to 65,536 bytes and 32 levels of nesting.
#[Scalar(name = "JSON", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc8259")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        check(&value, DEEPEST).map_err(InputValueError::custom)?;
        let json = value.into_json().map_err(|_| InputValueError::custom(NOT_JSON))?;
        let bytes = json.to_string().len();
        if bytes > MOST_BYTES {
            let message = format!("Give JSON of at most {MOST_BYTES} bytes; this has {bytes}.");
            return Err(InputValueError::custom(message));
        }
        Ok(Self(json))
    }

    fn to_value(&self) -> Value {
        // All JSON is a value of GraphQL.
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

const NOT_JSON: &str = "Give JSON: texts in quotation marks, numbers, true, false, null, lists and objects.";

/// Returns an error if `value` is not JSON or is nested deeper than `depth`.
fn check(value: &Value, depth: usize) -> Result<(), String> {
    let below = || depth.checked_sub(1).ok_or_else(|| format!("Nest lists and objects at most {DEEPEST} deep."));
    match value {
        Value::List(items) => {
            let depth = below()?;
            items.iter().try_for_each(|item| check(item, depth))
        }
        Value::Object(fields) => {
            let depth = below()?;
            fields.values().try_for_each(|field| check(field, depth))
        }
        Value::Enum(_) | Value::Binary(_) => Err(NOT_JSON.to_owned()),
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, Pos};
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<serde_json::Value, String> {
        let read: InputValueResult<Json> = ScalarType::parse(value);
        read.map(|Json(json)| json).map_err(|error| error.into_server_error(Pos::default()).message)
    }

    /// Lists within each other, so many.
    fn nested(depth: usize) -> Value {
        (0..depth).fold(Value::Null, |inner, _| Value::List(vec![inner]))
    }

    #[test]
    fn any_json_is_read_and_written_as_it_is() {
        for json in [
            json!(null),
            json!(true),
            json!(-1.5),
            json!(9_007_199_254_740_993_i64),
            json!("ä\n"),
            json!({"a": [{"b": {}}]}),
        ] {
            let value = Value::from_json(json.clone()).unwrap();
            assert_eq!(read(value.clone()), Ok(json.clone()));
            assert_eq!(Json(json).to_value(), value);
        }
    }

    #[test]
    fn what_is_too_deep_too_long_or_no_json_is_refused() {
        assert!(read(nested(DEEPEST)).is_ok());
        assert!(read(nested(DEEPEST + 1)).unwrap_err().contains("at most 32 deep"));
        let text = |bytes: usize| Value::String("x".repeat(bytes - 2));
        assert!(read(text(MOST_BYTES)).is_ok());
        assert!(read(text(MOST_BYTES + 1)).unwrap_err().contains("this has 65537"));
        let word = Value::List(vec![Value::Enum(Name::new("WORD"))]);
        assert!(read(word).unwrap_err().contains("in quotation marks"));
    }
}
