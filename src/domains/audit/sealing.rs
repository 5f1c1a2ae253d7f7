//! Sealing of personal values in entries, by a key of the person.
//!
//! In the entry `[erased]` stands in place of each, and the values themselves stand sealed beside it. Who deletes the keys of
//! a person has erased their values, and the log stays as it was written.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Statement, sea_query::SimpleExpr,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    action::AuditSubjectType,
    entity::{Column as EntryColumn, Model as Row},
    person_key::{Column, Entity, Model as PersonKey},
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    error::Result,
    graphql::contains,
    secrets::{DataKey, SealError, SealedColumn, Secrets},
    text::audit_words,
};

/// The keys of people, which are sealed by the keys of the installation.
pub const PERSON_KEYS: SealedColumn = SealedColumn { table: "person_keys", id: "id", column: "sealed_key" };
/// What stands in place of a personal value.
pub(super) const ERASED: &str = "[erased]";
/// The values of entries, which are sealed by keys of people.
const VALUES: SealedColumn = SealedColumn { table: "audit_log", id: "id", column: "sealed" };
/// Types of objects that are, or tell of, one person.
pub(super) const OF_PEOPLE: [AuditSubjectType; 5] = [
    AuditSubjectType::ChatSession,
    AuditSubjectType::Lead,
    AuditSubjectType::Mail,
    AuditSubjectType::Session,
    AuditSubjectType::User,
];
/// Values that tell nothing of who the person is: they stay when the person is erased.
const PLAIN: [&str; 16] = [
    "assignedTo",
    "assigneeId",
    "createdAt",
    "isComplete",
    "issuer",
    "job",
    "messages",
    "persona",
    "role",
    "sessionId",
    "sessionsEnded",
    "source",
    "sourceDetail",
    "status",
    "usersSignedOut",
    "version",
];

/// The sealed values of an entry.
#[derive(Serialize, Deserialize)]
struct Values {
    name: String,
    before: Option<Map<String, Value>>,
    after: Option<Map<String, Value>>,
}

/// Seals the personal values of a new or old entry about `person`.
///
/// # Errors
/// When the database fails, or a key of the person does not open.
pub(super) async fn seal(
    tx: &WriteTx,
    ambient: &Ambient,
    secrets: Option<&Secrets>,
    person: &str,
    mut row: Row,
) -> Result<Row> {
    let [before, after] = [&row.before, &row.after].map(|state| {
        let state = state.as_deref().and_then(|state| serde_json::from_str::<Map<String, Value>>(state).ok());
        state.map(divided)
    });
    let values = Values {
        name: std::mem::replace(&mut row.subject_name, ERASED.to_owned()),
        before: before.as_ref().map(|(_, personal)| personal.clone()),
        after: after.as_ref().map(|(_, personal)| personal.clone()),
    };
    let states = |personal: bool| {
        [&before, &after].map(|state| {
            state.as_ref().map(|(plain, sealed)| Value::Object(if personal { sealed } else { plain }.clone()))
        })
    };
    let said = [row.action.as_str(), &row.subject_id, row.reason.as_deref().unwrap_or_default()];
    row.words = audit_words(&said, &states(false).each_ref().map(Option::as_ref));
    let words = audit_words(&[&values.name], &states(true).each_ref().map(Option::as_ref));
    let (key, data) = key_of(tx, ambient, secrets, person, &words).await?;
    let clear = SecretString::from(serde_json::to_string(&values)?);
    row.sealed = Some(data.seal(ambient, &VALUES, row.id.uuid(), &clear)?);
    row.person_key_id = Some(key);
    [row.before, row.after] = [before, after].map(|state| state.map(|state| Value::Object(shown(state)).to_string()));
    Ok(row)
}

/// Divides a state into what stays and what is personal.
fn divided(state: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let is_plain = |field: &str, value: &Value| value.is_null() || value.is_boolean() || PLAIN.contains(&field);
    state.into_iter().partition(|(field, value)| is_plain(field, value))
}

