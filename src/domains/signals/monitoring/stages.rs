//! The stages of a monitoring job.

use crate::jobs::Stage;

/// Reading reports.
pub(super) const FILINGS: &str = "filings";

/// Writing reports for the personas.
pub(super) const REPORTS: &str = "reports";

pub(super) const STAGES: [Stage; 2] = [Stage { name: FILINGS, weight: 0.8 }, Stage { name: REPORTS, weight: 0.2 }];
