//! Messages for invalid values, the same for values in a document and in a variable.

use apollo_compiler::schema::{EnumType, InputObjectType};

use super::hints::{MOST_HINTS, did_you_mean};

/// Message for null in a non-null position.
pub(super) const NO_NULL: &str = "A value is required here; null is not allowed.";
/// Message for a missing input field.
pub(super) const REQUIRED: &str = "This is required.";
/// Maximum number of enum values in a message.
const MOST_NAMES: usize = 20;

/// Maximum number of characters of an unknown name in a message.
const MOST_LETTERS: usize = 64;

/// Messages for one document or one set of variables. Only the first few suggest the nearest known name.
pub(super) struct Wording {
    hints_left: usize,
    has_hints: bool,
}

impl Wording {
    /// Returns the messages. With `hints`, they suggest valid values.
    pub(super) fn new(hints: bool) -> Self {
        Self { hints_left: MOST_HINTS, has_hints: hints }
    }

    fn has_hint(&mut self) -> bool {
        let is_left = self.has_hints && self.hints_left > 0;
        self.hints_left -= usize::from(is_left);
        is_left
    }

    /// Returns the message for an invalid enum value, `given` if it is a name or a text.
    pub(super) fn no_enum_value(&mut self, kind: &EnumType, given: Option<&str>) -> String {
        if !self.has_hints {
            return format!("This is not a value of {}.", kind.name);
        }
        // A value may be given as it is spelled elsewhere: `customers:read`.
        let spelled = |given: &str| given.to_uppercase().replace(|letter: char| !letter.is_alphanumeric(), "_");
        let hint =
            given.filter(|_| self.has_hint()).and_then(|given| did_you_mean(&spelled(given), kind.values.keys()));
        if let [(only, _)] = kind.values.iter().collect::<Vec<_>>()[..] {
            return format!("Give {only}, the only value.");
        }
        let names: Vec<_> = kind.values.keys().take(MOST_NAMES).map(|name| name.as_str()).collect();
        let more = kind.values.len().saturating_sub(MOST_NAMES);
        let more = if more == 0 {
            String::new()
        } else {
            format!(" or {more} {}", if more == 1 { "other" } else { "others" })
        };
        format!("Give one of {}{more}.{}", names.join(", "), hint.unwrap_or_default())
    }

    /// Returns the message for an unknown input field.
    pub(super) fn no_field(&mut self, input: &InputObjectType, given: &str) -> String {
        let hint = if self.has_hint() { did_you_mean(given, input.fields.keys()) } else { None };
        // In the words of the compiler about a field of a selection.
        let given: String = given.chars().take(MOST_LETTERS).collect();
        format!("Type `{}` does not have a field `{given}`.{}", input.name, hint.unwrap_or_default())
    }
}

/// Returns the message for a value that is not an object.
pub(super) fn no_object(input: &InputObjectType) -> String {
    format!("An object of the type {} is expected here.", input.name)
}

/// Returns the message for an invalid value of a built-in scalar; `None` for other scalars.
pub(super) fn no_scalar(name: &str) -> Option<&'static str> {
    match name {
        "Int" => Some("A whole number from -2147483648 to 2147483647 is expected here."),
        "Float" => Some("A number is expected here."),
        "String" => Some("A text is expected here."),
        "Boolean" => Some("true or false is expected here."),
        "ID" => Some("An id is expected here, as a text."),
        _ => None,
    }
}
