//! Fictional research on three fictional vendors, to try the whole product without a key.
//!
//! Stored in `assets/sample/companies.json`. Every address is in the reserved domain `.example` (RFC 2606), and all
//! facts are fictional.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{Days, NaiveDate};
use serde::Deserialize;

use super::{
    CompanyRef, Details, DiscoveredCustomer, DiscoveryQuery, Finding, ResearchError, ResearchSource, Source, Topic,
    clean,
};
use rapport_toolkit::ambient::Ambient;

const COMPANIES: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/companies.json"));

/// Settings of the sample.
#[derive(Debug, Clone)]
pub struct SampleConfig {
    /// Average duration of a call, so that progress is visible; each question takes between half and one and a half of
    /// it. Zero answers at once.
    pub delay: Duration,
}

impl SampleConfig {
    /// Waits for the duration of the question with this number.
    pub(crate) async fn wait(&self, question: usize) {
        let delay = self.delay.mul_f64(share(question));
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
    }
}

/// The bundled data is invalid.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The JSON has an unexpected format.
    #[error("the sample companies cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A vendor lacks the answer to a question.
    #[error("the sample company {company} has nothing on {question}")]
    Missing {
        /// The vendor's name.
        company: String,
        /// The topic or query.
        question: &'static str,
    },
}

/// A [`ResearchSource`] for the bundled vendors only.
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
    /// Age of the publication in days, so that the sample does not become outdated.
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
    /// Reads the bundled data; news are dated by the clock in `ambient`.
    ///
    /// # Errors
    /// [`SampleError`] if the data is invalid or incomplete.
    pub fn new(config: SampleConfig, ambient: Ambient) -> Result<Self, SampleError> {
        let vendors = parse(COMPANIES)?;
        Ok(Self { vendors, config, ambient })
    }

    /// Returns the available vendors.
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

/// Returns the share of the average delay for the question with this number: evenly distributed from 0.5 to 1.5,
/// different for neighbors, so that answers arrive one by one and in a different order.
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
