//! What of an event makes it the one that is waited for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::events::Event;

/// Longest member that the table of awaited events holds. One with a longer value is found by its kind alone.
const LONGEST: usize = 200;

/// An event that is waited for: of a kind, and with these members in its payload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventMatch {
    /// The kind, such as `lead.created`.
    pub event: String,
    /// Members of the payload, each with the value that it must have.
    #[serde(default, rename = "match")]
    pub members: BTreeMap<String, Value>,
}

impl EventMatch {
    /// An event of this kind.
    pub fn of(event: impl Into<String>) -> Self {
        Self { event: event.into(), members: BTreeMap::new() }
    }

    /// The same with a member that the payload must have.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.members.insert(name.into(), value.into());
        self
    }

    /// Returns true if `event` is waited for.
    pub fn fits(&self, event: &Event) -> bool {
        event.kind == self.event && self.members.iter().all(|(name, value)| event.payload.get(name) == Some(value))
    }

    /// Returns a member that the event must have, by which the wait is found among others for the same kind; empty if
    /// there is none.
    pub(super) fn member(&self) -> String {
        self.members.iter().find_map(|(name, value)| member(name, value)).unwrap_or_default()
    }
}

/// Returns the members of an event by which waits for it may be found.
pub(super) fn members(event: &Event) -> BTreeSet<String> {
    let members = event.payload.as_object().into_iter().flatten();
    let members = members.filter_map(|(name, value)| member(name, value));
    std::iter::once(String::new()).chain(members).collect()
}

fn member(name: &str, value: &Value) -> Option<String> {
    let is_plain = !value.is_object() && !value.is_array();
    let text = is_plain.then(|| format!("{name}={value}"))?;
    (text.len() <= LONGEST).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::events::Event;

    fn event(kind: &str, payload: Value) -> Event {
        let example = std::sync::Arc::into_inner(Event::example(1)).unwrap();
        Event { kind: kind.to_owned(), payload, ..example }
    }

    #[test]
    fn an_event_fits_by_its_kind_and_all_members() {
        let awaited = EventMatch::of("lead.created").with("leadId", "lead_1").with("hasEmail", true);
        let fits = |kind, payload| awaited.fits(&event(kind, payload));
        assert!(fits("lead.created", json!({"leadId": "lead_1", "hasEmail": true, "more": 1})));
        assert!(!fits("lead.updated", json!({"leadId": "lead_1", "hasEmail": true})));
        assert!(!fits("lead.created", json!({"leadId": "lead_2", "hasEmail": true})));
        assert!(!fits("lead.created", json!({"leadId": "lead_1", "hasEmail": "true"})), "types are told apart");
        assert!(!fits("lead.created", json!({"leadId": "lead_1"})));
        assert!(!fits("lead.created", json!("lead_1")));
        assert!(EventMatch::of("lead.created").fits(&event("lead.created", Value::Null)));
    }

    #[test]
    fn whatever_fits_is_found_by_a_member() {
        let long = "x".repeat(300);
        for awaited in [
            EventMatch::of("k"),
            EventMatch::of("k").with("a", 1).with("b", "two"),
            EventMatch::of("k").with("a", json!([1])),
            EventMatch::of("k").with("a", json!({"b": 1})).with("c", Value::Null),
            EventMatch::of("k").with("a", long.as_str()),
        ] {
            let payload = awaited.members.clone().into_iter().collect::<serde_json::Map<_, _>>();
            let event = event("k", payload.into());
            assert!(awaited.fits(&event));
            assert!(members(&event).contains(&awaited.member()), "{awaited:?}");
        }
    }
}
