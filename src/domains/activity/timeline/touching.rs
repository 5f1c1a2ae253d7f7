//! The writing of entries, in the transaction of what they point to.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::entity::{ActiveModel, Column, Entity, Kind, Model};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    domains::{activity::subject::SubjectRef, identity::User},
};

/// Something that happened, to be shown in the timeline.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Touch {
    /// The lead or customer.
    pub(crate) subject: SubjectRef,
    /// The kind of entry.
    pub(crate) kind: Kind,
    /// The row in which it stands.
    pub(crate) ref_id: Uuid,
    /// The time at which it happened.
    pub(crate) occurred_at: DateTime<Utc>,
}

/// Writes the entry of something that `actor` did.
///
/// # Errors
/// When the database fails.
pub(crate) async fn touch(
    tx: &WriteTx,
    ambient: &Ambient,
    actor: Option<Id<User>>,
    Touch { subject, kind, ref_id, occurred_at }: Touch,
) -> Result<(), DbErr> {
    let row = Model {
        id: Id::new(ambient),
        subject_kind: subject.kind,
        subject_id: subject.id,
        occurred_at,
        kind,
        ref_id,
        actor_id: actor,
        deleted_at: None,
    };
    Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await.map(drop)
}

/// Removes the entry of something that did not happen after all, or no longer counts.
///
/// # Errors
/// When the database fails.
pub(crate) async fn untouch(tx: &WriteTx, kind: Kind, ref_id: Uuid) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::RefId.eq(ref_id)).filter(Column::Kind.eq(kind)).exec(&**tx).await.map(drop)
}

/// Moves the entry of something to the time at which it happened as is known now.
///
/// # Errors
/// When the database fails.
pub(crate) async fn move_to(
    tx: &WriteTx,
    (kind, ref_id): (Kind, Uuid),
    occurred_at: DateTime<Utc>,
) -> Result<(), DbErr> {
    change(tx, (kind, ref_id), ActiveModel { occurred_at: Set(occurred_at), ..Default::default() }).await
}

/// Marks the entry of something that was deleted.
///
/// # Errors
/// When the database fails.
pub(crate) async fn bury(tx: &WriteTx, (kind, ref_id): (Kind, Uuid), deleted_at: DateTime<Utc>) -> Result<(), DbErr> {
    change(tx, (kind, ref_id), ActiveModel { deleted_at: Set(Some(deleted_at)), ..Default::default() }).await
}

async fn change(tx: &WriteTx, (kind, ref_id): (Kind, Uuid), set: ActiveModel) -> Result<(), DbErr> {
    debug_assert!(set.is_changed(), "a change of an entry sets something");
    let entries = Entity::update_many().set(set).filter(Column::RefId.eq(ref_id)).filter(Column::Kind.eq(kind));
    entries.exec(&**tx).await.map(drop)
}
