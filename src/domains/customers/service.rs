//! Business rules of customers.

use async_graphql::MaybeUndefined;
use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    contacts, contracts,
    entity::{ActiveModel, Column, Entity, Model},
    events::{CustomerCreated, CustomerDeleted, CustomerUpdated},
    input::{CreateCustomerInput, UpdateCustomerInput},
    status::Lifecycle,
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Db, Id, WriteTx},
    domains::{
        activity::{SubjectRef, cancel_open_tasks},
        audit::{AuditAction, Audited, Change, Versioned, Write},
        identity::{User, UserEntity, active_user},
        intelligence::{Company, tickers},
        shared::{
            fields,
            search::{self, Searched},
        },
    },
    error::{Error, Problems, Result},
    graphql::unless_null,
    periods::Zone,
    text::fold,
};

/// Maximum length of a name or an industry, in characters.
const LONGEST_NAME: usize = 200;
/// Maximum length of the reason of a risk, in characters.
const LONGEST_REASON: usize = 1_000;
/// Number of customers that get their trigrams in one transaction.
const BATCH: u64 = 500;

/// Creates a customer by hand, with its first contact and its first contract term.
///
/// # Errors
/// [`Error::BadInput`] with everything that is wrong.
pub(super) async fn create(app: &App, viewer: &Viewer, input: CreateCustomerInput) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    if input.contract.is_some() {
        viewer.need(Permission::ContractsWrite)?;
    }
    let mut problems = Problems::default();
    let name = fields::name(&mut problems, "input.name", &input.name, LONGEST_NAME);
    let industry = fields::line(&mut problems, "input.industry", input.industry, LONGEST_NAME);
    let zone = input.account_time_zone.map(|zone| zone_name(&mut problems, &zone));
    let contact = input.contact.map(|details| contacts::checked(&mut problems, "input.contact", details));
    let terms = input.contract.map(|terms| contracts::checked(&mut problems, "input.contract", terms));
    problems.into_result()?;
    let mut write = Write::begin(app, viewer).await?;
    if let Some(manager) = input.account_manager_id {
        check_manager(&write, manager).await?;
    }
    let now = app.ambient.now();
    let row = Model {
        id: Id::new(&app.ambient),
        name_key: tickers::name_key(&name),
        name_folded: fold(&name),
        name,
        industry_folded: industry.as_deref().map(fold),
        industry,
        segment: input.segment.unwrap_or_default(),
        account_manager_id: input.account_manager_id,
        account_time_zone: zone,
        lifecycle: if input.is_onboarding { Lifecycle::Onboarding } else { Lifecycle::Active },
        version: 1,
        created_at: now,
        updated_at: now,
        ..Model::default()
    };
    write.create(AuditAction::CustomerCreated, &row).await?;
    search::index(&write, Searched::Customer, row.id.uuid(), &row.name).await?;
    if let Some(contact) = contact {
        contacts::insert(&write, row.id, (contact, true)).await?;
    }
    if let Some(terms) = terms {
        contracts::insert(&write, row.id, terms).await?;
    }
    write.tell(&CustomerCreated { customer_id: row.id, is_researched: false }).await?;
    let row = find(&write, row.id).await?.ok_or(Error::NotFound("customer"))?;
    write.commit().await?;
    Ok(row)
}

/// Updates a customer unless it has changed since `expected_version`.
///
/// # Errors
/// [`Error::Outdated`] if it has; [`Error::BadInput`] with everything that is wrong.
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateCustomerInput) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let mut write = Write::begin(app, viewer).await?;
    let mut customer = write.change::<Model>(input.id, input.expected_version).await?;
    customer.row.check_present()?;
    if let Some(manager) = input.account_manager_id.as_opt_ref().map(|manager| manager.copied())
        && manager != customer.row.account_manager_id
    {
        if let Some(manager) = manager {
            check_manager(&write, manager).await?;
        }
        customer.set.account_manager_id = Set(manager);
    }
    set_values(&write, &mut customer, input)?;
    let before = customer.row.clone();
    let customer = write.save(AuditAction::CustomerUpdated, customer).await?;
    if customer.name != before.name {
        search::index(&write, Searched::Customer, customer.id.uuid(), &customer.name).await?;
    }
    if customer.version != before.version {
        write.tell(&CustomerUpdated { customer_id: customer.id, fields: changed(&before, &customer) }).await?;
    }
    write.commit().await?;
    Ok(customer)
}

/// Puts the values of an input into the change of a customer.
fn set_values(write: &Write, Change { row, set }: &mut Change<Model>, input: UpdateCustomerInput) -> Result<()> {
    let mut problems = Problems::default();
    if let Some(name) = unless_null(&mut problems, "input.name", input.name) {
        let name = fields::name(&mut problems, "input.name", &name, LONGEST_NAME);
        set.is_edited = Set(row.is_edited || name != row.name);
        set.name_folded = Set(fold(&name));
        if row.company_id.is_none() {
            // By the key of its first name research knows a customer again.
            set.name_key = Set(tickers::name_key(&name));
        }
        set.name = Set(name);
    }
    if let Some(given) = given(input.industry) {
        let industry = fields::line(&mut problems, "input.industry", given, LONGEST_NAME);
        if industry != row.industry {
            set.is_edited = Set(true);
        }
        set.industry_folded = Set(industry.as_deref().map(fold));
        set.industry = Set(industry);
    }
    if let Some(segment) = unless_null(&mut problems, "input.segment", input.segment) {
        if segment != row.segment {
            set.is_edited = Set(true);
        }
        set.segment = Set(segment);
    }
    if let Some(zone) = given(input.account_time_zone) {
        set.account_time_zone = Set(zone.map(|zone| zone_name(&mut problems, &zone)));
    }
    if let Some(is_onboarding) = unless_null(&mut problems, "input.isOnboarding", input.is_onboarding) {
        if row.lifecycle == Lifecycle::Churned {
            problems.add("input.isOnboarding", "The customer has churned; reactivate it first.");
        }
        set.lifecycle = Set(if is_onboarding { Lifecycle::Onboarding } else { Lifecycle::Active });
    }
    if let Some(reason) = given(input.risk_reason) {
        let reason = fields::long_text(&mut problems, "input.riskReason", reason, LONGEST_REASON);
        if reason != row.risk_reason {
            let by = write.viewer().signed_in().map(|session| Id::<User>::from_uuid(session.user_id));
            set.risk_flagged_at = Set(reason.is_some().then(|| write.ambient().now()));
            set.risk_flagged_by_id = Set(by.filter(|_| reason.is_some()));
        }
        set.risk_reason = Set(reason);
    }
    problems.into_result()
}

