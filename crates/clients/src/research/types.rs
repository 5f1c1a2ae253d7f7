//! Questions and answers. Their JSON forms are stored by callers and must remain readable.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The company a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CompanyRef {
    /// The name as commonly written.
    pub name: String,
    /// The company's website, with or without a scheme; distinguishes companies of the same name.
    pub website: Option<String>,
}

/// A topic of research on a vendor. Each is one question to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Products that the company sells.
    Products,
    /// Prices and plans.
    Pricing,
    /// Kinds of companies it sells to.
    IdealCustomers,
    /// People in those companies who buy or use the products.
    Personas,
    /// Competing vendors.
    Competitors,
    /// Products that it integrates with.
    Integrations,
    /// Positioning against competitors.
    Positioning,
    /// Published success stories.
    CaseStudies,
    /// Recent events.
    News,
    /// Executives.
    Leadership,
}

impl Topic {
    /// All topics, in display order.
    pub const ALL: [Self; 10] = [
        Self::Products,
        Self::Pricing,
        Self::IdealCustomers,
        Self::Personas,
        Self::Competitors,
        Self::Integrations,
        Self::Positioning,
        Self::CaseStudies,
        Self::News,
        Self::Leadership,
    ];

    /// Returns the stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Pricing => "pricing",
            Self::IdealCustomers => "ideal_customers",
            Self::Personas => "personas",
            Self::Competitors => "competitors",
            Self::Integrations => "integrations",
            Self::Positioning => "positioning",
            Self::CaseStudies => "case_studies",
            Self::News => "news",
            Self::Leadership => "leadership",
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A kind of place to search for customers of a vendor. Each is one question to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscoveryQuery {
    /// Logos and customer pages on the vendor's own site.
    CustomerPages,
    /// Published case studies and press releases.
    CaseStudies,
    /// Reviews, partner pages and news by others.
    ThirdParty,
}

impl DiscoveryQuery {
    /// All queries, in display order.
    pub const ALL: [Self; 3] = [Self::CustomerPages, Self::CaseStudies, Self::ThirdParty];

    /// Returns the stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerPages => "customer_pages",
            Self::CaseStudies => "case_studies",
            Self::ThirdParty => "third_party",
        }
    }
}

impl fmt::Display for DiscoveryQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A page that proves a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its URL, `http` or `https`.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The quote that states the fact.
    pub quote: String,
}

/// One fact about a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its name; unique within one answer, ignoring case.
    pub name: String,
    /// Summary in one to three sentences.
    pub summary: String,
    /// Topic-specific values.
    pub details: Details,
    /// The source.
    pub source: Source,
}

/// Topic-specific values of a fact. The variant depends on the topic; absent values were not stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Details {
    /// A product ([`Topic::Products`]).
    Product {
        /// The category of software.
        category: Option<String>,
    },
    /// A tier of a price list ([`Topic::Pricing`]).
    PricingTier {
        /// The price, a plain decimal such as `49.00`; absent if only available from sales.
        price: Option<String>,
        /// ISO 4217 code of the currency, such as `USD`.
        currency: Option<String>,
        /// The billing period.
        billing_period: Option<BillingPeriod>,
    },
    /// A kind of company that buys ([`Topic::IdealCustomers`]).
    IdealCustomer {
        /// Its industries.
        industries: Vec<String>,
        /// Its size in the vendor's words, such as `200 to 2,000 employees`.
        company_size: Option<String>,
    },
    /// A kind of person who buys or uses ([`Topic::Personas`]).
    Persona {
        /// Seniority, such as `Director`.
        seniority: Option<String>,
        /// Goals.
        goals: Vec<String>,
        /// Pain points.
        pain_points: Vec<String>,
    },
    /// An executive of the vendor ([`Topic::Leadership`]).
    Person {
        /// Job title.
        role: Option<String>,
    },
    /// Anything else: competitors, integrations, positioning, case studies, news.
    Item {
        /// Publication date.
        date: Option<NaiveDate>,
    },
}

/// Billing period of a price.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BillingPeriod {
    /// Per month.
    Monthly,
    /// Per three months.
    Quarterly,
    /// Per year.
    Yearly,
    /// Paid once.
    OneTime,
    /// Usage-based.
    Usage,
}

/// Size segment of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Segment {
    /// At least 1,000 employees.
    Enterprise,
    /// 100 to 999 employees.
    MidMarket,
    /// Fewer than 100 employees.
    Small,
    /// Neither stated nor obvious.
    Unknown,
}

/// A customer of a vendor, named by a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveredCustomer {
    /// The name as written on the page; unique within one answer, ignoring case.
    pub name: String,
    /// Size segment.
    pub segment: Segment,
    /// Industry.
    pub industry: Option<String>,
    /// The page that names it as a customer.
    pub source: Source,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_names_of_topics_and_queries_are_their_json() {
        for topic in Topic::ALL {
            assert_eq!(json!(topic), json!(topic.as_str()));
        }
        for query in DiscoveryQuery::ALL {
            assert_eq!(json!(query), json!(query.as_str()));
        }
    }

    #[test]
    fn details_are_stored_with_their_kind() {
        let tier = Details::PricingTier {
            price: Some("49.00".into()),
            currency: Some("USD".into()),
            billing_period: Some(BillingPeriod::OneTime),
        };
        let stored = json!({
            "kind": "pricing_tier", "price": "49.00", "currency": "USD",
            "billing_period": "ONE_TIME",
        });
        assert_eq!(json!(tier), stored);
        assert_eq!(serde_json::from_value::<Details>(stored).unwrap(), tier);
    }

    #[test]
    fn a_date_is_stored_as_a_plain_day() {
        let item = Details::Item { date: NaiveDate::from_ymd_opt(2026, 2, 3) };
        assert_eq!(json!(item), json!({"kind": "item", "date": "2026-02-03"}));
    }
}
