//! What is asked and what is answered. The JSON forms are stored by callers and must stay readable.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The company a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CompanyRef {
    /// The name as people write it.
    pub name: String,
    /// The company's web site, with or without a scheme; tells companies of one name apart.
    pub website: Option<String>,
}

/// A field of research on a vendor. Each is one question to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// What it sells.
    Products,
    /// Its price list.
    Pricing,
    /// The kinds of companies it sells to.
    IdealCustomers,
    /// The people in those companies who buy or use it.
    Personas,
    /// Who else sells the like.
    Competitors,
    /// What it connects to.
    Integrations,
    /// How it describes itself against others.
    Positioning,
    /// Published success stories.
    CaseStudies,
    /// What happened lately.
    News,
    /// Who runs it.
    Leadership,
}

impl Topic {
    /// All topics, in the order in which they are shown.
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

    /// The stable name, the same as in JSON.
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

/// Where customers of a vendor are looked for. Each is one question to a source.
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
    /// All queries, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::CustomerPages, Self::CaseStudies, Self::ThirdParty];

    /// The stable name, the same as in JSON.
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

/// The page that proves a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its address, `http` or `https`.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The words on it that state the fact.
    pub quote: String,
}

/// One fact about a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is called; unique within one answer, whatever the case of its letters.
    pub name: String,
    /// One to three sentences.
    pub summary: String,
    /// What the topic adds.
    pub details: Details,
    /// Where it is stated.
    pub source: Source,
}

/// What a topic adds to a fact. The variant follows from the topic; absent means not stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Details {
    /// A product ([`Topic::Products`]).
    Product {
        /// The kind of software.
        category: Option<String>,
    },
    /// One step of a price list ([`Topic::Pricing`]).
    PricingTier {
        /// The amount, a plain decimal such as `49.00`; absent when only sales will tell.
        price: Option<String>,
        /// ISO 4217, such as `USD`.
        currency: Option<String>,
        /// What the amount is for.
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
        /// Their level, such as `Director`.
        seniority: Option<String>,
        /// What they want to reach.
        goals: Vec<String>,
        /// What keeps them from it.
        pain_points: Vec<String>,
    },
    /// Someone who runs the vendor ([`Topic::Leadership`]).
    Person {
        /// Their title.
        role: Option<String>,
    },
    /// Anything else: competitors, integrations, positioning, case studies, news.
    Item {
        /// When it was published.
        date: Option<NaiveDate>,
    },
}

/// What a price is paid for.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BillingPeriod {
    /// One month.
    Monthly,
    /// Three months.
    Quarterly,
    /// One year.
    Yearly,
    /// Paid once.
    OneTime,
    /// By what is used.
    Usage,
}

/// How large a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Segment {
    /// A thousand employees or more.
    Enterprise,
    /// A hundred to a thousand employees.
    MidMarket,
    /// Fewer than a hundred employees.
    Small,
    /// Not stated and not obvious.
    Unknown,
}

/// A customer of a vendor, as some page names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveredCustomer {
    /// The name as the page writes it; unique within one answer, whatever the case of its letters.
    pub name: String,
    /// How large it is.
    pub segment: Segment,
    /// What it does.
    pub industry: Option<String>,
    /// Where it is named as a customer.
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
