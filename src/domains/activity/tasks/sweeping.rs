//! Tasks that are cancelled with their subject, and opened again with it.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::entity::{Column, Entity, Model, Status};
use crate::{
    domains::{
        activity::subject::SubjectRef,
        audit::{AuditAction, Change, Write},
    },
    error::Result,
};

/// Cancels the open tasks of a subject, which the caller holds, together with `with`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn cancel_open_tasks(write: &Write, subject: SubjectRef, with: Uuid) -> Result<()> {
    let open = Entity::find()
        .filter(Column::SubjectId.eq(subject.id))
        .filter(Column::Status.eq(Status::Open))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        .lock_exclusive();
    for row in open.all(&***write).await? {
        let mut task = Change::<Model> { row, set: Default::default() };
        task.set.status = Set(Status::Cancelled);
        task.set.cancelled_with_id = Set(Some(with));
        write.save(AuditAction::TaskUpdated, task).await?;
    }
    Ok(())
}

/// Opens the tasks that were cancelled together with `with`, apart from those that were changed since.
///
/// # Errors
/// When the database fails.
pub(crate) async fn reopen_tasks(write: &Write, with: Uuid) -> Result<()> {
    let cancelled = Entity::find()
        .filter(Column::CancelledWithId.eq(with))
        .filter(Column::Status.eq(Status::Cancelled))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        .lock_exclusive();
    for row in cancelled.all(&***write).await? {
        let mut task = Change::<Model> { row, set: Default::default() };
        task.set.status = Set(Status::Open);
        task.set.cancelled_with_id = Set(None);
        write.save(AuditAction::TaskUpdated, task).await?;
    }
    Ok(())
}