/// Returns a state with [`ERASED`] in place of what is personal.
fn shown((mut plain, personal): (Map<String, Value>, Map<String, Value>)) -> Map<String, Value> {
    plain.extend(personal.into_iter().map(|(field, _)| (field, ERASED.into())));
    plain
}

/// Opens an entry. Without the key it stays as it is, with [`ERASED`] in place of what is sealed.
pub(super) fn open(secrets: &Secrets, key: &PersonKey, row: &Row) -> Result<Row, SealError> {
    let (Some(sealed), Some(data)) = (&row.sealed, data_key(Some(secrets), key)?) else { return Ok(row.clone()) };
    let clear = data.unseal(&VALUES, row.id.uuid(), sealed)?;
    let values: Values = serde_json::from_str(clear.expose_secret()).map_err(|_| SealError::Malformed)?;
    let opened = |state: &Option<String>, personal: Option<Map<String, Value>>| {
        let mut state: Map<String, Value> = serde_json::from_str(state.as_deref()?).ok()?;
        state.extend(personal.unwrap_or_default());
        Some(Value::Object(state).to_string())
    };
    Ok(Row {
        subject_name: values.name,
        before: opened(&row.before, values.before),
        after: opened(&row.after, values.after),
        ..row.clone()
    })
}

/// Returns a key of `person` by which this process can seal, made if there is none, and adds `words` to it.
async fn key_of(
    tx: &WriteTx,
    ambient: &Ambient,
    secrets: Option<&Secrets>,
    person: &str,
    words: &str,
) -> Result<(Id<PersonKey>, DataKey)> {
    let keys = Entity::find().filter(Column::Person.eq(person)).order_by_desc(Column::Id).all(&**tx).await?;
    for key in keys {
        if let Some(data) = data_key(secrets, &key)? {
            add_words(tx, &key, words).await?;
            return Ok((key.id, data));
        }
    }
    let (id, text) = (Id::new(ambient), DataKey::generate(ambient));
    let mut key = PersonKey {
        id,
        person: person.to_owned(),
        sealed_key: None,
        bare_key: None,
        words: words.to_owned(),
        created_at: ambient.now(),
    };
    match secrets.filter(|secrets| secrets.is_configured()) {
        Some(secrets) => key.sealed_key = Some(secrets.seal(&PERSON_KEYS, id.uuid(), &text)?),
        None => key.bare_key = Some(text.expose_secret().to_owned()),
    }
    Entity::insert(key.into_active_model()).exec_without_returning(&**tx).await?;
    Ok((id, DataKey::parse(&text)?))
}

/// Returns the key of a person as it seals; `None` if this process cannot open it.
fn data_key(secrets: Option<&Secrets>, key: &PersonKey) -> Result<Option<DataKey>, SealError> {
    let text = match (&key.bare_key, &key.sealed_key, secrets) {
        (Some(bare), ..) => SecretString::from(bare.as_str()),
        (None, Some(sealed), Some(secrets)) => match secrets.unseal(&PERSON_KEYS, key.id.uuid(), sealed) {
            // Sealed by a process that has keys which this one has not yet.
            Err(SealError::NotConfigured | SealError::UnknownKey(_)) => return Ok(None),
            opened => opened?,
        },
        _ => return Ok(None),
    };
    DataKey::parse(&text).map(Some)
}

/// Adds words that are new. By one statement, so that of two transactions none loses the other's words.
async fn add_words(tx: &WriteTx, key: &PersonKey, words: &str) -> Result<()> {
    let known: BTreeSet<_> = key.words.lines().collect();
    let new: BTreeSet<_> = words.lines().filter(|word| !known.contains(word)).collect();
    if !new.is_empty() {
        let new: String = new.into_iter().flat_map(|word| ["\n", word]).collect();
        let sql = "UPDATE person_keys SET words = words || $1 WHERE id = $2";
        let values = [new.into(), key.id.uuid().into()];
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// Returns the condition on entries of which a person's key sealed `word`.
pub(super) fn sealed_word(word: &str) -> SimpleExpr {
    let keys = Entity::find().select_only().column(Column::Id).filter(contains(Column::Words, word));
    EntryColumn::PersonKeyId.in_subquery(keys.into_query())
}
