//! Business rules of contract terms: they follow each other without overlap, and the latest stands in the customer's row.

use async_graphql::MaybeUndefined;
use chrono::NaiveDate;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    contract::{Column, Entity, Model, Renewal, RenewalStatus},
    entity::{self, Model as Customer},
    events::CustomerUpdated,
    input::{AddContractInput, ContractTermsInput, UpdateContractInput},
    status::Lifecycle,
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Identified, WriteTx},
    domains::{
        activity::{SubjectRef, TimelineKind, Touch},
        audit::{AuditAction, Audited, Change, Versioned, Write},
    },
    error::{Error, Problems, Result},
    graphql::{Date, MoneyInput, unless_null},
};

/// Maximum number of days of notice.
const MOST_NOTICE_DAYS: i32 = 3_650;

/// Validates the terms of a contract.
pub(super) fn checked(problems: &mut Problems, path: &str, terms: ContractTermsInput) -> ContractTermsInput {
    let ends_on = terms.ends_on.map(|Date(day)| day);
    check_days(problems, &format!("{path}.endsOn"), (terms.starts_on.0, ends_on));
    check_value(problems, &format!("{path}.value"), terms.value);
    check_notice(problems, &format!("{path}.noticeDays"), terms.notice_days);
    terms
}

fn check_days(problems: &mut Problems, path: &str, (starts_on, ends_on): (NaiveDate, Option<NaiveDate>)) {
    if ends_on.is_some_and(|ends_on| ends_on < starts_on) {
        problems.add(path, "A term does not end before it starts; give the first day or a later one.");
    }
}

fn check_value(problems: &mut Problems, path: &str, value: Option<MoneyInput>) {
    if value.is_some_and(|MoneyInput(value)| value.minor < 0) {
        problems.add(path, "Give an amount that is not negative.");
    }
}

fn check_notice(problems: &mut Problems, path: &str, days: Option<i32>) {
    if days.is_some_and(|days| !(0..=MOST_NOTICE_DAYS).contains(&days)) {
        problems.add(path, format!("Give 0 to {MOST_NOTICE_DAYS} days."));
    }
}

/// Inserts a term with valid values, marks the one before as renewed, and notes it in the row of the customer, which the
/// caller holds.
///
/// # Errors
/// [`Error::BadInput`] if a term before it has no end, or ends later.
pub(super) async fn insert(write: &Write, customer: Id<Customer>, terms: ContractTermsInput) -> Result<Model> {
    let (Date(starts_on), ends_on) = (terms.starts_on, terms.ends_on.map(|Date(day)| day));
    let known = terms_of(write, customer).await?;
    check_overlap(&known, (starts_on, ends_on))?;
    if let Some(before) = known.iter().rev().find(|term| term.starts_on < starts_on)
        && before.renewal != Renewal::Lost
    {
        let mut renewed = Change::<Model> { row: before.clone(), set: Default::default() };
        renewed.set.renewal = Set(Renewal::Renewed);
        write.save(AuditAction::ContractUpdated, renewed).await?;
    }
    let now = write.ambient().now();
    let row = Model {
        id: Id::new(write.ambient()),
        customer_id: customer,
        starts_on,
        ends_on,
        value_minor: terms.value.map(|MoneyInput(value)| value.minor),
        value_currency: terms.value.map(|MoneyInput(value)| value.currency.code().to_owned()),
        auto_renews: terms.auto_renews,
        notice_days: terms.notice_days,
        renewal: if known.iter().any(|term| term.starts_on > starts_on) { Renewal::Renewed } else { Renewal::Open },
        version: 1,
        created_at: now,
        updated_at: now,
    };
    write.create(AuditAction::ContractCreated, &row).await?;
    let touch = Touch {
        subject: SubjectRef::from(customer),
        kind: TimelineKind::ContractAdded,
        ref_id: row.id.uuid(),
        occurred_at: now,
    };
    write.touch_timeline(touch).await?;
    note_latest(write, customer).await?;
    Ok(row)
}

/// Returns the terms of a customer, the first one first.
async fn terms_of(write: &Write, customer: Id<Customer>) -> Result<Vec<Model>> {
    let terms = Entity::find().filter(Column::CustomerId.eq(customer));
    Ok(terms.order_by_asc(Column::StartsOn).order_by_asc(Column::Id).all(&***write).await?)
}

fn check_overlap(known: &[Model], (starts_on, ends_on): (NaiveDate, Option<NaiveDate>)) -> Result<()> {
    let overlaps = |term: &&Model| {
        term.ends_on.is_none_or(|end| starts_on <= end) && ends_on.is_none_or(|end| term.starts_on <= end)
    };
    let Some(other) = known.iter().find(overlaps) else { return Ok(()) };
    let until = other.ends_on.map_or_else(|| "without an end".to_owned(), |end| format!("until {end}"));
    let message =
        format!("Another term runs from {} {until}; give days outside of it, or end it first.", other.starts_on);
    Err(Error::bad_input("input", message))
}

