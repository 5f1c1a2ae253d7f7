//! Storage of an onboarding's result: merges customers, ranks facts, and writes everything in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr};
use serde::{Deserialize, Serialize};

use super::{
    OnboardInput, OnboardingResult, TickerMatch, company,
    fact::{self, FactTopic},
    tickers::{self, Listing as Found},
};
use crate::{
    ambient::Ambient,
    clients::research::{self, DiscoveredCustomer, Finding, Source, Topic},
    db::{Id, WriteTx},
    domains::customers::{self, Discovered, Listing, Segment},
    jobs::JobError,
    text::fold,
};

/// A customer to be stored.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) name_key: String,
    pub(super) industry: Option<String>,
    pub(super) segment: Segment,
    pub(super) source: Source,
    pub(super) listing: Listing,
    pub(super) ticker: Option<TickerMatch>,
}

impl Account {
    /// Returns true for large or listed companies; few listed ones have fewer than a thousand employees.
    fn is_enterprise(&self) -> bool {
        self.segment == Segment::Enterprise || self.listing == Listing::Listed
    }
}

/// The complete result of an onboarding.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) input: OnboardInput,
    pub(super) findings: BTreeMap<Topic, Vec<Finding>>,
    pub(super) accounts: Vec<Account>,
    pub(super) is_sample: bool,
}

/// The listing status of a customer, as stored by a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct ListingFound {
    pub(super) listing: Listing,
    pub(super) ticker: Option<TickerMatch>,
}

impl ListingFound {
    /// Converts the result of a lookup in the directory.
    pub(super) fn of(found: Found) -> Self {
        match found {
            Found::Listed(ticker) => Self { listing: Listing::Listed, ticker: Some(ticker) },
            Found::NotListed { .. } => Self { listing: Listing::NotListed, ticker: None },
            Found::Unknown { .. } => Self { listing: Listing::Unknown, ticker: None },
        }
    }
}

/// Merges customers by name, with the spelling of the first page. Missing values are filled in from later pages.
pub(super) fn merge_by_name(customers: Vec<DiscoveredCustomer>) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for customer in customers {
        let name_key = tickers::name_key(&customer.name);
        let segment = segment(customer.segment);
        if let Some(known) = places.get(&name_key).and_then(|place| accounts.get_mut(*place)) {
            known.industry = known.industry.take().or(customer.industry);
            if known.segment == Segment::Unknown {
                known.segment = segment;
            }
            continue;
        }
        places.insert(name_key.clone(), accounts.len());
        accounts.push(Account {
            name: customer.name,
            name_key,
            industry: customer.industry,
            segment,
            source: customer.source,
            listing: Listing::Unknown,
            ticker: None,
        });
    }
    accounts
}

/// Merges customers by listed company: "Google" and "Alphabet" are one customer.
pub(super) fn merge_by_cik(accounts: Vec<Account>) -> Vec<Account> {
    let mut seen = HashSet::new();
    accounts.into_iter().filter(|account| account.ticker.as_ref().is_none_or(|found| seen.insert(found.cik))).collect()
}

fn segment(segment: research::Segment) -> Segment {
    match segment {
        research::Segment::Enterprise => Segment::Enterprise,
        research::Segment::MidMarket => Segment::MidMarket,
        research::Segment::Small => Segment::Small,
        research::Segment::Unknown => Segment::Unknown,
    }
}

/// Saves a profile: creates or updates the company, supersedes the facts of each researched topic, and stores its
/// customers.
pub(super) async fn save(
    tx: &mut WriteTx,
    ambient: &Ambient,
    profile: Profile,
    failed_tasks: i32,
) -> Result<OnboardingResult, JobError> {
    let company_id = save_company(tx, ambient, &profile).await?;
    for (topic, findings) in &profile.findings {
        save_facts(tx, ambient, company_id, *topic, findings).await?;
    }
    let found = |topic| profile.findings.get(&topic).map_or(0, |facts| count(facts.len()));
    let result = OnboardingResult {
        company_id,
        company_name: profile.input.company.name.clone(),
        customers_discovered: count(profile.accounts.len()),
        enterprise_customers: count(profile.accounts.iter().filter(|account| account.is_enterprise()).count()),
        products_found: found(Topic::Products),
        pricing_tiers_found: found(Topic::Pricing),
        icps_found: found(Topic::IdealCustomers),
        personas_found: found(Topic::Personas),
        failed_tasks,
        completed_at: ambient.now(),
    };
    let is_sample = profile.is_sample;
    let discovered = profile.accounts.into_iter().map(|account| Discovered {
        name: account.name,
        name_key: account.name_key,
        industry: account.industry,
        segment: account.segment,
        listing: account.listing,
        ticker: account.ticker,
        source: (account.source.url, account.source.title, account.source.quote),
        is_sample,
    });
    customers::record_discovered(tx, ambient, company_id, discovered.collect()).await?;
    Ok(result)
}

