//! Conversion of a model's JSON to proved facts, cleaned and deduplicated.

use std::collections::HashMap;

use serde::Deserialize;

use super::{
    BillingPeriod, CompanyRef, Details, DiscoveredCustomer, DiscoveryQuery, Finding, Segment, Source, Topic, clean,
    prompts,
};

/// Maximum number of facts per answer, above the requested number, to cut only runaway answers.
const MAX_FACTS: usize = 50;

/// The pages on which an answer is based.
pub(super) trait Grounds {
    /// Returns true if `source` at `url` can prove a fact.
    fn prove(&self, source: &Source, url: &reqwest::Url) -> bool;
}

/// An answer about a topic.
#[derive(Debug, Deserialize)]
pub(super) struct FindingsAnswer {
    findings: Vec<RawFinding>,
}

/// A list of customers.
#[derive(Debug, Deserialize)]
pub(super) struct CustomersAnswer {
    customers: Vec<RawCustomer>,
}

/// A fact of any topic; fields of other topics are empty.
#[derive(Debug, Deserialize)]
struct RawFinding {
    name: String,
    summary: String,
    source: Option<RawSource>,
    category: Option<String>,
    price: Option<String>,
    currency: Option<String>,
    billing_period: Option<BillingPeriod>,
    #[serde(default)]
    industries: Vec<String>,
    company_size: Option<String>,
    seniority: Option<String>,
    #[serde(default)]
    goals: Vec<String>,
    #[serde(default)]
    pain_points: Vec<String>,
    role: Option<String>,
    date: Option<String>,
}

#[derive(Debug, Deserialize)]
struct RawCustomer {
    name: String,
    segment: Segment,
    industry: Option<String>,
    source: Option<RawSource>,
}

#[derive(Debug, Deserialize)]
struct RawSource {
    url: Option<String>,
    title: Option<String>,
    quote: Option<String>,
}

/// Counts of dropped items, by reason.
#[derive(Default)]
struct Dropped {
    without_source: usize,
    not_proved: usize,
    without_name: usize,
}

impl Dropped {
    /// Returns the source if it is complete and valid as proof.
    fn check(&mut self, raw: Option<&RawSource>, grounds: &impl Grounds) -> Option<Source> {
        let Some((source, url)) = raw.and_then(read_source) else {
            self.without_source += 1;
            return None;
        };
        if !grounds.prove(&source, &url) {
            self.not_proved += 1;
            return None;
        }
        Some(source)
    }

    fn name(&mut self, raw: &str) -> Option<String> {
        let name = clean::optional(Some(raw), clean::NAME);
        self.without_name += usize::from(name.is_none());
        name
    }

    fn log<T>(&self, question: &'static str, found: &Merged<T>) {
        tracing::info!(
            question,
            kept = found.items.len(),
            merged = found.doubles,
            without_source = self.without_source,
            not_proved = self.not_proved,
            without_name = self.without_name,
            "research answered"
        );
    }
}

/// Returns the proved facts of an answer.
pub(super) fn findings(answer: FindingsAnswer, topic: Topic, grounds: &impl Grounds) -> Vec<Finding> {
    let mut dropped = Dropped::default();
    let mut found = Merged::default();
    for raw in answer.findings {
        let Some(name) = dropped.name(&raw.name) else {
            continue;
        };
        let details = details(&raw, topic);
        let summary = clean::line(&raw.summary, clean::SUMMARY);
        let Some(source) = dropped.check(raw.source.as_ref(), grounds) else {
            continue;
        };
        let finding = Finding { name, summary, details, source };
        found.add(clean::fold(&finding.name), finding, merge_findings);
    }
    dropped.log(topic.as_str(), &found);
    found.items
}

/// Returns the proved customers of an answer, without the vendor itself.
pub(super) fn customers(
    answer: CustomersAnswer,
    query: DiscoveryQuery,
    vendor: &CompanyRef,
    grounds: &impl Grounds,
) -> Vec<DiscoveredCustomer> {
    let vendor = clean::company_key(&vendor.name);
    let mut dropped = Dropped::default();
    let mut found = Merged::default();
    for raw in answer.customers {
        let Some(name) = dropped.name(&raw.name) else {
            continue;
        };
        if clean::company_key(&name) == vendor {
            continue;
        }
        let Some(source) = dropped.check(raw.source.as_ref(), grounds) else {
            continue;
        };
        let industry = clean::optional(raw.industry.as_deref(), clean::FIELD);
        let customer = DiscoveredCustomer { name, segment: raw.segment, industry, source };
        found.add(clean::fold(&customer.name), customer, merge_customers);
    }
    dropped.log(prompts::discovery_name(query), &found);
    found.items
}

