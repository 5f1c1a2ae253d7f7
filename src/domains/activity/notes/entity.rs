//! Notes.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::SimpleObject;
use sea_orm::entity::prelude::*;

use crate::{
    db::{Id, Identified},
    domains::{
        activity::subject::{SubjectKind, SubjectRef},
        identity::User,
    },
    graphql::{Timestamp, plain_fields},
};

/// Note on a lead or a customer.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "notes")]
#[graphql(name = "Note", complex)]
pub struct Model {
    /// The id, beginning with `note_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub subject_kind: SubjectKind,
    #[graphql(skip)]
    pub subject_id: Uuid,
    /// Text.
    pub text: String,
    #[graphql(skip)]
    pub words: String,
    /// True if it is to be shown before the others.
    pub is_pinned: bool,
    #[graphql(skip)]
    pub author_id: Option<Id<User>>,
    /// Version, incremented by every change. Pass it as `expectedVersion` to update the note.
    pub version: i32,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    /// Time of the last change.
    #[graphql(skip, derived(name = "updated_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "note";
    const NOUN: &'static str = "note";
}

plain_fields!(Model => id, text, is_pinned, version, created_at, updated_at);

impl Model {
    /// Returns the lead or customer.
    pub fn subject(&self) -> SubjectRef {
        SubjectRef { kind: self.subject_kind, id: self.subject_id }
    }
}
