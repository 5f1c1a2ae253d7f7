//! The bundled sample: what a newcomer sees without a key.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Days;
use rapport::clients::research::sample::{SampleConfig, SampleResearch};
use rapport::clients::research::{
    CompanyRef, Details, DiscoveredCustomer, DiscoveryQuery, Finding, ResearchError, ResearchSource, Source, Topic,
};

use crate::support::{ambient, ambient_at, today};

fn sample() -> SampleResearch {
    SampleResearch::new(SampleConfig { delay: Duration::ZERO }, ambient()).unwrap()
}

fn company(name: &str) -> CompanyRef {
    CompanyRef { name: name.to_owned(), website: None }
}

/// All findings of all vendors, by vendor and topic.
async fn all_findings() -> Vec<(CompanyRef, Topic, Vec<Finding>)> {
    let sample = sample();
    let mut all = Vec::new();
    for vendor in sample.companies() {
        for topic in Topic::ALL {
            let findings = sample.research(&vendor, topic).await.unwrap();
            all.push((vendor.clone(), topic, findings));
        }
    }
    all
}

/// All customers of all vendors, by vendor.
async fn all_customers() -> Vec<(CompanyRef, Vec<DiscoveredCustomer>)> {
    let sample = sample();
    let mut all = Vec::new();
    for vendor in sample.companies() {
        let mut customers = Vec::new();
        for query in DiscoveryQuery::ALL {
            customers.extend(sample.discover(&vendor, query).await.unwrap());
        }
        all.push((vendor, customers));
    }
    all
}

/// The name without punctuation and legal form, as the callers compare names.
fn plain(name: &str) -> String {
    let forms = ["inc", "corp", "co", "plc", "ltd", "ag", "as"];
    let lower = name.to_lowercase().replace(['.', ','], "");
    let words: Vec<&str> = lower.split(' ').filter(|word| !forms.contains(word)).collect();
    words.join(" ")
}

fn assert_source(source: &Source) {
    let host = source.url.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    assert!(host.is_some_and(|host| host.ends_with(".example")), "{}", source.url);
    assert!(!source.title.is_empty());
    let ends = source.quote.ends_with(['.', '?', '!']);
    assert!(ends && source.quote.split(' ').count() >= 4, "{}", source.quote);
}

#[tokio::test]
async fn it_knows_the_three_vendors_in_any_case_and_with_any_legal_form() {
    let sample = sample();
    for name in ["Brightloom Analytics", "FERNHOLLOW CRM, Inc.", " copperline security ltd. "] {
        assert!(sample.covers(&company(name)), "{name}");
        assert!(!sample.research(&company(name), Topic::Products).await.unwrap().is_empty());
    }
    assert_eq!(sample.companies().count(), 3);
}

#[tokio::test]
async fn it_does_not_know_anybody_else() {
    let sample = sample();
    for name in ["Salesforce", "Brightloom", ""] {
        let company = company(name);
        assert!(!sample.covers(&company), "{name}");
        let research = sample.research(&company, Topic::News).await;
        assert_eq!(research, Err(ResearchError::UnknownCompany));
        let discovery = sample.discover(&company, DiscoveryQuery::ThirdParty).await;
        assert_eq!(discovery, Err(ResearchError::UnknownCompany));
    }
}

#[tokio::test]
async fn it_says_that_it_is_a_sample() {
    let sample: Arc<dyn ResearchSource> = Arc::new(sample());
    assert_eq!(sample.name(), "sample");
    assert!(sample.is_sample());
}

#[tokio::test]
async fn every_topic_of_every_vendor_has_findings_with_a_source() {
    let all = all_findings().await;
    assert_eq!(all.len(), 30);
    for (vendor, topic, findings) in all {
        assert!((2..=8).contains(&findings.len()), "{} {topic}", vendor.name);
        let names: BTreeSet<String> = findings.iter().map(|f| f.name.to_lowercase()).collect();
        assert_eq!(names.len(), findings.len(), "{} {topic}", vendor.name);
        for finding in findings {
            assert!(finding.summary.ends_with('.'), "{}", finding.summary);
            assert_source(&finding.source);
        }
    }
}

