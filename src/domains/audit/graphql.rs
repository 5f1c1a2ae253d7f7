//! The audit log, as clients see it.

use std::collections::BTreeSet;

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use serde_json::{Map, Value};

use super::entity::{Entity, Model as AuditEntry};
use crate::{
    domains::{
        identity::{ApiKey, ApiKeyEntity, Person, person_of},
        shared::{one, root_list},
    },
    graphql::{About, nullable},
};

/// One value that was changed.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct AuditChange {
    /// Which, such as `fullName`.
    field: String,
    /// What it was: a text as it is, anything else as JSON; null when there was nothing.
    before: Option<String>,
    /// What it is since: a text as it is, anything else as JSON; null when there is nothing.
    after: Option<String>,
}

/// The changes between two states, in the order of their names.
fn changes(before: Option<&str>, after: Option<&str>) -> Vec<AuditChange> {
    let read = |state: Option<&str>| -> Map<String, Value> {
        state.and_then(|state| serde_json::from_str(state).ok()).unwrap_or_default()
    };
    let (before, after) = (read(before), read(after));
    let fields: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let text = |value: Option<&Value>| match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let change = |field: &String| AuditChange {
        field: field.clone(),
        before: text(before.get(field)),
        after: text(after.get(field)),
    };
    fields.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

#[ComplexObject]
impl AuditEntry {
    /// Who did it; null for the server itself. An administrator who acted in the place of a user is the one who did it.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.actor_id?;
        nullable(person_of(ctx, id)).await
    }

    /// In whose place it was done; null unless the actor impersonated somebody.
    async fn on_behalf_of(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.on_behalf_of_id?;
        nullable(person_of(ctx, id)).await
    }

    /// The API key by which the actor's program did it; null unless it was one, or when you may not see the key.
    async fn api_key(&self, ctx: &Context<'_>) -> Option<Result<ApiKey>> {
        let id = self.api_key_id?;
        nullable(one::<ApiKeyEntity>(ctx, id)).await
    }

    /// The id of what was changed. `node` finds it, where it is of a type that `node` knows and still there.
    async fn subject_id(&self) -> ID {
        ID::from(&self.subject_id)
    }

    /// What was changed, value by value. Secrets show as `[redacted]`.
    #[graphql(directive = About::apply(5))]
    async fn changes(&self) -> Vec<AuditChange> {
        changes(self.before.as_deref(), self.after.as_deref())
    }
}

root_list! {
    /// What was changed, and by whom: the newest first unless ordered otherwise; null without `audit:read`.
    AuditList: audit_log of Entity,
    needs: "audit:read",
    filter: "Which entries.",
    order: "In which order; newest first when not given.",
    search: "Words that must occur in what was done, to what, in the values before and after, in the reason or in who did it; in any order, at most 10 words and 200 characters."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_texts_as_they_are_and_the_rest_as_json() {
        let change = |field: &str, before: Option<&str>, after: Option<&str>| AuditChange {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        assert_eq!(
            changes(Some(r#"{"b": "x", "a": [1], "d": null}"#), Some(r#"{"b": null, "c": true, "d": null}"#)),
            [change("a", Some("[1]"), None), change("b", Some("x"), None), change("c", None, Some("true"))]
        );
        assert_eq!(changes(None, None), []);
    }
}
