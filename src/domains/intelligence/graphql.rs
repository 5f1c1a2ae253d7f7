//! Researched companies, as clients see them.

mod company;
mod facts;
mod onboarding;

pub use company::IntelligenceQuery;
pub(crate) use company::company_of;
pub(super) use company::{CompanyFilter, CompanyOrder};
pub use facts::Source;
pub use onboarding::{IntelligenceMutation, OnboardingResultView};
