//! Plain rows: rows of which only unmodified columns are selected.
//!
//! async-graphql builds a map of names and values for each row, serializes it and drops it. Large answers are mostly
//! plain rows, for which that is most of the work, so these are serialized to JSON at once. A [`Value::Binary`], which
//! no other type of the schema uses, carries the result to [`to_json`].

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_graphql::{ContextSelectionSet, Positioned, ServerResult, Value, parser::types::Field};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Serializer, ser::Formatter};
use uuid::Uuid;

use super::{Answer, Timestamp};
use crate::db::{Id, Identified};

/// Initial capacity for a field and its name, based on the size of an id.
const ROOM: usize = 48;

/// Enables serializing plain rows at once, and counts their fields. Without it in the request data, rows are resolved
/// as usual. Cheap to clone; clones share the count.
#[derive(Debug, Clone, Default)]
pub struct WrittenFields(Arc<AtomicUsize>);

impl WrittenFields {
    /// Returns the number of fields without `__typename`.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, fields: usize) {
        self.0.fetch_add(fields, Ordering::Relaxed);
    }
}

/// Appends a field of a row to JSON.
pub type Plain<T> = fn(&T, &mut Vec<u8>);

/// A type with plain fields, implemented by [`plain_fields`].
pub trait PlainFields {
    /// Returns the writer of the field called `name` in the schema; `None` if it is not plain.
    fn plain_field(name: &str) -> Option<Plain<Self>>;
}

/// Declares fields of a type as plain: `plain_fields!(Customer => id, name)`. A wrapper names the row:
/// `plain_fields!(Job, |job| &job.0 => id, kind)`.
#[macro_export]
macro_rules! plain_fields {
    ($shown:ty => $($field:ident),* $(,)?) => {
        $crate::graphql::plain_fields!($shown, |row| row => $($field),*);
    };
    ($shown:ty, |$own:ident| $row:expr => $($field:ident),* $(,)?) => {
        impl $crate::graphql::PlainFields for $shown {
            fn plain_field(name: &str) -> Option<$crate::graphql::Plain<Self>> {
                static FIELDS: std::sync::LazyLock<std::collections::HashMap<String, $crate::graphql::Plain<$shown>>> =
                    std::sync::LazyLock::new(|| {
                        let mut fields = std::collections::HashMap::<_, $crate::graphql::Plain<$shown>>::new();
                        $(fields.insert($crate::graphql::camel_case(stringify!($field)), |$own, json| {
                            $crate::graphql::PlainValue::write(&($row).$field, json);
                        });)*
                        fields
                    });
                FIELDS.get(name).copied()
            }
        }
    };
}
pub use plain_fields;

/// A column value whose JSON is that of `Serialize`, or written by an own implementation.
pub trait PlainValue: Serialize {
    /// Appends the value to `json`.
    fn write(&self, json: &mut Vec<u8>) {
        // A vector takes whatever comes, and no column holds what JSON cannot: none is a map.
        let _ = serde_json::to_writer(json, self);
    }
}

impl PlainValue for bool {}
impl PlainValue for i32 {}
impl PlainValue for f64 {}
impl PlainValue for NaiveDate {}

impl PlainValue for String {
    fn write(&self, json: &mut Vec<u8>) {
        // Looked at all at once, which a processor does many letters at a time; serde_json looks at one after the other.
        let stands = |ok, byte| ok & (byte >= b' ') & (byte != b'"') & (byte != b'\\');
        if self.bytes().fold(true, stands) {
            quote(self, json);
        } else {
            let _ = serde_json::to_writer(json, self);
        }
    }
}

impl<T: Identified> PlainValue for Id<T> {
    fn write(&self, json: &mut Vec<u8>) {
        let mut hex = Uuid::encode_buffer();
        for part in ["\"", T::PREFIX, "_", self.uuid().simple().encode_lower(&mut hex), "\""] {
            json.extend_from_slice(part.as_bytes());
        }
    }
}

impl PlainValue for DateTime<Utc> {
    fn write(&self, json: &mut Vec<u8>) {
        quote(&Timestamp::text(self), json);
    }
}

impl<T: PlainValue> PlainValue for Option<T> {
    fn write(&self, json: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(json),
            None => json.extend_from_slice(b"null"),
        }
    }
}

/// Appends a text that needs no escapes.
fn quote(text: &str, json: &mut Vec<u8>) {
    json.reserve(text.len() + 2);
    json.push(b'"');
    json.extend_from_slice(text.as_bytes());
    json.push(b'"');
}

/// The selection of plain rows.
pub(super) struct PlainSelection<T> {
    fields: Vec<(String, PlainField<T>)>,
    priced: usize,
    written: WrittenFields,
    answer: Option<Answer>,
}

enum PlainField<T> {
    TypeName(String),
    Column(Plain<T>),
}

