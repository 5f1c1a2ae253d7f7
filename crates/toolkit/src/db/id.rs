//! Typed identifiers.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use sea_orm::{
    ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::ambient::Ambient;

/// A type of object with ids of its own.
pub trait Identified: 'static {
    /// Prefix of its ids, such as `cus`. Never changed, because clients store ids.
    const PREFIX: &'static str;
    /// Human-readable name of the type, such as `customer`.
    const NOUN: &'static str;
}

/// The id of a `T`: a version 7 UUID, written `<prefix>_<32 hex digits>`. Typed, so that ids of different tables cannot
/// be confused.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// Generates a new id.
    pub fn new(ambient: &Ambient) -> Self {
        Self::from_uuid(ambient.uuid())
    }

    /// Returns the id with this UUID.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// Returns the nil id.
    pub const fn nil() -> Self {
        Self::from_uuid(Uuid::nil())
    }

    /// Returns the UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Default for Id<T> {
    fn default() -> Self {
        Self::nil()
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T: Identified> Id<T> {
    /// Returns the id as text in one allocation, since large answers contain hundreds.
    pub fn text(&self) -> String {
        let mut hex = Uuid::encode_buffer();
        [T::PREFIX, "_", self.0.simple().encode_lower(&mut hex)].concat()
    }
}
impl<T: Identified> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({})", self.0.simple())
    }
}

/// The id of an object of any type, as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AnyId(String);

impl AnyId {
    /// Returns the id as it is stored.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// The error for a text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a valid id; ids are a prefix for the type, such as `cus`, `_` and 32 hexadecimal digits.")]
pub struct ParseAnyIdError(String);

impl FromStr for AnyId {
    type Err = ParseAnyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('_').filter(|(prefix, hex)| {
            !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_lowercase()) && hex.len() == 32
        });
        let id = parts.and_then(|(prefix, hex)| Some((prefix, Uuid::try_parse(hex).ok()?)));
        id.map(|(prefix, uuid)| Self(format!("{prefix}_{}", uuid.simple())))
            .ok_or_else(|| ParseAnyIdError(text.chars().take(64).collect()))
    }
}

/// The error for a text that is not the id of a `T`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a valid {noun} id; such ids are `{prefix}_` followed by 32 hexadecimal digits.")]
pub struct ParseIdError {
    given: String,
    noun: &'static str,
    prefix: &'static str,
}

impl<T: Identified> FromStr for Id<T> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix(T::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|hex| hex.len() == 32)
            .and_then(|hex| Uuid::try_parse(hex).ok())
            .map(Self::from_uuid)
            .ok_or_else(|| ParseIdError { given: text.chars().take(64).collect(), noun: T::NOUN, prefix: T::PREFIX })
    }
}

impl<T: Identified> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T: Identified> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        // Some events of earlier releases hold the UUID alone.
        let id = text.parse().or_else(|error| Uuid::parse_str(&text).map(Self::from_uuid).map_err(|_| error));
        id.map_err(serde::de::Error::custom)
    }
}

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        id.0.into()
    }
}
impl<T> TryGetable for Id<T> {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        Uuid::try_get_by(row, index).map(Self::from_uuid)
    }
}
impl<T> ValueType for Id<T> {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        <Uuid as ValueType>::try_from(value).map(Self::from_uuid)
    }
    fn type_name() -> String {
        "Id".to_owned()
    }
    fn array_type() -> ArrayType {
        <Uuid as ValueType>::array_type()
    }
    fn column_type() -> ColumnType {
        <Uuid as ValueType>::column_type()
    }
}
impl<T> Nullable for Id<T> {
    fn null() -> Value {
        <Uuid as Nullable>::null()
    }
}
impl<T> TryFromU64 for Id<T> {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("Id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Customer;
    impl Identified for Customer {
        const PREFIX: &'static str = "cus";
        const NOUN: &'static str = "customer";
    }

    #[test]
    fn an_id_reads_back_what_it_wrote() {
        let id = Id::<Customer>::new(&Ambient::system());
        assert!(id.to_string().starts_with("cus_"));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_of_any_type_has_the_form_of_one() {
        let id: AnyId = "lead_0190F5C8A1B27C3D8E4F5A6B7C8D9E0F".parse().unwrap();
        assert_eq!(id.text(), "lead_0190f5c8a1b27c3d8e4f5a6b7c8d9e0f");
        for wrong in ["", "lead", "lead_", "lead_1", "_0190f5c8a1b27c3d8e4f5a6b7c8d9e0f", "Ärger_é"] {
            assert!(wrong.parse::<AnyId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_id_of_another_type_is_refused_with_a_reason() {
        for wrong in
            ["lead_0190f5c8a1b27c3d8e4f5a6b7c8d9e0f", "cus_", "cus_xyz", "", "cus_0190f5c8-a1b2-7c3d-8e4f-5a6b7c8d9e0f"]
        {
            let error = wrong.parse::<Id<Customer>>().unwrap_err();
            assert!(error.to_string().contains("such ids are `cus_` followed by 32"), "{error}");
        }
    }
}
