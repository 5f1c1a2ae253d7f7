//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "settings"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const TABLES: [TableData; 1] = [TableData {
    table: "settings",
    personal: &[],
    other: &[(&["business_name", "time_zone", "currency", "week_start", "locale"], "the business")],
}];