/// Returns the value that is given for a field that null clears; `None` if it is left out.
fn given<T>(given: MaybeUndefined<T>) -> Option<Option<T>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Returns the names of the fields in which two states of a customer differ.
fn changed(before: &Model, after: &Model) -> Vec<String> {
    let all = [
        ("accountManager", before.account_manager_id != after.account_manager_id),
        ("accountTimeZone", before.account_time_zone != after.account_time_zone),
        ("industry", before.industry != after.industry),
        ("name", before.name != after.name),
        ("riskFlag", before.risk_reason != after.risk_reason),
        ("segment", before.segment != after.segment),
        ("status", before.status() != after.status()),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
}

/// Deletes a customer that was entered by mistake: it stays readable by its id, and its open tasks are cancelled.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn delete(app: &App, viewer: &Viewer, id: Id<Model>) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let mut write = Write::begin(app, viewer).await?;
    let mut customer = Change::<Model> { row: write.locked(id).await?, set: Default::default() };
    customer.row.check_present()?;
    customer.set.deleted_at = Set(Some(app.ambient.now()));
    let customer = write.save(AuditAction::CustomerDeleted, customer).await?;
    cancel_open_tasks(&write, SubjectRef::from(id), id.uuid()).await?;
    write.tell(&CustomerDeleted { customer_id: id }).await?;
    write.commit().await?;
    Ok(customer)
}

async fn check_manager(write: &Write, manager: Id<User>) -> Result<()> {
    match active_user(&***write, manager).await? {
        Some(_) => Ok(()),
        None => Err(Error::bad_input("input.accountManagerId", "There is no active user with this id.")),
    }
}

fn zone_name(problems: &mut Problems, name: &str) -> String {
    match Zone::parse(name) {
        Ok(zone) => zone.name().to_owned(),
        Err(error) => {
            problems.add("input.accountTimeZone", error.to_string());
            name.to_owned()
        }
    }
}

impl Audited for Model {
    fn called(&self) -> &str {
        &self.name
    }

    async fn state(&self, tx: &WriteTx) -> Result<serde_json::Value> {
        let manager = match self.account_manager_id {
            Some(id) => UserEntity::find_by_id(id).one(&**tx).await?.map(|user| user.email),
            None => None,
        };
        Ok(serde_json::json!({
            "accountManager": manager,
            "accountTimeZone": self.account_time_zone,
            "deletedAt": self.deleted_at,
            "industry": self.industry,
            "lifecycle": self.lifecycle,
            "name": self.name,
            "riskReason": self.risk_reason,
            "segment": self.segment,
        }))
    }
}

impl Versioned for Model {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
}

/// Returns the customer with this id, read in a transaction. The caller has checked its visibility.
///
/// # Errors
/// When the database fails.
pub(crate) async fn find(tx: &WriteTx, id: Id<Model>) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(&**tx).await
}

/// Returns the customers of a company that research has found since, by name, without deleted ones. The caller has
/// checked their visibility.
///
/// # Errors
/// When the database fails.
pub(crate) async fn seen_since(db: &Db, company: Id<Company>, since: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::CompanyId.eq(company))
        .filter(Column::LastSeenAt.gte(since))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::NameKey)
        .order_by_asc(Column::Id)
        .all(db.reader())
        .await
}

/// Notes when somebody at the customer was last reached. The caller holds its row.
///
/// # Errors
/// When the database fails.
pub(crate) async fn set_last_contact(
    tx: &WriteTx,
    id: Id<Model>,
    last_contact_at: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let change = ActiveModel { id: Set(id), last_contact_at: Set(last_contact_at), ..Default::default() };
    Entity::update(change).exec(&**tx).await.map(drop)
}

/// Gives customers that have none their trigrams: those that were written before there were any, or by another release.
/// Returns their number.
///
/// # Errors
/// When the database fails.
pub(crate) async fn index_missing(db: &Db) -> Result<u64, DbErr> {
    let (mut last, mut count) = (Id::<Model>::nil(), 0);
    loop {
        let rows = Entity::find()
            .filter(search::not_indexed(Searched::Customer, Column::Id))
            .filter(Column::Id.gt(last))
            .order_by_asc(Column::Id)
            .limit(BATCH);
        let rows = rows.all(db.reader()).await?;
        let Some(end) = rows.last() else { return Ok(count) };
        last = end.id;
        let tx = db.begin().await?;
        for row in &rows {
            search::index(&tx, Searched::Customer, row.id.uuid(), &row.name).await?;
            count += 1;
        }
        tx.commit().await?;
    }
}
