//! Business rules of contacts: a customer that has contacts has one primary contact.

use async_graphql::MaybeUndefined;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    contact::{Column, Entity, Model},
    entity::Model as Customer,
    events::CustomerUpdated,
    input::{AddCustomerContactInput, ContactDetailsInput, UpdateCustomerContactInput},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Identified, WriteTx},
    domains::{
        audit::{AuditAction, Audited, Change, Versioned, Write},
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::unless_null,
    text::fold,
};

/// Maximum length of a name or job title, in characters.
const LONGEST: usize = 200;
/// Maximum length of a telephone number, in characters.
const LONGEST_PHONE: usize = 50;

/// Validates the details of a contact.
pub(super) fn checked(problems: &mut Problems, path: &str, details: ContactDetailsInput) -> ContactDetailsInput {
    ContactDetailsInput {
        name: fields::name(problems, &format!("{path}.name"), &details.name, LONGEST),
        email: email(problems, &format!("{path}.email"), details.email),
        phone: fields::line(problems, &format!("{path}.phone"), details.phone, LONGEST_PHONE),
        job_title: fields::line(problems, &format!("{path}.jobTitle"), details.job_title, LONGEST),
    }
}

fn email(problems: &mut Problems, path: &str, given: Option<String>) -> Option<String> {
    given.filter(|given| !given.trim().is_empty()).map(|given| fields::email(problems, path, &given))
}

/// Inserts a contact with valid details. The caller holds the row of the customer.
///
/// # Errors
/// When the database fails.
pub(super) async fn insert(
    write: &Write,
    customer: Id<Customer>,
    (details, is_primary): (ContactDetailsInput, bool),
) -> Result<Model> {
    let now = write.ambient().now();
    let row = Model {
        id: Id::new(write.ambient()),
        customer_id: customer,
        name_key: fold(&details.name),
        name: details.name,
        email_folded: details.email.as_deref().map(fold),
        email: details.email,
        phone: details.phone,
        job_title: details.job_title,
        is_primary,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    write.create(AuditAction::CustomerContactCreated, &row).await?;
    Ok(row)
}

/// Adds a contact to a customer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::BadInput`] with everything
/// that is wrong.
pub(super) async fn add(app: &App, viewer: &Viewer, input: AddCustomerContactInput) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let mut problems = Problems::default();
    let details = checked(&mut problems, "input.details", input.details);
    problems.into_result()?;
    let mut write = Write::begin(app, viewer).await?;
    write.locked::<Customer>(input.customer_id).await?.check_present()?;
    let is_first = primary_of(&write, input.customer_id).await?.is_none();
    if input.is_primary && !is_first {
        take_primary(&write, input.customer_id).await?;
    }
    let row = insert(&write, input.customer_id, (details, is_first || input.is_primary)).await?;
    tell(&mut write, input.customer_id).await?;
    write.commit().await?;
    Ok(row)
}

/// Updates a contact unless it has changed since `expected_version`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Outdated`] or
/// [`Error::BadInput`].
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateCustomerContactInput) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let mut write = Write::begin(app, viewer).await?;
    let customer = hold_customer_of(&write, input.id).await?;
    let mut contact = write.change::<Model>(input.id, input.expected_version).await?;
    let mut problems = Problems::default();
    if let Some(name) = unless_null(&mut problems, "input.name", input.name) {
        let name = fields::name(&mut problems, "input.name", &name, LONGEST);
        contact.set.name_key = Set(fold(&name));
        contact.set.name = Set(name);
    }
    if !matches!(input.email, MaybeUndefined::Undefined) {
        let email = email(&mut problems, "input.email", input.email.take());
        contact.set.email_folded = Set(email.as_deref().map(fold));
        contact.set.email = Set(email);
    }
    if !matches!(input.phone, MaybeUndefined::Undefined) {
        contact.set.phone = Set(fields::line(&mut problems, "input.phone", input.phone.take(), LONGEST_PHONE));
    }
    if !matches!(input.job_title, MaybeUndefined::Undefined) {
        contact.set.job_title = Set(fields::line(&mut problems, "input.jobTitle", input.job_title.take(), LONGEST));
    }
    problems.into_result()?;
    if input.make_primary && !contact.row.is_primary {
        take_primary(&write, customer).await?;
        contact.set.is_primary = Set(true);
    }
    let version = contact.row.version;
    let row = write.save(AuditAction::CustomerContactUpdated, contact).await?;
    if row.version != version {
        tell(&mut write, customer).await?;
    }
    write.commit().await?;
    Ok(row)
}

/// Deletes a contact; the oldest of the others becomes the primary one if it was that.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn delete(app: &App, viewer: &Viewer, id: Id<Model>) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let mut write = Write::begin(app, viewer).await?;
    hold_customer_of(&write, id).await?;
    let row = write.locked::<Model>(id).await?;
    write.delete(AuditAction::CustomerContactDeleted, &row).await?;
    if row.is_primary {
        let others = Entity::find().filter(Column::CustomerId.eq(row.customer_id));
        let oldest = others.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).one(&**write).await?;
        if let Some(oldest) = oldest {
            set_primary(&write, oldest, true).await?;
        }
    }
    tell(&mut write, row.customer_id).await?;
    write.commit().await?;
    Ok(row)
}

/// Locks the customer of a contact, before any contact, so that nobody else changes which one is primary.
async fn hold_customer_of(write: &Write, id: Id<Model>) -> Result<Id<Customer>> {
    let contact = Entity::find_by_id(id).one(&***write).await?.ok_or(Error::NotFound(Model::NOUN))?;
    write.locked::<Customer>(contact.customer_id).await?.check_present()?;
    Ok(contact.customer_id)
}

async fn tell(write: &mut Write, customer_id: Id<Customer>) -> Result<()> {
    write.tell(&CustomerUpdated { customer_id, fields: vec!["contacts".to_owned()] }).await.map(drop)
}

async fn primary_of(write: &Write, customer: Id<Customer>) -> Result<Option<Model>> {
    let primary = Entity::find().filter(Column::CustomerId.eq(customer)).filter(Column::IsPrimary.eq(true));
    Ok(primary.one(&***write).await?)
}

/// Makes the primary contact of a customer one of the others.
async fn take_primary(write: &Write, customer: Id<Customer>) -> Result<()> {
    match primary_of(write, customer).await? {
        Some(primary) => set_primary(write, primary, false).await,
        None => Ok(()),
    }
}

async fn set_primary(write: &Write, row: Model, is_primary: bool) -> Result<()> {
    let mut contact = Change::<Model> { row, set: Default::default() };
    contact.set.is_primary = Set(is_primary);
    write.save(AuditAction::CustomerContactUpdated, contact).await.map(drop)
}

impl Audited for Model {
    fn called(&self) -> &str {
        &self.name
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "email": self.email,
            "isPrimary": self.is_primary,
            "jobTitle": self.job_title,
            "name": self.name,
            "phone": self.phone,
        }))
    }
}

impl Versioned for Model {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
}
