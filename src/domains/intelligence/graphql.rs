//! Researched companies, as clients see them.

mod company;
mod facts;
mod onboarding;

pub use company::{CompaniesList, IntelligenceQuery};
pub use facts::Source;
pub use onboarding::{IntelligenceMutation, OnboardingResultView};
