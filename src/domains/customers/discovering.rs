//! Storage of customers that research finds.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::{
    Segment,
    entity::{ActiveModel, Column, Entity, Listing, Model},
    events::CustomerCreated,
};
use crate::{
    ambient::Ambient,
    db::{Id, WriteTx},
    domains::{
        intelligence::{Company, TickerMatch},
        shared::search::{self, Searched},
    },
    error::Result,
    events::{self, NewEvent},
    text::fold,
};

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
    tx: &mut WriteTx,
    ambient: &Ambient,
    company: Id<Company>,
    found: Vec<Discovered>,
) -> Result<()> {
    let now = ambient.now();
    let known = Entity::find().filter(Column::CompanyId.eq(company)).all(&**tx).await?;
    // One listed company is one customer, however a page names it.
    let by_cik: HashMap<_, _> = known.iter().filter_map(|row| Some((row.cik?, row))).collect();
    let by_name: HashMap<_, _> = known.iter().map(|row| (row.name_key.as_str(), row)).collect();
    for found in found {
        let cik = found.ticker.as_ref().and_then(|found| i64::try_from(found.cik).ok());
        let known = cik.and_then(|cik| by_cik.get(&cik)).or_else(|| by_name.get(found.name_key.as_str()));
        match known {
            Some(row) => {
                let seen = Entity::update(seen_again(row, found, now)).exec(&**tx).await?;
                if seen.name_folded != row.name_folded {
                    search::index(tx, Searched::Customer, seen.id.uuid(), &seen.name).await?;
                }
            }
            None => {
                let row = row_of(Id::new(ambient), company, found, now);
                search::index(tx, Searched::Customer, row.id.uuid(), &row.name).await?;
                let created = CustomerCreated { customer_id: row.id, is_researched: true };
                Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
                events::append(tx, ambient, NewEvent::of(&created, None)?).await?;
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
        version: 1,
        is_sample: found.is_sample,
        first_seen_at: Some(now),
        last_seen_at: Some(now),
        created_at: now,
        updated_at: now,
        ..Model::default()
    }
}

/// Returns the update of a known customer. Values unknown this time stay unchanged, as do those that a person changed:
/// research without the ticker list does not unlist anybody.
fn seen_again(row: &Model, found: Discovered, now: DateTime<Utc>) -> ActiveModel {
    let keep_listing = found.listing == Listing::Unknown;
    let keep_segment = found.segment == Segment::Unknown;
    let industry = found.industry.clone().or_else(|| row.industry.clone());
    let fresh = row_of(row.id, row.company_id.unwrap_or(Id::from_uuid(uuid::Uuid::nil())), found, now);
    let mut change = ActiveModel {
        id: Set(row.id),
        source_url: Set(fresh.source_url),
        source_title: Set(fresh.source_title),
        source_quote: Set(fresh.source_quote),
        last_seen_at: Set(Some(now)),
        updated_at: Set(now),
        ..Default::default()
    };
    if !row.is_edited {
        change.name = Set(fresh.name);
        change.name_folded = Set(fresh.name_folded);
        change.industry_folded = Set(industry.as_deref().map(fold));
        change.industry = Set(industry);
    }
    if !keep_segment && !row.is_edited {
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
