//! The stages of a monitoring.

use crate::jobs::Stage;

/// Reports are read.
pub(super) const FILINGS: &str = "filings";

/// Reports for the personas are written.
pub(super) const REPORTS: &str = "reports";

pub(super) const STAGES: [Stage; 2] = [Stage { name: FILINGS, weight: 0.8 }, Stage { name: REPORTS, weight: 0.2 }];
