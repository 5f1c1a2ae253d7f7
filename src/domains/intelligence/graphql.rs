//! GraphQL types of companies.

mod company;
mod facts;
mod onboarding;

use async_graphql::MergedObject;

pub use company::CompaniesList;
pub use onboarding::{IntelligenceMutation, OnboardingResultView};

/// Queries for companies and facts.
#[derive(MergedObject, Default, Debug)]
pub struct IntelligenceQuery(company::CompaniesQuery, facts::FactsQuery);
