//! Researched companies, as clients see them.

mod company;
mod facts;
mod onboarding;

pub(crate) use company::{company_of};
pub(super) use company::{CompanyFilter, CompanyOrder};
pub use company::IntelligenceQuery;
pub use facts::Source;
pub use onboarding::{IntelligenceMutation, OnboardingResultView};
