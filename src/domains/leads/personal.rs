//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "leads"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 1] = [TableData {
    table: "leads",
    personal: &[
        ("name", "name"),
        ("name_key", "name, folded"),
        ("email", "mail address"),
        ("email_folded", "mail address, folded"),
        ("phone", "telephone number"),
        ("details", "what the person said of themselves"),
        ("income_minor", "income"),
    ],
    other: &[
        (&["source", "status"], NAMES),
        (&["source_detail"], "name of a persona or campaign"),
        (&["income_currency", "income_period"], "unit of the income"),
    ],
}];
