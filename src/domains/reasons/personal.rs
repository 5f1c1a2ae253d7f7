//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "reasons"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const TABLES: [TableData; 1] = [TableData {
    table: "reasons",
    personal: &[],
    other: &[(&["kind"], "names of kinds, fixed by the program"), (&["name", "name_key"], "reasons in general")],
}];
