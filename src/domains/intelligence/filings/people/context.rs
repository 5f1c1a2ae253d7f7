//! What is known of a report when its people are looked for.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domains::intelligence::filings::clause::Registrant;

/// What is known of the report when its people are looked for.
#[derive(Debug, Clone, Copy)]
pub(in crate::domains::intelligence::filings) struct Context<'a> {
    /// The company that reports; may be empty.
    pub(in crate::domains::intelligence::filings) company: &'a str,
    /// The year of the report.
    pub(in crate::domains::intelligence::filings) year: i32,
    /// The day on which it was filed.
    pub(in crate::domains::intelligence::filings) filed: NaiveDate,
    /// The full names in the whole report.
    pub(in crate::domains::intelligence::filings) surnames: &'a Surnames,
    /// The same company by all its names.
    pub(in crate::domains::intelligence::filings) registrant: &'a Registrant,
}

/// Full names by surname, in small letters; `None` where several people share it.
pub(in crate::domains::intelligence::filings) type Surnames = HashMap<String, Option<String>>;
