//! Keys of people, by which their values in the audit log are sealed. Without them nobody can read those values again.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use sea_orm::entity::prelude::*;

use crate::db::{Id, Identified};

/// A key of a person. One person may have several: a process that cannot open one makes another.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    /// The id of the lead, user, chat session or mail by which the person is known.
    pub person: String,
    /// The key, sealed by the keys of the installation.
    pub sealed_key: Option<String>,
    /// The key as it is, until it is sealed: for installations without keys, and commands that do not read them.
    pub bare_key: Option<String>,
    /// The folded words that the key sealed, by which entries are found.
    pub words: String,
    pub created_at: DateTimeUtc,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonKey").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "pkey";
    const NOUN: &'static str = "key of a person";
}
