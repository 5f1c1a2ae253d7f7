//! GraphQL types and queries for the audit log.

use std::collections::BTreeSet;

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use serde_json::{Map, Value};

use super::{
    action::{AuditAction, AuditSubjectType},
    entity::{Entity, Model as AuditEntry},
    loader::opened,
    sealing::ERASED,
};
use crate::{
    db::Id,
    domains::{
        identity::{ApiKey, ApiKeyEntity, Person, person_of},
        shared::{NodeLink, one, root_list},
    },
    graphql::{About, Json, Requires, nullable},
};

/// Old and new value of one field.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct AuditChange {
    /// Name of the field, such as `fullName`.
    field: String,
    /// Value before the change; null if absent.
    before: Option<Json>,
    /// Value after the change; null if absent.
    after: Option<Json>,
}

/// Returns the differences between two states, sorted by field name.
fn changes(before: Option<&str>, after: Option<&str>) -> Vec<AuditChange> {
    let read = |state: Option<&str>| -> Map<String, Value> {
        state.and_then(|state| serde_json::from_str(state).ok()).unwrap_or_default()
    };
    let (before, after) = (read(before), read(after));
    let fields: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let known = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned().map(Json);
    let change = |field: &String| AuditChange {
        field: field.clone(),
        before: known(before.get(field)),
        after: known(after.get(field)),
    };
    let is_changed = |change: &AuditChange| {
        // Two values that were erased differed.
        change.before != change.after || change.after == Some(Json(ERASED.into()))
    };
    fields.into_iter().map(change).filter(is_changed).collect()
}

#[ComplexObject]
impl AuditEntry {
    /// User who made the change; null for the server itself. Under impersonation, the administrator.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.actor_id?;
        nullable(person_of(ctx, id)).await
    }

    /// Impersonated user; null unless the actor impersonated somebody.
    async fn on_behalf_of(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.on_behalf_of_id?;
        nullable(person_of(ctx, id)).await
    }

    /// API key used for the change; null if none was used, or if you may not see the key.
    async fn api_key(&self, ctx: &Context<'_>) -> Option<Result<ApiKey>> {
        let id = self.api_key_id?;
        nullable(one::<ApiKeyEntity>(ctx, id)).await
    }

    /// Id of the run that made the change on behalf of the actor, as a `Job` or another type of run shows it; null if they
    /// made it themselves.
    async fn via(&self) -> Option<ID> {
        self.via.as_ref().map(ID::from)
    }

    /// Type of the object and what happened to it.
    #[graphql(name = "action")]
    async fn named_action(&self) -> AuditAction {
        AuditAction::named(&self.action)
    }

    /// Type of the changed object.
    #[graphql(name = "subjectType")]
    async fn named_subject_type(&self) -> AuditSubjectType {
        AuditSubjectType::named(&self.subject_type)
    }

    /// Id of the changed object, which may no longer exist.
    async fn subject_id(&self) -> ID {
        ID::from(&self.subject_id)
    }

    /// Name of the object at the time of the change; `[erased]` if the person was erased.
    async fn subject_name(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(opened(ctx, self).await?.map_or_else(|| self.subject_name.clone(), |entry| entry.subject_name))
    }

    /// Changed object, as it is now; null if it no longer exists, if you may not see it, and for sessions, which are not
    /// in the schema.
    async fn subject(&self) -> NodeLink {
        NodeLink(self.subject_id.clone())
    }

    /// Changed fields. Secrets show as `[redacted]`, values of a person who was erased as `[erased]`.
    #[graphql(directive = About::apply(5))]
    async fn changes(&self, ctx: &Context<'_>) -> Result<Vec<AuditChange>> {
        let opened = opened(ctx, self).await?;
        let entry = opened.as_ref().unwrap_or(self);
        Ok(changes(entry.before.as_deref(), entry.after.as_deref()))
    }
}

/// Queries for the audit log.
#[derive(Default, Debug)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// The audit log entry with this id; null if it does not exist. Needs `audit:read`.
    #[graphql(directive = Requires::apply(&["audit:read"]))]
    async fn audit_entry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the entry.")] id: Id<AuditEntry>,
    ) -> Option<Result<AuditEntry>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Audit log entries, newest first by default; null without `audit:read`.
    AuditList: audit_log of Entity,
    needs: "audit:read",
    filter: "Conditions on the entries.",
    order: "Sort order. Defaults to newest first.",
    search: "Words that must occur in the action, the subject, the old and new values, the reason or the actor, in any order; at most 10 words and 200 characters."
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_shows_values_as_they_are() {
        let change = |field: &str, before: Option<Value>, after: Option<Value>| AuditChange {
            field: field.to_owned(),
            before: before.map(Json),
            after: after.map(Json),
        };
        assert_eq!(
            changes(Some(r#"{"b": "x", "a": [1], "d": null}"#), Some(r#"{"b": null, "c": true, "d": null}"#)),
            [
                change("a", Some(json!([1])), None),
                change("b", Some(json!("x")), None),
                change("c", None, Some(json!(true)))
            ]
        );
        assert_eq!(changes(None, None), []);
        let erased = Some(json!(ERASED));
        let both = changes(Some(r#"{"name": "[erased]"}"#), Some(r#"{"name": "[erased]"}"#));
        assert_eq!(both, [change("name", erased.clone(), erased)]);
    }
}