fn read_source(raw: &RawSource) -> Option<(Source, reqwest::Url)> {
    let url = clean::web_url(raw.url.as_deref()?)?;
    let source = Source {
        url: url.to_string(),
        title: clean::optional(raw.title.as_deref(), clean::TITLE)?,
        quote: clean::optional(raw.quote.as_deref(), clean::QUOTE)?,
    };
    Some((source, url))
}

fn details(raw: &RawFinding, topic: Topic) -> Details {
    let field = |text: &Option<String>| clean::optional(text.as_deref(), clean::FIELD);
    match topic {
        Topic::Products => Details::Product { category: field(&raw.category) },
        Topic::Pricing => Details::PricingTier {
            price: raw.price.as_deref().and_then(clean::decimal),
            currency: raw.currency.as_deref().and_then(clean::currency),
            billing_period: raw.billing_period,
        },
        Topic::IdealCustomers => {
            Details::IdealCustomer { industries: clean::list(&raw.industries), company_size: field(&raw.company_size) }
        }
        Topic::Personas => Details::Persona {
            seniority: field(&raw.seniority),
            goals: clean::list(&raw.goals),
            pain_points: clean::list(&raw.pain_points),
        },
        Topic::Leadership => Details::Person { role: field(&raw.role) },
        Topic::Competitors | Topic::Integrations | Topic::Positioning | Topic::CaseStudies | Topic::News => {
            Details::Item { date: raw.date.as_deref().and_then(clean::date) }
        }
    }
}

/// Items in order, merged by name.
struct Merged<T> {
    items: Vec<T>,
    places: HashMap<String, usize>,
    doubles: usize,
}

impl<T> Default for Merged<T> {
    fn default() -> Self {
        Self { items: Vec::new(), places: HashMap::new(), doubles: 0 }
    }
}

impl<T> Merged<T> {
    fn add(&mut self, key: String, item: T, merge: fn(&mut T, T)) {
        if let Some(place) = self.places.get(&key) {
            merge(&mut self.items[*place], item);
            self.doubles += 1;
        } else if self.items.len() < MAX_FACTS {
            self.places.insert(key, self.items.len());
            self.items.push(item);
        }
    }
}

/// Merges two facts: the first keeps its source, the second fills in missing values.
fn merge_findings(known: &mut Finding, other: Finding) {
    if known.summary.is_empty() {
        known.summary = other.summary;
    }
    merge_details(&mut known.details, other.details);
}

fn merge_details(known: &mut Details, other: Details) {
    use Details::{IdealCustomer, Item, Person, Persona, PricingTier, Product};
    match (known, other) {
        (Product { category: known }, Product { category: other })
        | (Person { role: known }, Person { role: other }) => fill(known, other),
        (Item { date: known }, Item { date: other }) => fill(known, other),
        // An amount means nothing without its own currency and period: all three or none.
        (known @ PricingTier { price: None, .. }, other @ PricingTier { price: Some(_), .. }) => {
            *known = other;
        }
        (
            IdealCustomer { industries, company_size },
            IdealCustomer { industries: more_industries, company_size: other_size },
        ) => {
            clean::extend_list(industries, more_industries);
            fill(company_size, other_size);
        }
        (
            Persona { seniority, goals, pain_points },
            Persona { seniority: other_seniority, goals: more_goals, pain_points: more_points },
        ) => {
            fill(seniority, other_seniority);
            clean::extend_list(goals, more_goals);
            clean::extend_list(pain_points, more_points);
        }
        _ => {}
    }
}

fn merge_customers(known: &mut DiscoveredCustomer, other: DiscoveredCustomer) {
    if known.segment == Segment::Unknown {
        known.segment = other.segment;
    }
    fill(&mut known.industry, other.industry);
}

fn fill<T>(known: &mut Option<T>, other: Option<T>) {
    if known.is_none() {
        *known = other;
    }
}