#[tokio::test]
async fn details_are_of_the_kind_of_their_topic_and_not_empty() {
    for (vendor, topic, findings) in all_findings().await {
        for finding in findings {
            let fits = match (topic, &finding.details) {
                (Topic::Products, Details::Product { category }) => category.is_some(),
                (Topic::Pricing, Details::PricingTier { price, currency, billing_period }) => {
                    price.is_some() == currency.is_some() && price.is_some() == billing_period.is_some()
                }
                (Topic::IdealCustomers, Details::IdealCustomer { industries, company_size }) => {
                    !industries.is_empty() && company_size.is_some()
                }
                (Topic::Personas, Details::Persona { seniority, goals, pain_points }) => {
                    seniority.is_some() && !goals.is_empty() && !pain_points.is_empty()
                }
                (Topic::Leadership, Details::Person { role }) => role.is_some(),
                (Topic::News | Topic::CaseStudies, Details::Item { date }) => date.is_some(),
                (Topic::Competitors | Topic::Integrations | Topic::Positioning, Details::Item { date }) => {
                    date.is_none()
                }
                _ => false,
            };
            assert!(fits, "{} {topic}: {finding:?}", vendor.name);
        }
    }
}

#[tokio::test]
async fn every_vendor_has_a_price_list() {
    for (vendor, topic, findings) in all_findings().await {
        let priced =
            findings.iter().filter(|finding| matches!(finding.details, Details::PricingTier { price: Some(_), .. }));
        if topic == Topic::Pricing {
            assert!((3..=4).contains(&findings.len()), "{}", vendor.name);
            assert!(priced.count() >= 3, "{}", vendor.name);
        }
    }
}

#[tokio::test]
async fn news_stay_fresh() {
    let news = sample().research(&company("Copperline Security"), Topic::News).await.unwrap();
    let earlier = ambient_at(today() - Days::new(400));
    let older = SampleResearch::new(SampleConfig { delay: Duration::ZERO }, earlier);
    let old = older.unwrap().research(&company("Copperline Security"), Topic::News).await.unwrap();
    for (new, old) in news.iter().zip(&old) {
        let (Details::Item { date: Some(new) }, Details::Item { date: Some(old) }) = (&new.details, &old.details)
        else {
            panic!("news without a date");
        };
        assert_eq!((*new - *old).num_days(), 400);
        assert!(*new < today().date_naive());
    }
}

#[tokio::test]
async fn every_vendor_has_16_to_20_customers_that_overlap_between_queries() {
    for (vendor, customers) in all_customers().await {
        let names: BTreeSet<String> = customers.iter().map(|customer| plain(&customer.name)).collect();
        assert!((16..=20).contains(&names.len()), "{}: {}", vendor.name, names.len());
        assert!(customers.len() > names.len(), "{}", vendor.name);
        for customer in customers {
            assert_source(&customer.source);
        }
    }
}

#[tokio::test]
async fn every_listed_company_is_somebodys_customer() {
    let listed = [
        "Northwind Harbor Logistics",
        "Quillmark Insurance",
        "Bluefen Energy",
        "Tessaract Retail",
        "Ostrava Precision",
        "Lumenfield Health",
        "Kestrel & Vane Airlines",
        "Harrowgate Financial",
        "Pinebarrow Foods",
        "Solmere Telecom",
        "Vantry Semiconductor",
        "Calderwood Media",
        "Marrowstone Mining",
        "Ibexa Robotics",
    ];
    let known: BTreeSet<String> = all_customers()
        .await
        .iter()
        .flat_map(|(_, customers)| customers.iter().map(|customer| plain(&customer.name)))
        .collect();
    for name in listed {
        assert!(known.contains(&plain(name)), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_delay_makes_each_question_take_its_own_time() {
    let config = SampleConfig { delay: Duration::from_secs(2) };
    let sample = SampleResearch::new(config, ambient()).unwrap();
    let vendor = company("Fernhollow CRM");
    let mut times = BTreeSet::new();
    for topic in Topic::ALL {
        let start = tokio::time::Instant::now();
        sample.research(&vendor, topic).await.unwrap();
        times.insert(start.elapsed());
    }
    assert_eq!(times.len(), Topic::ALL.len());
    assert!(times.first().is_some_and(|time| *time >= Duration::from_secs(1)));
    // Tokio's timers are accurate to a millisecond.
    assert!(times.last().is_some_and(|time| *time <= Duration::from_millis(3_001)));
}
