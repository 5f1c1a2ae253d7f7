//! What an activity belongs to: a lead or a customer.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    db::{Id, Identified},
    domains::{customers::Customer, leads::Lead},
    error::{Error, Result},
};

/// The type of a subject.
#[derive(EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SubjectKind {
    /// A customer.
    #[default]
    Customer,
    /// A lead.
    Lead,
}

/// The subject of an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubjectRef {
    /// Its type.
    pub kind: SubjectKind,
    /// Its id, unique among leads and customers together.
    pub id: Uuid,
}

impl From<Id<Customer>> for SubjectRef {
    fn from(id: Id<Customer>) -> Self {
        Self { kind: SubjectKind::Customer, id: id.uuid() }
    }
}

impl From<Id<Lead>> for SubjectRef {
    fn from(id: Id<Lead>) -> Self {
        Self { kind: SubjectKind::Lead, id: id.uuid() }
    }
}

impl SubjectRef {
    /// Returns the subject with this id.
    ///
    /// # Errors
    /// [`Error::BadInput`] at `path` for an id of another type.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let refused = |error: crate::db::ParseIdError| Error::bad_input(path, error.to_string());
        match text.split('_').next() {
            Some(Customer::PREFIX) => text.parse::<Id<Customer>>().map(Self::from).map_err(refused),
            Some(Lead::PREFIX) => text.parse::<Id<Lead>>().map(Self::from).map_err(refused),
            _ => Err(Error::bad_input(path, "Give the id of a lead or of a customer.")),
        }
    }

    /// Returns the customer, if it is one.
    pub fn customer(self) -> Option<Id<Customer>> {
        (self.kind == SubjectKind::Customer).then(|| Id::from_uuid(self.id))
    }

    /// Returns the lead, if it is one.
    pub fn lead(self) -> Option<Id<Lead>> {
        (self.kind == SubjectKind::Lead).then(|| Id::from_uuid(self.id))
    }

    /// Returns the id with its prefix.
    pub fn text(self) -> String {
        match self.kind {
            SubjectKind::Customer => Id::<Customer>::from_uuid(self.id).text(),
            SubjectKind::Lead => Id::<Lead>::from_uuid(self.id).text(),
        }
    }
}