async fn save_company(tx: &WriteTx, ambient: &Ambient, profile: &Profile) -> Result<Id<company::Model>, DbErr> {
    let now = ambient.now();
    let name = &profile.input.company.name;
    let name_key = tickers::name_key(name);
    // Two onboardings of one company end one after the other, not with a duplicate.
    tx.lock(&format!("company:{name_key}")).await?;
    let known = company::Entity::find().filter(company::Column::NameKey.eq(&name_key)).one(&**tx).await?;
    if let Some(known) = known {
        let website = profile.input.company.website.clone().or(known.website);
        let change = company::ActiveModel {
            id: Set(known.id),
            website_folded: Set(website.as_deref().map(fold)),
            website: Set(website),
            is_sample: Set(profile.is_sample),
            researched_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        return Ok(company::Entity::update(change).exec(&**tx).await?.id);
    }
    let row = company::Model {
        id: Id::new(ambient),
        name: name.clone(),
        name_key,
        name_folded: fold(name),
        website: profile.input.company.website.clone(),
        website_folded: profile.input.company.website.as_deref().map(fold),
        is_sample: profile.is_sample,
        researched_at: now,
        created_at: now,
        updated_at: now,
    };
    let id = row.id;
    company::Entity::insert(row.into_active_model()).exec_without_returning(&**tx).await?;
    Ok(id)
}

async fn save_facts(
    tx: &WriteTx,
    ambient: &Ambient,
    company_id: Id<company::Model>,
    topic: Topic,
    findings: &[Finding],
) -> Result<(), JobError> {
    let topic = FactTopic::from(topic);
    fact::Entity::update_many()
        .col_expr(fact::Column::SupersededAt, Expr::value(ambient.now()))
        .filter(fact::Column::CompanyId.eq(company_id))
        .filter(fact::Column::Topic.eq(topic))
        .filter(fact::Column::SupersededAt.is_null())
        .exec(&**tx)
        .await?;
    let mut rows = Vec::with_capacity(findings.len());
    for (rank, finding) in findings.iter().enumerate() {
        let row = fact::Model {
            id: Id::new(ambient),
            company_id,
            topic,
            rank: count(rank),
            place: topic.place(count(rank)),
            name: finding.name.clone(),
            summary: finding.summary.clone(),
            details: serde_json::to_string(&finding.details)?,
            source_url: finding.source.url.clone(),
            source_title: finding.source.title.clone(),
            source_quote: finding.source.quote.clone(),
            found_at: ambient.now(),
            superseded_at: None,
        };
        rows.push(row.into_active_model());
    }
    if !rows.is_empty() {
        fact::Entity::insert_many(rows).exec_without_returning(&**tx).await?;
    }
    Ok(())
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer(name: &str, segment: research::Segment) -> DiscoveredCustomer {
        let source = Source { url: format!("https://{}.example", name.len()), title: name.into(), quote: name.into() };
        DiscoveredCustomer { name: name.into(), segment, industry: None, source }
    }

    #[test]
    fn one_customer_under_two_spellings_is_one_account() {
        let accounts = merge_by_name(vec![
            customer("Bluefen Energy", research::Segment::Unknown),
            customer("Quillmark Insurance", research::Segment::Small),
            customer("BLUEFEN ENERGY CORP.", research::Segment::Enterprise),
        ]);
        let names: Vec<_> = accounts.iter().map(|account| (account.name.as_str(), account.segment)).collect();
        assert_eq!(names, [("Bluefen Energy", Segment::Enterprise), ("Quillmark Insurance", Segment::Small)]);
    }
}
