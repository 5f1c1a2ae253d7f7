//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "intelligence"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 2] = [
    TableData {
        table: "companies",
        personal: &[],
        other: &[(
            &["name", "name_key", "name_folded", "website", "website_folded"],
            "companies and their public sites",
        )],
    },
    TableData {
        table: "company_facts",
        personal: &[
            ("name", "names of leaders in public sources"),
            ("summary", "what public sources say of them"),
            ("details", "what public sources say of them"),
            ("source_title", "title of a public source"),
            ("source_quote", "quote of a public source"),
        ],
        other: &[(&["topic"], NAMES), (&["source_url"], "address of a public source")],
    },
];
