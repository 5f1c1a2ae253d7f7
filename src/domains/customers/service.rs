//! Business rules of customers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::{
    Segment,
    entity::{ActiveModel, Column, Entity, Listing, Model},
    input::UpdateCustomerInput,
};
use crate::{
    ambient::Ambient,
    app::App,
    auth::{Permission, Viewer},
    db::{Db, Id, WriteTx},
    domains::{
        audit::{AuditAction, Audited, Versioned, Write},
        identity::{UserEntity, active_user},
        intelligence::{Company, TickerMatch},
    },
    error::{Error, Result},
    text::fold,
};

/// Updates a customer unless it has changed since `expected_version`.
///
/// # Errors
/// [`Error::Outdated`] if it has; [`Error::BadInput`] for an unsuitable account manager.
pub(super) async fn update(app: &App, viewer: &Viewer, input: UpdateCustomerInput) -> Result<Model> {
    viewer.need(Permission::CustomersWrite)?;
    let write = Write::begin(app, viewer).await?;
    let mut customer = write.change::<Model>(input.id, input.expected_version).await?;
    if let Some(manager) = input.account_manager_id.as_opt_ref().map(|manager| manager.copied())
        && manager != customer.row.account_manager_id
    {
        if let Some(manager) = manager
            && active_user(&**write, manager).await?.is_none()
        {
            return Err(Error::bad_input("input.accountManagerId", "There is no active user with this id."));
        }
        customer.set.account_manager_id = Set(manager);
    }
    let customer = write.save(AuditAction::CustomerUpdated, customer).await?;
    write.commit().await?;
    Ok(customer)
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
        Ok(serde_json::json!({"accountManager": manager}))
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

/// Returns the customers of a company that research has found since, by name. The caller has checked their visibility.
///
/// # Errors
/// When the database fails.
pub(crate) async fn seen_since(db: &Db, company: Id<Company>, since: DateTime<Utc>) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::CompanyId.eq(company))
        .filter(Column::LastSeenAt.gte(since))
        .order_by_asc(Column::NameKey)
        .order_by_asc(Column::Id)
        .all(db.reader())
        .await
}

/// A customer found by research.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovered {
    /// The name as the page writes it.
    pub name: String,
    /// The normalized name, unique per customer.
    pub name_key: String,
    /// The industry.
    pub industry: Option<String>,
    /// The size segment.
    pub segment: Segment,
    /// The listing status.
    pub listing: Listing,
    /// The matched listed company.
    pub ticker: Option<TickerMatch>,
    /// The URL, the title and the quote of the page that names it.
    pub source: (String, String, String),
    /// True for sample data.
    pub is_sample: bool,
}

/// Stores the customers of a company found by research: updates known ones and inserts new ones. The caller has checked
/// the permission.
///
/// # Errors
/// When the database fails.
pub async fn record_discovered(
    tx: &WriteTx,
    ambient: &Ambient,
    company: Id<Company>,
    found: Vec<Discovered>,
) -> Result<(), DbErr> {
    let now = ambient.now();
    let known = Entity::find().filter(Column::CompanyId.eq(company)).all(&**tx).await?;
    // One listed company is one customer, however a page names it.
    let by_cik: HashMap<_, _> = known.iter().filter_map(|row| Some((row.cik?, row))).collect();
    let by_name: HashMap<_, _> = known.iter().map(|row| (row.name_key.as_str(), row)).collect();
    for found in found {
        let cik = found.ticker.as_ref().and_then(|found| i64::try_from(found.cik).ok());
        let known = cik.and_then(|cik| by_cik.get(&cik)).or_else(|| by_name.get(found.name_key.as_str()));
        match known {
            Some(row) => Entity::update(seen_again(row, found, now)).exec(&**tx).await.map(drop)?,
            None => {
                let row = row_of(Id::new(ambient), company, found, now);
                Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await.map(drop)?;
            }
        }
    }
    Ok(())
}

fn row_of(id: Id<Model>, company: Id<Company>, found: Discovered, now: DateTime<Utc>) -> Model {
    let (url, title, quote) = found.source;
    let ticker = found.ticker;
    Model {
        id,
        company_id: Some(company),
        name_folded: fold(&found.name),
        name: found.name,
        name_key: found.name_key,
        industry_folded: found.industry.as_deref().map(fold),
        industry: found.industry,
        segment: found.segment,
        listing: found.listing,
        cik: ticker.as_ref().map(|found| i64::try_from(found.cik).unwrap_or_default()),
        exchange: ticker.as_ref().and_then(|found| found.exchange.clone()),
        match_method: ticker.as_ref().map(|found| found.method),
        match_confidence: ticker.as_ref().map(|found| found.confidence),
        ticker: ticker.map(|found| found.ticker),
        source_url: Some(url),
        source_title: Some(title),
        source_quote: Some(quote),
        account_manager_id: None,
        version: 1,
        is_sample: found.is_sample,
        first_seen_at: Some(now),
        last_seen_at: Some(now),
        created_at: now,
        updated_at: now,
    }
}

/// Returns the update of a known customer. Values unknown this time stay unchanged: research without the ticker list
/// does not unlist anybody.
fn seen_again(row: &Model, found: Discovered, now: DateTime<Utc>) -> ActiveModel {
    let keep_listing = found.listing == Listing::Unknown;
    let keep_segment = found.segment == Segment::Unknown;
    let industry = found.industry.clone().or_else(|| row.industry.clone());
    let fresh = row_of(row.id, row.company_id.unwrap_or(Id::from_uuid(uuid::Uuid::nil())), found, now);
    let mut change = ActiveModel {
        id: Set(row.id),
        name: Set(fresh.name),
        name_folded: Set(fresh.name_folded),
        industry_folded: Set(industry.as_deref().map(fold)),
        industry: Set(industry),
        source_url: Set(fresh.source_url),
        source_title: Set(fresh.source_title),
        source_quote: Set(fresh.source_quote),
        last_seen_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    if !keep_segment {
        change.segment = Set(fresh.segment);
    }
    if !keep_listing {
        change.listing = Set(fresh.listing);
        change.ticker = Set(fresh.ticker);
        change.cik = Set(fresh.cik);
        change.exchange = Set(fresh.exchange);
        change.match_method = Set(fresh.match_method);
        change.match_confidence = Set(fresh.match_confidence);
    }
    change
}
