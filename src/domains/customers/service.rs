//! The rules of customers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Select};

use super::{
    CustomerFilter, CustomerOrder, Segment,
    entity::{ActiveModel, Column, Entity, Listing, Model},
};
use crate::{
    ambient::Ambient,
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Keyset, KeysetPage, WriteTx, fetch_page},
    domains::intelligence::{Company, TickerMatch},
    error::Result,
    graphql::{PageArgs, TotalCount, contains_folded},
};

/// Which customers are wanted, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct CustomerList {
    /// Which page.
    pub page: PageArgs,
    /// Which customers.
    pub filter: Option<CustomerFilter>,
    /// In which order.
    pub order: Option<CustomerOrder>,
    /// Words that the name holds.
    pub search: Option<String>,
}

impl CustomerList {
    /// The order of the list.
    pub fn keyset(&self) -> Keyset<Entity> {
        self.order.unwrap_or_default().keyset()
    }

    /// The rows of all pages.
    pub fn select(&self) -> Select<Entity> {
        let search = self.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let condition = Condition::all()
            .add_option(self.filter.as_ref().map(CustomerFilter::condition))
            .add_option(search.map(|text| contains_folded(Column::Name, text)));
        Entity::find().filter(condition)
    }
}

/// A page of customers, and the count of all.
///
/// # Errors
/// When the viewer may not see customers, for a bad page or cursor, or when the database fails.
pub async fn list(app: &App, viewer: &Viewer, list: CustomerList) -> Result<(KeysetPage<Model>, TotalCount)> {
    viewer.need(Permission::CustomersRead)?;
    let request = list.page.request(list.keyset())?;
    let page = fetch_page(app.db.reader(), list.select(), list.keyset(), &request).await?;
    let total = TotalCount::of_rows(&app.db, list.select());
    Ok((page, total))
}

/// A customer that research found.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovered {
    /// The name as the page writes it.
    pub name: String,
    /// The form of the name under which it is one customer.
    pub name_key: String,
    /// What the customer does.
    pub industry: Option<String>,
    /// How large it is.
    pub segment: Segment,
    /// Whether it is listed.
    pub listing: Listing,
    /// As which company.
    pub ticker: Option<TickerMatch>,
    /// The address, the title and the words of the page that names it.
    pub source: (String, String, String),
    /// Whether it is made up.
    pub is_sample: bool,
}

/// Writes what research found about the customers of a company: those that are known are seen again, the others are new.
/// The caller has checked that it may.
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
    let known: HashMap<_, _> = known.into_iter().map(|row| (row.name_key.clone(), row)).collect();
    for found in found {
        match known.get(&found.name_key) {
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
        name: found.name,
        name_key: found.name_key,
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
        is_sample: found.is_sample,
        first_seen_at: now,
        last_seen_at: now,
        created_at: now,
        updated_at: now,
    }
}

/// What is not known this time stays as it was: research that could not read the list of tickers unlists nobody.
fn seen_again(row: &Model, found: Discovered, now: DateTime<Utc>) -> ActiveModel {
    let keep_listing = found.listing == Listing::Unknown;
    let keep_segment = found.segment == Segment::Unknown;
    let industry = found.industry.clone().or_else(|| row.industry.clone());
    let fresh = row_of(row.id, row.company_id.unwrap_or(Id::from_uuid(uuid::Uuid::nil())), found, now);
    let mut change = ActiveModel {
        id: Set(row.id),
        name: Set(fresh.name),
        industry: Set(industry),
        source_url: Set(fresh.source_url),
        source_title: Set(fresh.source_title),
        source_quote: Set(fresh.source_quote),
        last_seen_at: Set(now),
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
