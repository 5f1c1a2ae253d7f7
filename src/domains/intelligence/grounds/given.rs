//! Input for models about people, as JSON values.

use serde_json::{Value, json};

use crate::clients::research::clean::{self, NAME};
use crate::domains::intelligence::filings::{Direction, Person};

/// Returns the input about a person who takes or leaves a role.
pub(in crate::domains::intelligence) fn person(person: &Person) -> Value {
    json!({
        "name": clean::line(&person.name, NAME),
        "role": clean::optional(person.role.as_deref(), NAME),
        "direction": match person.direction { Direction::Comes => "takes the role", Direction::Goes => "leaves the role" },
        "effective": person.effective.map(|date| date.format("%-d %B %Y").to_string()),
    })
}
