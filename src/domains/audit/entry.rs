//! Writing of audit log entries.

use sea_orm::{EntityTrait, IntoActiveModel};
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    action::AuditAction,
    entity::{Entity, Model},
    sealing::{OF_PEOPLE, seal},
};
use crate::{
    ambient::Ambient,
    auth::{Credential, Viewer},
    db::{Id, Identified, WriteTx},
    error::Result,
    secrets::Secrets,
    text::audit_words,
};

/// Replacement of a secret.
const REDACTED: &str = "[redacted]";
/// Parts of field names whose values are secrets, at any depth.
const SECRETS: [&str; 5] = ["password", "secret", "token", "hash", "credential"];

/// An entry to be written.
#[derive(Debug, Clone)]
pub struct Entry {
    action: AuditAction,
    subject_id: String,
    subject_name: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
    reason: Option<String>,
    actor: Option<Uuid>,
    person: Option<String>,
}

impl Entry {
    /// Creates an entry about the object `id`, called `name`.
    pub fn of<T: Identified>(action: AuditAction, id: Id<T>, name: impl Into<String>) -> Self {
        Self {
            action,
            subject_id: id.to_string(),
            subject_name: name.into(),
            before: None,
            after: None,
            reason: None,
            actor: None,
            person: OF_PEOPLE.contains(&action.subject_type()).then(|| id.to_string()),
        }
    }

    /// Adds the state of a created object, or after a change.
    #[must_use]
    pub fn after(mut self, state: impl Serialize) -> Self {
        self.after = object(state);
        self
    }

    /// Adds the state of an object before its deletion.
    #[must_use]
    pub fn before(mut self, state: impl Serialize) -> Self {
        self.before = object(state);
        self
    }

    /// Adds the differences between two states.
    #[must_use]
    pub fn between(mut self, before: impl Serialize, after: impl Serialize) -> Self {
        let (mut before, mut after) = (object(before).unwrap_or_default(), object(after).unwrap_or_default());
        let same: Vec<_> = before.keys().filter(|key| before.get(*key) == after.get(*key)).cloned().collect();
        for key in same {
            before.remove(&key);
            after.remove(&key);
        }
        self.before = Some(before);
        self.after = Some(after);
        self
    }

    /// Adds the given reason.
    #[must_use]
    pub fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    /// Names the person whose values the entry holds, if that is another object than the changed one, by its id.
    #[must_use]
    pub fn about(mut self, person: impl ToString) -> Self {
        self.person = Some(person.to_string());
        self
    }

    /// Sets the actor of a request that was not yet authenticated, such as a sign-in. Any other token sent with it is
    /// ignored.
    #[must_use]
    pub fn by(mut self, user: Uuid) -> Self {
        self.actor = Some(user);
        self
    }
}

fn object(state: impl Serialize) -> Option<Map<String, Value>> {
    match redacted(serde_json::to_value(state).ok()?) {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// Redacts secrets, as a safeguard: states should not contain any.
fn redacted(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object
                .into_iter()
                .map(|(key, value)| {
                    let name = key.to_lowercase();
                    let is_secret = !value.is_null() && SECRETS.iter().any(|secret| name.contains(secret));
                    (key, if is_secret { REDACTED.into() } else { redacted(value) })
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        other => other,
    }
}

/// Writes an entry in the transaction of the change. `viewer` is the actor. Values of a person are sealed by their key; without
/// `secrets` that key stands in the database as it is, until [`SealAuditLog`](super::SealAuditLog) seals it.
///
/// # Errors
/// When the database fails, or a key does not open.
pub async fn record(
    tx: &WriteTx,
    ambient: &Ambient,
    secrets: Option<&Secrets>,
    viewer: &Viewer,
    entry: Entry,
) -> Result<()> {
    // Where the entry says who did it, the session that the request came with is not theirs.
    let session = viewer.signed_in().filter(|_| entry.actor.is_none());
    let actor = entry.actor.or(session.map(|session| session.credential.actor(session.user_id)));
    let (on_behalf_of, api_key) = match session.map(|session| (session.user_id, session.credential)) {
        Some((user, Credential::Impersonation { .. })) => (Some(user), None),
        Some((user, Credential::Automation { key, impersonator })) => (impersonator.map(|_| user), key),
        Some((_, Credential::ApiKey { key })) => (None, Some(key)),
        _ => (None, None),
    };
    let [before, after] = [entry.before, entry.after].map(|state| state.map(Value::Object));
    let action = entry.action.as_str();
    let said = [action, &entry.subject_name, &entry.subject_id, entry.reason.as_deref().unwrap_or_default()];
    let words = audit_words(&said, &[before.as_ref(), after.as_ref()]);
    let row = Model {
        id: Id::new(ambient),
        occurred_at: ambient.now(),
        action: action.to_owned(),
        actor_id: actor.map(Id::from_uuid),
        on_behalf_of_id: on_behalf_of.map(Id::from_uuid),
        api_key_id: api_key.map(Id::from_uuid),
        subject_type: entry.action.subject_type().as_str().to_owned(),
        subject_id: entry.subject_id,
        subject_name: entry.subject_name,
        before: before.map(|state| state.to_string()),
        after: after.map(|state| state.to_string()),
        reason: entry.reason,
        words,
        sealed: None,
        person_key_id: None,
        request_id: viewer.request_id.0.clone(),
        address: viewer.peer.map(|peer| peer.to_string()),
        user_agent: viewer.user_agent.as_ref().map(ToString::to_string),
        via: session.and(viewer.via()).map(|run| run.as_str().to_owned()),
    };
    let row = match &entry.person {
        Some(person) => seal(tx, ambient, secrets, person, row).await?,
        None => row,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domains::identity::User;

    fn entry() -> Entry {
        Entry::of(AuditAction::UserUpdated, Id::<User>::from_uuid(Uuid::nil()), "Dana")
    }

    #[test]
    fn only_what_differs_is_kept() {
        let entry = entry().between(json!({"a": 1, "b": [2], "c": null}), json!({"a": 1, "b": [3], "d": 4}));
        assert_eq!(entry.before.map(Value::Object), Some(json!({"b": [2], "c": null})));
        assert_eq!(entry.after.map(Value::Object), Some(json!({"b": [3], "d": 4})));
    }

    #[test]
    fn secrets_are_not_written_down_however_deep_they_lie() {
        let entry = entry().after(json!({"newPassword": "hunter2", "x": [{"refresh_token": "abc", "name": "n"}]}));
        let expected = json!({"newPassword": REDACTED, "x": [{"refresh_token": REDACTED, "name": "n"}]});
        assert_eq!(entry.after.map(Value::Object), Some(expected));
    }
}
