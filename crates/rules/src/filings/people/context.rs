//! Context for finding people in a report.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::filings::clause::Registrant;

/// Context for finding people in a report.
#[derive(Debug, Clone, Copy)]
pub(in crate::filings) struct Context<'a> {
    /// The reporting company; may be empty.
    pub(in crate::filings) company: &'a str,
    /// The year of the report.
    pub(in crate::filings) year: i32,
    /// The filing date.
    pub(in crate::filings) filed: NaiveDate,
    /// The full names in the whole report.
    pub(in crate::filings) surnames: &'a Surnames,
    /// The reporting company with all its names.
    pub(in crate::filings) registrant: &'a Registrant,
}

/// Full names by surname, in lower case; `None` if several people share it.
pub(in crate::filings) type Surnames = HashMap<String, Option<String>>;
