//! Who sees the activities of which subjects: those who see the subject.

use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};

use super::subject::{SubjectKind, SubjectRef};
use crate::{
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        audit::Write,
        customers::{Customer, CustomerColumn, CustomerEntity},
        leads::{LeadColumn, LeadEntity},
    },
    error::{Error, Result},
    graphql::Listed,
};

/// Returns the condition that a row belongs to a subject that `viewer` may see, by the columns with the type and id of
/// its subject.
///
/// # Errors
/// If the viewer may see neither leads nor customers.
pub(super) fn visible_subjects<C: ColumnTrait>(viewer: &Viewer, kind: C, id: C) -> Result<Condition> {
    let customers = CustomerEntity::visible_to(viewer).map(|customers| {
        let ids = customers.select_only().column(CustomerColumn::Id).into_query();
        Condition::all().add(kind.eq(SubjectKind::Customer)).add(id.in_subquery(ids))
    });
    let leads = LeadEntity::visible_to(viewer).map(|leads| {
        let ids = leads.select_only().column(LeadColumn::Id).into_query();
        Condition::all().add(kind.eq(SubjectKind::Lead)).add(id.in_subquery(ids))
    });
    match (customers, leads) {
        (Ok(customers), Ok(leads)) => Ok(Condition::any().add(customers).add(leads)),
        (Ok(either), Err(_)) | (Err(_), Ok(either)) => Ok(either),
        (Err(refused), Err(_)) => Err(refused),
    }
}

/// Returns the subject with this id, which the viewer of `write` may see, and locks its row.
///
/// # Errors
/// [`Error::BadInput`] at `path` for an id of another type; [`Error::NotFound`] if the viewer may not see it.
pub(super) async fn hold(write: &Write, path: &str, id: &str) -> Result<SubjectRef> {
    let subject = SubjectRef::parse(path, id)?;
    hold_known(write, subject).await?;
    Ok(subject)
}

/// Locks the row of a subject that the viewer of `write` may see.
///
/// # Errors
/// [`Error::NotFound`] if they may not.
pub(super) async fn hold_known(write: &Write, subject: SubjectRef) -> Result<()> {
    let viewer = write.viewer();
    let (found, noun) = match subject.kind {
        SubjectKind::Customer => {
            let rows = CustomerEntity::visible_to(viewer).map(|rows| {
                let id = CustomerColumn::Id.eq(Id::<Customer>::from_uuid(subject.id));
                rows.filter(id).filter(CustomerColumn::DeletedAt.is_null()).lock_exclusive()
            });
            let found = match rows {
                Ok(rows) => rows.one(&***write).await?.is_some(),
                Err(_) => false,
            };
            (found, "customer")
        }
        SubjectKind::Lead => {
            let rows =
                LeadEntity::visible_to(viewer).map(|rows| rows.filter(LeadColumn::Id.eq(subject.id)).lock_exclusive());
            let found = match rows {
                Ok(rows) => rows.one(&***write).await?.is_some(),
                Err(_) => false,
            };
            (found, "lead")
        }
    };
    if found { Ok(()) } else { Err(Error::NotFound(noun)) }
}

/// Returns an error unless the viewer wrote an object, or may change those of others.
///
/// # Errors
/// [`Error::Forbidden`].
pub(super) fn check_author(viewer: &Viewer, is_own: bool) -> Result<()> {
    if is_own { Ok(()) } else { viewer.need(Permission::InteractionsDelete) }
}