impl<T: PlainFields> PlainSelection<T> {
    /// Creates the selection of `fields` of the type called `type_name`; `None` if any is not plain, or serializing at
    /// once is disabled.
    pub(super) fn of(ctx: &ContextSelectionSet<'_>, fields: &[&Positioned<Field>], type_name: &str) -> Option<Self> {
        let written = ctx.data_opt::<WrittenFields>()?.clone();
        let mut priced = 0;
        let mut selected = Vec::with_capacity(fields.len());
        for field in fields {
            let key = &field.node.response_key().node;
            let field = match field.node.name.node.as_str() {
                "__typename" => PlainField::TypeName(format!("\"{type_name}\"")),
                name => PlainField::Column(T::plain_field(name)?),
            };
            let before = if selected.is_empty() { '{' } else { ',' };
            // A name of GraphQL has no letter that JSON would write otherwise.
            selected.push((format!("{before}\"{key}\":"), field));
            priced += usize::from(key != "__typename");
        }
        let answer = ctx.data_opt::<Answer>().cloned();
        (!selected.is_empty()).then_some(Self { fields: selected, priced, written, answer })
    }

    /// Serializes a list of `rows`.
    ///
    /// # Errors
    /// If the answer becomes too large.
    pub(super) fn list<'r>(&self, rows: impl ExactSizeIterator<Item = &'r T>) -> ServerResult<Value>
    where
        T: 'r,
    {
        let count = rows.len();
        let mut json = Vec::with_capacity(2 + count * self.fields.len() * ROOM);
        json.push(b'[');
        for row in rows {
            if json.len() > 1 {
                json.push(b',');
            }
            let before = json.len();
            self.write(row, &mut json);
            self.grow(json.len() - before)?;
        }
        json.push(b']');
        self.written.add(count * self.priced);
        Ok(Value::Binary(json.into()))
    }

    fn grow(&self, bytes: usize) -> ServerResult<()> {
        self.answer.as_ref().map_or(Ok(()), |answer| answer.grow(bytes))
    }

    /// Serializes one row.
    ///
    /// # Errors
    /// If the answer becomes too large.
    pub(super) fn object(&self, row: &T) -> ServerResult<Value> {
        let mut json = Vec::with_capacity(self.fields.len() * ROOM);
        self.write(row, &mut json);
        self.grow(json.len())?;
        self.written.add(self.priced);
        Ok(Value::Binary(json.into()))
    }

    fn write(&self, row: &T, json: &mut Vec<u8>) {
        for (key, field) in &self.fields {
            json.extend_from_slice(key.as_bytes());
            match field {
                PlainField::TypeName(name) => json.extend_from_slice(name.as_bytes()),
                PlainField::Column(write) => write(row, json),
            }
        }
        json.push(b'}');
    }
}

/// Writes raw JSON unchanged.
struct AsItIs;

impl Formatter for AsItIs {
    fn write_byte_array<W: ?Sized + io::Write>(&mut self, writer: &mut W, json: &[u8]) -> io::Result<()> {
        writer.write_all(json)
    }
}

/// Serializes `value` with the rows that were serialized before.
///
/// # Errors
/// If a map has keys other than strings.
pub fn to_json(value: &impl Serialize) -> serde_json::Result<String> {
    let mut json = Vec::with_capacity(256);
    write_json(value, &mut json)?;
    String::from_utf8(json).map_err(serde::ser::Error::custom)
}

/// Appends the serialized `value` to `json`.
///
/// # Errors
/// If a map has keys other than strings.
pub fn write_json(value: &impl Serialize, json: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(json, AsItIs))
}

/// Returns the size of the parts of `value` that were serialized before.
pub fn written_before(value: &Value) -> usize {
    match value {
        Value::Binary(json) => json.len(),
        Value::List(list) => list.iter().map(written_before).sum(),
        Value::Object(object) => object.values().map(written_before).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{Name, indexmap::IndexMap, value};
    use chrono::TimeZone;

    use super::*;

    struct Kind;

    impl Identified for Kind {
        const PREFIX: &'static str = "kin";
        const NOUN: &'static str = "kind";
    }

    fn written(value: impl PlainValue) -> String {
        let mut json = Vec::new();
        value.write(&mut json);
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn values_are_written_as_the_schema_shows_them() {
        let time = Utc.with_ymd_and_hms(2026, 3, 14, 9, 0, 0).unwrap();
        assert_eq!(written(time), to_json(&async_graphql::ScalarType::to_value(&Timestamp(time))).unwrap());
        for text in ["Søn", "", "a\"", "\\", "\n", "\u{1}", "\u{7f}"] {
            assert_eq!(written(text.to_owned()), to_json(&text).unwrap());
        }
        let id = Id::<Kind>::from_uuid(Uuid::from_u128(0xa7));
        assert_eq!(written(id), to_json(&id.text()).unwrap());
        assert_eq!(
            [written(None::<i32>), written(Some(-7)), written(0.5), written(f64::NAN)],
            ["null", "-7", "0.5", "null"]
        );
    }

    #[test]
    fn what_was_written_before_stands_in_its_place() {
        let rows = Value::Binary(r#"[{"a":"é"}]"#.into());
        let data = IndexMap::from([(Name::new("rows"), rows), (Name::new("next"), value!([1, "x"]))]);
        let data = Value::Object(data);
        assert_eq!(to_json(&data).unwrap(), r#"{"rows":[{"a":"é"}],"next":[1,"x"]}"#);
        assert_eq!(written_before(&data), 12);
    }
}
