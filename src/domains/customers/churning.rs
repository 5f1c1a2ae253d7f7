//! Business rules of churn: customers that leave, mistakes about it, and customers that come back.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    churn::{ActiveModel, Column, Entity, Model as Churn},
    contracts,
    entity::Model,
    events::{CustomerChurned, CustomerReactivated},
    input::{ChurnCustomerInput, ReactivateCustomerInput},
    service::find,
    status::Lifecycle,
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        activity::{SubjectRef, TimelineKind, Touch, cancel_open_tasks, reopen_tasks},
        audit::{AuditAction, Change, Write},
        identity::User,
        reasons::{ReasonKind, usable},
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::Date,
};

/// Maximum length of a note, in characters.
const LONGEST_NOTE: usize = 5_000;
/// Number of days in which a churn can be undone.
const UNDO_DAYS: i64 = 30;

/// Records that a customer leaves: its open tasks are cancelled.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] if it has left already; [`Error::BadInput`].
pub(super) async fn churn(app: &App, viewer: &Viewer, input: ChurnCustomerInput) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let mut problems = Problems::default();
    let note = fields::long_text(&mut problems, "input.note", input.note, LONGEST_NOTE);
    problems.into_result()?;
    let mut write = Write::begin(app, viewer).await?;
    let row = write.locked::<Model>(input.id).await?;
    row.check_present()?;
    if row.lifecycle == Lifecycle::Churned {
        return Err(Error::Conflict("The customer has churned already.".to_owned()));
    }
    let reason = usable(&write, "input.reasonId", (input.reason_id, ReasonKind::Churn)).await?;
    let now = app.ambient.now();
    let Date(effective_on) = input.effective_on;
    let churn = Churn {
        id: app.ambient.uuid(),
        customer_id: row.id,
        kind: input.kind,
        reason_id: reason.id,
        note,
        effective_on,
        lifecycle_before: row.lifecycle,
        recorded_by_id: viewer.signed_in().map(|session| Id::<User>::from_uuid(session.user_id)),
        recorded_at: now,
        undone_at: None,
        reactivated_at: None,
    };
    let row = set_lifecycle(&write, AuditAction::CustomerChurned, row, Lifecycle::Churned).await?;
    write.insert(&churn).await?;
    let subject = SubjectRef::from(row.id);
    write.touch_timeline(Touch { subject, kind: TimelineKind::Churned, ref_id: churn.id, occurred_at: now }).await?;
    cancel_open_tasks(&write, subject, churn.id).await?;
    write.tell(&CustomerChurned { customer_id: row.id, kind: churn.kind, effective_on }).await?;
    write.commit().await?;
    Ok(row)
}

/// Undoes a churn that was a mistake: the customer is as before, and the tasks cancelled with it are open again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] if the customer has not churned, or more than 30 days ago.
pub(super) async fn undo(app: &App, viewer: &Viewer, id: Id<Model>) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let mut write = Write::begin(app, viewer).await?;
    let (row, churn) = churned(&write, id).await?;
    let now = app.ambient.now();
    if now - churn.recorded_at > TimeDelta::days(UNDO_DAYS) {
        let message =
            format!("A churn can be undone for {UNDO_DAYS} days; bring the customer back with `reactivateCustomer`.");
        return Err(Error::Conflict(message));
    }
    let row = set_lifecycle(&write, AuditAction::CustomerChurnUndone, row, churn.lifecycle_before).await?;
    let undone = ActiveModel { id: Set(churn.id), undone_at: Set(Some(now)), ..Default::default() };
    Entity::update(undone).exec(&**write).await?;
    write.untouch_timeline(TimelineKind::Churned, churn.id).await?;
    reopen_tasks(&write, churn.id).await?;
    write.tell(&CustomerReactivated { customer_id: id, is_undone: true }).await?;
    write.commit().await?;
    Ok(row)
}

/// Records that a customer came back, with a new term of its contract if one is given; the churn stays in its history.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] if the customer has not churned; [`Error::BadInput`].
pub(super) async fn reactivate(app: &App, viewer: &Viewer, input: ReactivateCustomerInput) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    if input.contract.is_some() {
        viewer.need(Permission::ContractsWrite)?;
    }
    let mut problems = Problems::default();
    let terms = input.contract.map(|terms| contracts::checked(&mut problems, "input.contract", terms));
    problems.into_result()?;
    let mut write = Write::begin(app, viewer).await?;
    let (row, churn) = churned(&write, input.id).await?;
    let now = app.ambient.now();
    let row = set_lifecycle(&write, AuditAction::CustomerReactivated, row, Lifecycle::Active).await?;
    let ended = ActiveModel { id: Set(churn.id), reactivated_at: Set(Some(now)), ..Default::default() };
    Entity::update(ended).exec(&**write).await?;
    let subject = SubjectRef::from(row.id);
    let kind = TimelineKind::Reactivated;
    write.touch_timeline(Touch { subject, kind, ref_id: churn.id, occurred_at: now }).await?;
    if let Some(terms) = terms {
        contracts::insert(&write, row.id, terms).await?;
    }
    write.tell(&CustomerReactivated { customer_id: row.id, is_undone: false }).await?;
    let row = find(&write, row.id).await?.ok_or(Error::NotFound("customer"))?;
    write.commit().await?;
    Ok(row)
}

/// Returns a customer that has churned, locked, and its churn.
async fn churned(write: &Write, id: Id<Model>) -> Result<(Model, Churn)> {
    let row = write.locked::<Model>(id).await?;
    row.check_present()?;
    let churns = Entity::find().filter(Column::CustomerId.eq(id)).filter(Column::UndoneAt.is_null());
    let churns = churns.filter(Column::ReactivatedAt.is_null()).order_by_desc(Column::RecordedAt);
    match churns.one(&***write).await? {
        Some(churn) if row.lifecycle == Lifecycle::Churned => Ok((row, churn)),
        _ => Err(Error::Conflict("The customer has not churned.".to_owned())),
    }
}

async fn set_lifecycle(write: &Write, action: AuditAction, row: Model, lifecycle: Lifecycle) -> Result<Model> {
    let mut customer = Change::<Model> { row, set: Default::default() };
    customer.set.lifecycle = Set(lifecycle);
    write.save(action, customer).await
}
