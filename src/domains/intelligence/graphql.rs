//! GraphQL types of companies.

mod company;
mod facts;
mod onboarding;

pub use company::{CompaniesList, IntelligenceQuery};
pub use facts::Source;
pub use onboarding::{IntelligenceMutation, OnboardingResultView};
