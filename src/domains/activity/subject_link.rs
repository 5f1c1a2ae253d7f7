//! The subject of an activity in the schema.

use async_graphql::{ID, Interface};

use super::subject::{SubjectKind, SubjectRef};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        customers::{Customer, CustomerEntity},
        leads::{Lead, LeadEntity},
        shared::one,
    },
    error::Result,
};

/// Lead or customer, to whom interactions, tasks, notes and entries of the timeline belong.
#[expect(clippy::large_enum_variant, reason = "a page of them at most stands in memory")]
#[derive(Interface, Debug, Clone)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Id of the lead or customer."),
    field(name = "name", ty = "&String", desc = "Name of the lead or customer.")
)]
pub enum Subject {
    /// A lead.
    Lead(Lead),
    /// A customer.
    Customer(Customer),
}

/// Returns a subject, batched with the requests of sibling fields; `None` if it is gone or the viewer may not see it.
///
/// # Errors
/// When the database fails.
pub(super) async fn subject_of(ctx: &(impl ContextExt<'_> + Sync), subject: SubjectRef) -> Result<Option<Subject>> {
    let found = match subject.kind {
        SubjectKind::Customer => {
            one::<CustomerEntity>(ctx, Id::from_uuid(subject.id)).await.map(|found| found.map(Subject::Customer))
        }
        SubjectKind::Lead => {
            one::<LeadEntity>(ctx, Id::from_uuid(subject.id)).await.map(|found| found.map(Subject::Lead))
        }
    };
    match found {
        Err(error) if error.is_refusal() => Ok(None),
        found => found,
    }
}
