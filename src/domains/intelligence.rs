//! Customer intelligence: background jobs research companies, with a source for each fact, and map their customers to
//! stock tickers.

mod company;
pub mod extraction;
mod fact;
mod facts;
mod graphql;
mod grounds;
mod input;
mod list;
mod loader;
mod onboarding;
mod onboarding_result;
mod personal;
mod purge;
pub mod reports;
mod saving;
mod service;
mod ticker_service;
pub mod wording;

pub use company::{Entity as CompanyEntity, Model as Company};
pub use fact::{Entity as FactEntity, FactTopic, Model as FactRow};
pub use facts::{BuyerPersona, Executive, Fact, GeneralFact, IdealCustomerProfile, PricingTier, Product, Source};
pub use graphql::{CompaniesList, IntelligenceMutation, IntelligenceQuery, OnboardingResultView};
pub use list::CompanyFilter;
pub use onboarding::OnboardCompany;
pub use onboarding_result::{OnboardInput, OnboardingResult};
pub use personal::Personal;
pub use purge::PurgeFacts;
pub use rapport_rules::{filings, tickers};
pub(crate) use service::{facts_of, find};
pub use ticker_service::{RefreshTickers, TickerService};
pub use tickers::{Match as TickerMatch, MatchMethod};