/// Writes the latest term into the row of its customer, which the caller holds.
async fn note_latest(write: &Write, customer: Id<Customer>) -> Result<()> {
    let latest = terms_of(write, customer).await?.pop();
    let change = entity::ActiveModel {
        id: Set(customer),
        contract_id: Set(latest.as_ref().map(|term| term.id.uuid())),
        contract_ends_on: Set(latest.as_ref().and_then(|term| term.ends_on)),
        contract_value_minor: Set(latest.as_ref().and_then(|term| term.value_minor)),
        contract_currency: Set(latest.and_then(|term| term.value_currency)),
        ..Default::default()
    };
    entity::Entity::update(change).exec(&***write).await?;
    Ok(())
}

/// Adds a term to the contract of a customer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] if the customer has churned; [`Error::BadInput`].
pub(super) async fn add(app: &App, viewer: &Viewer, input: AddContractInput) -> Result<Model> {
    viewer.need(Permission::ContractsWrite)?;
    let mut problems = Problems::default();
    let terms = checked(&mut problems, "input.terms", input.terms);
    problems.into_result()?;
    let mut write = Write::begin(app, viewer).await?;
    let customer = write.locked::<Customer>(input.customer_id).await?;
    customer.check_present()?;
    if customer.lifecycle == Lifecycle::Churned {
        return Err(Error::Conflict("The customer has churned; bring it back with `reactivateCustomer`.".to_owned()));
    }
    let row = insert(&write, customer.id, terms).await?;
    tell(&mut write, customer.id).await?;
    write.commit().await?;
    Ok(row)
}

/// Updates a term unless it has changed since `expected_version`.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Outdated`] or [`Error::BadInput`].
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateContractInput) -> Result<Model> {
    viewer.need(Permission::ContractsWrite)?;
    let mut write = Write::begin(app, viewer).await?;
    // The customer before the term, as who adds one holds them.
    let customer = Entity::find_by_id(input.id).one(&**write).await?.ok_or(Error::NotFound(Model::NOUN))?.customer_id;
    let customer = write.locked::<Customer>(customer).await?;
    customer.check_present()?;
    let mut term = write.change::<Model>(input.id, input.expected_version).await?;
    let days = set_values(&mut term, input)?;
    let others: Vec<_> = terms_of(&write, customer.id).await?.into_iter().filter(|row| row.id != term.row.id).collect();
    check_overlap(&others, days)?;
    let version = term.row.version;
    let row = write.save(AuditAction::ContractUpdated, term).await?;
    if row.version != version {
        note_latest(&write, customer.id).await?;
        tell(&mut write, customer.id).await?;
    }
    write.commit().await?;
    Ok(row)
}

/// Puts the values of an input into the change of a term, and returns its days.
fn set_values(
    Change { row, set }: &mut Change<Model>,
    input: UpdateContractInput,
) -> Result<(NaiveDate, Option<NaiveDate>)> {
    let mut problems = Problems::default();
    let starts_on =
        unless_null(&mut problems, "input.startsOn", input.starts_on).map_or(row.starts_on, |Date(day)| day);
    let ends_on = match input.ends_on {
        MaybeUndefined::Undefined => row.ends_on,
        given => given.take().map(|Date(day)| day),
    };
    check_days(&mut problems, "input.endsOn", (starts_on, ends_on));
    (set.starts_on, set.ends_on) = (Set(starts_on), Set(ends_on));
    if !matches!(input.value, MaybeUndefined::Undefined) {
        let value = input.value.take();
        check_value(&mut problems, "input.value", value);
        set.value_minor = Set(value.map(|MoneyInput(value)| value.minor));
        set.value_currency = Set(value.map(|MoneyInput(value)| value.currency.code().to_owned()));
    }
    if let Some(auto_renews) = unless_null(&mut problems, "input.autoRenews", input.auto_renews) {
        set.auto_renews = Set(auto_renews);
    }
    if !matches!(input.notice_days, MaybeUndefined::Undefined) {
        let days = input.notice_days.take();
        check_notice(&mut problems, "input.noticeDays", days);
        set.notice_days = Set(days);
    }
    if let Some(status) = unless_null(&mut problems, "input.renewalStatus", input.renewal_status) {
        match status {
            RenewalStatus::None => set.renewal = Set(Renewal::Open),
            RenewalStatus::Committed => set.renewal = Set(Renewal::Committed),
            RenewalStatus::Lost => set.renewal = Set(Renewal::Lost),
            RenewalStatus::Due | RenewalStatus::Renewed => {
                problems.add(
                    "input.renewalStatus",
                    "Give NONE, COMMITTED or LOST; the others follow from dates and terms.",
                );
            }
        }
    }
    problems.into_result()?;
    Ok((starts_on, ends_on))
}

async fn tell(write: &mut Write, customer_id: Id<Customer>) -> Result<()> {
    write.tell(&CustomerUpdated { customer_id, fields: vec!["contract".to_owned()] }).await.map(drop)
}

impl Audited for Model {
    fn called(&self) -> &str {
        "Contract"
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "autoRenews": self.auto_renews,
            "customer": self.customer_id,
            "endsOn": self.ends_on,
            "noticeDays": self.notice_days,
            "renewal": self.renewal,
            "startsOn": self.starts_on,
            "value": self.value().map(|value| value.to_string()),
        }))
    }
}

impl Versioned for Model {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
}
