//! Made-up research on three made-up vendors, so that the whole product can be seen without a key.
//!
//! The facts lie in `assets/sample/companies.json`. Every address is under the reserved domain
//! `.example` (RFC 2606); nothing in them is about anybody real.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::{
    CompanyRef, Details, DiscoveredCustomer, DiscoveryQuery, Finding, ResearchError, ResearchSource, Source, Topic,
    clean,
};
use crate::ambient::Ambient;

const COMPANIES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sample/companies.json"));

/// How the sample behaves.
#[derive(Debug, Clone)]
pub struct SampleConfig {
    /// How long a call takes on average, so that progress can be watched; each question takes
    /// its own part of it, from half to one and a half. Zero answers at once.
    pub delay: Duration,
}

impl SampleConfig {
    /// Takes the time that the question with this number takes.
    pub(in crate::clients) async fn wait(&self, question: usize) {
        let delay = self.delay.mul_f64(share(question));
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
    }
}

/// The bundled data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// It is not the JSON that is expected.
    #[error("the sample companies cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A vendor has no answer to a question.
    #[error("the sample company {company} has nothing on {question}")]
    Missing {
        /// The vendor's name.
        company: String,
        /// The topic or query.
        question: &'static str,
    },
}

/// A [`ResearchSource`] that knows the bundled vendors only.
pub struct SampleResearch {
    vendors: Vec<Vendor>,
    config: SampleConfig,
    ambient: Ambient,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendor {
    name: String,
    website: String,
    topics: BTreeMap<Topic, Vec<SampleFinding>>,
    customers: BTreeMap<DiscoveryQuery, Vec<DiscoveredCustomer>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleFinding {
    name: String,
    summary: String,
    /// Absent for plain items.
    details: Option<Details>,
    /// Dates are kept as an age, so that the sample does not grow old.
    days_ago: Option<u64>,
    source: Source,
}

impl SampleFinding {
    fn finding(&self, today: NaiveDate) -> Finding {
        let date = self.days_ago.and_then(|days| today.checked_sub_days(Days::new(days)));
        Finding {
            name: self.name.clone(),
            summary: self.summary.clone(),
            details: self.details.clone().unwrap_or(Details::Item { date }),
            source: self.source.clone(),
        }
    }
}

impl SampleResearch {
    /// Reads the bundled data; `ambient` holds the clock against which news are dated.
    ///
    /// # Errors
    /// [`SampleError`] when the data is malformed or has a gap.
    pub fn new(config: SampleConfig, ambient: Ambient) -> Result<Self, SampleError> {
        let vendors = parse(COMPANIES)?;
        Ok(Self { vendors, config, ambient })
    }

    /// The vendors that can be asked about.
    pub fn companies(&self) -> impl Iterator<Item = CompanyRef> {
        self.vendors
            .iter()
            .map(|vendor| CompanyRef { name: vendor.name.clone(), website: Some(vendor.website.clone()) })
    }

    fn vendor(&self, company: &CompanyRef) -> Option<&Vendor> {
        let key = clean::company_key(&company.name);
        self.vendors.iter().find(|vendor| clean::company_key(&vendor.name) == key)
    }
}

fn parse(json: &str) -> Result<Vec<Vendor>, SampleError> {
    let vendors: Vec<Vendor> = serde_json::from_str(json)?;
    for vendor in &vendors {
        let topics = Topic::ALL.into_iter().filter(|topic| !vendor.topics.contains_key(topic));
        let queries = DiscoveryQuery::ALL.into_iter().filter(|query| !vendor.customers.contains_key(query));
        let missing = topics.map(Topic::as_str).chain(queries.map(DiscoveryQuery::as_str)).next();
        if let Some(question) = missing {
            return Err(SampleError::Missing { company: vendor.name.clone(), question });
        }
    }
    Ok(vendors)
}

/// The part of the average delay that the question with this number takes: evenly spread from 0.5
/// to 1.5, neighbours far apart, so that answers come one by one and not in the order asked.
fn share(question: usize) -> f64 {
    const QUESTIONS: u8 = 13;
    let step = question * 5 % usize::from(QUESTIONS);
    0.5 + f64::from(u8::try_from(step).unwrap_or(QUESTIONS)) / f64::from(QUESTIONS - 1)
}

#[async_trait]
impl ResearchSource for SampleResearch {
    fn name(&self) -> &'static str {
        "sample"
    }

    fn is_sample(&self) -> bool {
        true
    }

    fn covers(&self, company: &CompanyRef) -> bool {
        self.vendor(company).is_some()
    }

    async fn research(&self, company: &CompanyRef, topic: Topic) -> Result<Vec<Finding>, ResearchError> {
        let vendor = self.vendor(company).ok_or(ResearchError::UnknownCompany)?;
        self.config.wait(topic as usize).await;
        let today = self.ambient.now().date_naive();
        let findings = vendor.topics.get(&topic).into_iter().flatten();
        Ok(findings.map(|finding| finding.finding(today)).collect())
    }

    async fn discover(
        &self,
        company: &CompanyRef,
        query: DiscoveryQuery,
    ) -> Result<Vec<DiscoveredCustomer>, ResearchError> {
        let vendor = self.vendor(company).ok_or(ResearchError::UnknownCompany)?;
        self.config.wait(Topic::ALL.len() + query as usize).await;
        Ok(vendor.customers.get(&query).cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_data_can_be_read() {
        assert_eq!(parse(COMPANIES).unwrap().len(), 3);
    }

    #[test]
    fn a_gap_in_the_data_is_named() {
        let json = r#"[{"name": "X", "website": "x.example", "topics": {}, "customers": {}}]"#;
        let error = parse(json).err().unwrap();
        assert_eq!(error.to_string(), "the sample company X has nothing on products");
    }

    #[test]
    fn every_question_has_its_own_share_between_half_and_one_and_a_half() {
        let mut shares: Vec<f64> = (0..13).map(share).collect();
        shares.sort_by(f64::total_cmp);
        shares.dedup();
        assert_eq!(shares.len(), 13);
        assert_eq!((shares.first(), shares.last()), (Some(&0.5), Some(&1.5)));
    }
}
