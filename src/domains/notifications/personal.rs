//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "notifications"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const TABLES: [TableData; 1] = [TableData {
    table: "notifications",
    personal: &[],
    other: &[(&["kind"], "names of kinds, fixed by the program"), (&["subject_id", "group_key"], "ids of objects")],
}];
